package io.pgstream.delta;

import io.pgstream.plan.Operator;
import io.pgstream.plan.expr.Column;

/**
 * The change of an operator's output, as signed rows.
 *
 * @param operator puts out the operator's columns and the weight, which is not zero
 * @param weight the column of the weight
 */
record Delta(Operator operator, Column weight) {}
