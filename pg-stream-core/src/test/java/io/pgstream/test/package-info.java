/** What tests of several modules share: real servers. */
@NullMarked
package io.pgstream.test;

import org.jspecify.annotations.NullMarked;
