/** What capture must not lose, on real servers with real concurrent connections. */
@NullMarked
package io.pgstream.capture;

import org.jspecify.annotations.NullMarked;
