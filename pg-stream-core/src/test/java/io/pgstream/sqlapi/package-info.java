/** What SQL clients see of stream tables and can do with them. */
@NullMarked
package io.pgstream.sqlapi;

import org.jspecify.annotations.NullMarked;
