@NullMarked
package io.pgstream.autoconfigure.test;

import org.jspecify.annotations.NullMarked;
