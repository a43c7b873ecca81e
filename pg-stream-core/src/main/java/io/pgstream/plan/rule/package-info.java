/** Rewrite rules that bring an operator tree into the shape that the differentiator expects. */
@NullMarked
package io.pgstream.plan.rule;

import org.jspecify.annotations.NullMarked;
