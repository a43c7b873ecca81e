/** Random queries over random data and random changes, with PostgreSQL itself as the judge. */
@NullMarked
package io.pgstream.oracle;

import org.jspecify.annotations.NullMarked;
