/** The operator tree: one immutable node per operator of the relational algebra, over bags. */
@NullMarked
package io.pgstream.plan;

import org.jspecify.annotations.NullMarked;
