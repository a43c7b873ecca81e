/** An application with stream tables over its orders. */
@NullMarked
package io.pgstream.autoconfigure.shop;

import org.jspecify.annotations.NullMarked;
