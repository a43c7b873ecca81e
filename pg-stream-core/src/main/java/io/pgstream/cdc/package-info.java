/** Change capture: triggers, typed buffers, frontiers, clean-up. */
@NullMarked
package io.pgstream.cdc;

import org.jspecify.annotations.NullMarked;
