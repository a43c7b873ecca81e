/** Work that SQL clients hand to the engine through procedures of the catalog. */
@NullMarked
package io.pgstream.request;

import org.jspecify.annotations.NullMarked;
