/** Where the data comes from: an embedded server, its schema, and the TPC-H generator. */
@NullMarked
package io.pgstream.samples.quickstart.database;

import org.jspecify.annotations.NullMarked;
