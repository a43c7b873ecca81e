/** The one place where SQL is written. */
@NullMarked
package io.pgstream.sql;

import org.jspecify.annotations.NullMarked;
