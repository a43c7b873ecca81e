package io.pgstream.resolve;

import java.util.Set;

/**
 * Names of functions that are not plain scalar functions.
 *
 * @param aggregates the names of aggregates
 * @param setReturning the names of functions that return sets
 * @since 0.1.0
 */
public record FunctionNames(Set<String> aggregates, Set<String> setReturning) {}
