/** Small things that several packages need. */
@NullMarked
package io.pgstream.support;

import org.jspecify.annotations.NullMarked;
