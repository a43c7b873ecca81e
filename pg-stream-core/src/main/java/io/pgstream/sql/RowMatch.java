package io.pgstream.sql;

import io.pgstream.plan.expr.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Conditions under which two rows are the same. {@code IS NOT DISTINCT FROM} can use neither an index nor a hash join, so
 * where a column can be NULL the hashes of the rows are compared first: collisions cost time, never correctness.
 */
final class RowMatch {

    private RowMatch() {}

    /** Whether a plain comparison would miss NULLs. */
    static boolean needsHash(List<Column> columns) {
        return columns.stream()
                .anyMatch(column -> column.nullable()
                        || !column.type().groupable()
                        || column.type().unbounded());
    }

    /**
     * The hash of a row. Columns of types without a hash are hashed by their text, or left out where that depends on settings: rows that
     * other columns do not tell apart would all be compared otherwise.
     */
    static String hash(List<Column> columns, Function<Column, String> text) {
        return columns.stream()
                .filter(RowMatch::hashed)
                .map(column -> column.type().hashedByText() ? "(" + text.apply(column) + ")::text" : text.apply(column))
                .collect(Collectors.joining(", ", "hash_record_extended(ROW(", "), 0)"));
    }

    private static boolean hashed(Column column) {
        return column.type().hashable() || column.type().hashedByText();
    }

    /** Whether the hash of a row is made of the text of a column. */
    static boolean hashesText(List<Column> columns) {
        return columns.stream().anyMatch(column -> column.type().hashedByText());
    }

    static String condition(List<Column> columns, Function<Column, String> left, Function<Column, String> right) {
        if (columns.isEmpty()) {
            return "true";
        }
        List<String> conditions = new ArrayList<>();
        if (needsHash(columns)) {
            conditions.add(hash(columns, left) + " = " + hash(columns, right));
        }
        for (Column column : columns) {
            conditions.add(equal(column, left.apply(column), right.apply(column)));
        }
        return String.join(" AND ", conditions);
    }

    /**
     * The same for a FULL JOIN, which PostgreSQL only does by an operator that it can merge or hash by. Money has
     * no hash; where none of the columns has one, equal texts are asked for, too. There is no index to be found: what cannot be NULL is compared
     * as it is, because the hash of a whole row takes half a microsecond.
     */
    static String joinable(List<Column> columns, Function<Column, String> left, Function<Column, String> right) {
        if (!columns.isEmpty()
                && columns.stream()
                        .allMatch(column -> !column.nullable()
                                && column.type().groupable()
                                && column.type().hashable())) {
            return columns.stream()
                    .map(column -> equal(column, left.apply(column), right.apply(column)))
                    .collect(Collectors.joining(" AND "));
        }
        String condition = condition(columns, left, right);
        if (columns.stream().anyMatch(RowMatch::hashed)) {
            return condition;
        }
        return row(columns, column -> "(" + left.apply(column) + ")::text") + "::text = "
                + row(columns, column -> "(" + right.apply(column) + ")::text") + "::text AND " + condition;
    }

    private static String equal(Column column, String left, String right) {
        if (!column.type().groupable()) {
            return "(" + left + ")::text IS NOT DISTINCT FROM (" + right + ")::text";
        }
        return left + (column.nullable() ? " IS NOT DISTINCT FROM " : " = ") + right;
    }

    /** Whether two rows differ in any byte of any of these columns. */
    static String differs(List<Column> columns, Function<Column, String> left, Function<Column, String> right) {
        return "record_image_ne(" + image(columns, left) + ", " + image(columns, right) + ")";
    }

    /** Images are only compared of the same types, and an expression over a domain has its base type. */
    private static String image(List<Column> columns, Function<Column, String> text) {
        return row(
                columns,
                column -> column.type().domain()
                        ? "(" + text.apply(column) + ")::" + column.type().base()
                        : text.apply(column));
    }

    private static String row(List<Column> columns, Function<Column, String> text) {
        return columns.stream().map(text).collect(Collectors.joining(", ", "ROW(", ")"));
    }
}
