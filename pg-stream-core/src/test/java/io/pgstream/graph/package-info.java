/** Tests of graphs of stream tables: order, diamonds, refreshes of several at one snapshot. */
@NullMarked
package io.pgstream.graph;

import org.jspecify.annotations.NullMarked;
