/** An observation of Micrometer for each refresh: a span of a trace, a timer, or whatever handlers make of it. */
@NullMarked
package io.pgstream.autoconfigure.observation;

import org.jspecify.annotations.NullMarked;
