package io.pgstream.plan.expr;

import org.jspecify.annotations.Nullable;

/**
 * A column of an operator's output. Its identity is its number, which is unique in a tree, so that two occurrences of
 * one table never mix.
 *
 * @param id the number
 * @param name the name that a person knows it by
 * @param type the type
 * @param nullable whether it can hold NULL
 * @param scale the display scale that every value of it has, where one is known: sums of it can be undone exactly
 * @since 0.1.0
 */
public record Column(
        int id,
        String name,
        SqlType type,
        boolean nullable,
        @Nullable Integer scale) {

    /** The name that it has in rendered SQL. */
    public String sqlName() {
        return "c" + id;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Column column && column.id == id;
    }

    @Override
    public int hashCode() {
        return id;
    }

    @Override
    public String toString() {
        return name + "#" + id;
    }
}
