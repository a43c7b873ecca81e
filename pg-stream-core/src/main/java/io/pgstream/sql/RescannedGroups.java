package io.pgstream.sql;

import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.RowLimit;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes how the groups in {@code flagged} are computed again from the rows that there are. */
final class RescannedGroups {

    private static final String ANY = "EXISTS (SELECT FROM flagged)";

    private RescannedGroups() {}

    /**
     * The groups again. Conditions without columns keep the input unread when no group is flagged. Where many groups are, all are computed,
     * as a full refresh does: to find the rows of a large part of the groups costs more than to compute the rest of them, too.
     *
     * @param columns the keys and the accumulators, over {@code i}
     * @param current a SELECT of the rows that there are
     * @param few of how many flagged groups the rows are looked for; 0 if that shall be so of any number
     */
    static String select(List<String> columns, List<Column> keys, String current, long few) {
        String head = "SELECT " + String.join(", ", columns) + " FROM (";
        String groups = " GROUP BY " + list(keys, key -> "i." + key.sqlName(), ", ");
        String found = head + flagged(keys, current, few) + ") AS i" + groups;
        if (few == 0) {
            return found;
        }
        // Those that are not flagged are dropped here already, so that the planner expects few to go on.
        return found + " UNION ALL SELECT a.* FROM (" + head + current + ") AS i WHERE " + limit(few, false) + groups
                + ") AS a, flagged AS f WHERE "
                + RowMatch.condition(keys, key -> "a." + key.sqlName(), key -> "f." + key.sqlName());
    }

    /** The groups again where that hardly ever happens: what the planner thinks of it matters less than the time that it takes to think. */
    static String seldom(List<String> columns, List<Column> keys, String current) {
        String head = "SELECT " + String.join(", ", columns) + " FROM (" + current + ") AS i";
        return keys.isEmpty()
                ? head + " WHERE " + ANY
                : head + ", flagged AS f WHERE " + ANY + " AND "
                        + RowMatch.condition(keys, key -> "i." + key.sqlName(), key -> "f." + key.sqlName())
                        + " GROUP BY " + list(keys, key -> "i." + key.sqlName(), ", ");
    }

    private static String limit(long few, boolean within) {
        return new RowLimit("flagged", few, within).sql(Column::sqlName);
    }

    /**
     * The rows of the flagged groups. No index of ours leads to them, so that they are asked for by plain equalities, of which
     * the planner knows how many rows they leave, and which can use an index of the user's; groups with a NULL in the key are looked for apart.
     */
    private static String flagged(List<Column> keys, String current, long few) {
        String rows = "SELECT i.* FROM (" + current + ") AS i, flagged AS f WHERE "
                + (few == 0 ? "" : limit(few, true) + " AND ");
        String equal = list(keys, key -> "i." + key.sqlName() + " = f." + key.sqlName(), " AND ");
        List<Column> nullable = keys.stream().filter(Column::nullable).toList();
        if (nullable.isEmpty()) {
            return rows + ANY + " AND " + equal;
        }
        Function<String, String> unknown = alias ->
                "(" + list(nullable, key -> alias + key.sqlName() + " IS NOT DISTINCT FROM NULL", " OR ") + ")";
        String same = RowMatch.condition(keys, key -> "i." + key.sqlName(), key -> "f." + key.sqlName());
        return rows + ANY + " AND " + equal + " UNION ALL " + rows + "EXISTS (SELECT FROM flagged AS f WHERE "
                + unknown.apply("f.") + ") AND " + unknown.apply("i.") + " AND " + same;
    }

    private static String list(List<Column> columns, Function<Column, String> text, String separator) {
        return columns.stream().map(text).collect(Collectors.joining(separator));
    }
}
