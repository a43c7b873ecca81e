package io.pgstream.resolve;

import io.pgstream.plan.expr.SqlType;

/**
 * A column of a relation.
 *
 * @param name its name
 * @param type its type
 * @param notNull whether it cannot hold NULL
 * @since 0.1.0
 */
public record Attribute(String name, SqlType type, boolean notNull) {}
