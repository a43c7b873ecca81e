/** What pg-stream remembers in the database, and its migrations. */
@NullMarked
package io.pgstream.catalog;

import org.jspecify.annotations.NullMarked;
