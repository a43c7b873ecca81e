package io.pgstream.resolve;

import java.util.Set;

/**
 * Names of functions that are not plain scalar functions; those that are not built in with their schema and a dot.
 *
 * @param aggregates the names of aggregates
 * @param setReturning the names of functions that return sets
 * @param ambiguous the names that are those of an aggregate and of another function
 * @since 0.1.0
 */
public record FunctionNames(Set<String> aggregates, Set<String> setReturning, Set<String> ambiguous) {}
