/** What the catalog says, compared with what it is asked for. */
@NullMarked
package io.pgstream.catalog;

import org.jspecify.annotations.NullMarked;
