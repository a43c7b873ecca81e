/** What PostgreSQL itself says of a query: its canonical text, its sources, types, functions and keys. */
@NullMarked
package io.pgstream.resolve;

import org.jspecify.annotations.NullMarked;
