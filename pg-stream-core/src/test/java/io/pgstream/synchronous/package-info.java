/** Tables that their writers maintain. */
@NullMarked
package io.pgstream.synchronous;

import org.jspecify.annotations.NullMarked;
