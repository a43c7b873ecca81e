/** The engine as a whole: the parts of the other packages, put together behind {@code StreamTableOperations}. */
@NullMarked
package io.pgstream.engine;

import org.jspecify.annotations.NullMarked;
