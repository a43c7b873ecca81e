/** Support for tests of applications with stream tables. */
@NullMarked
package io.pgstream.autoconfigure.test;

import org.jspecify.annotations.NullMarked;
