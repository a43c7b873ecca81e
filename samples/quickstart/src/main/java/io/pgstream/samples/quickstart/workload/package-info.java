/** The order entry: what writes to the tables that the stream tables read. */
@NullMarked
package io.pgstream.samples.quickstart.workload;

import org.jspecify.annotations.NullMarked;
