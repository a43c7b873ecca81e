package io.pgstream.parse;

import io.pgstream.plan.Operator;
import java.util.List;

/**
 * A query as an operator tree.
 *
 * @param root the operator whose output is the query's result, in order
 * @param names the names of the result's columns
 * @param nextColumn a number behind those of all columns in the tree
 * @since 0.1.0
 */
public record ParsedQuery(Operator root, List<String> names, int nextColumn) {}
