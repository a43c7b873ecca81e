package io.pgstream.sql;

import io.pgstream.plan.expr.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes the statements that change a table by a delta. Their result is one row: the rows deleted, updated and inserted,
 * how many should have been deleted and updated, and how many groups have fewer than no rows; a difference means that
 * the table is not what it should have been.
 *
 * <p>The counts are read in the order delete, update, insert: PostgreSQL runs a writing common table expression when it is
 * first read, so that a unique index of the user's never sees a new row before the old one is gone.
 *
 * @since 0.1.0
 */
public final class ApplyRenderer {

    private ApplyRenderer() {}

    /**
     * Applies signed rows.
     *
     * @param with common table expressions that the rows need
     * @param net a SELECT of the consolidated signed rows, columns by their rendered names
     * @param weight the column of the weight
     */
    public static String applySigned(WithClause with, String net, Column weight, TargetTable target) {
        with.materialized("net", net);
        List<Column> key = target.key();
        return (key == null) ? bag(with, weight.sqlName(), target) : keyed(with, weight.sqlName(), target, key);
    }

    /**
     * Adds rows that have come to a bag, unless something else has happened.
     *
     * @param arrived a SELECT of the rows, columns by their rendered names
     * @param others an expression that counts what else has happened
     */
    public static String applyArrivals(WithClause with, String arrived, String others, TargetTable target) {
        with.materialized("others", "SELECT " + others + " AS n");
        with.writing(
                "inserted",
                insert(target) + " SELECT " + values(target) + " FROM (" + arrived
                        + ") AS d WHERE (SELECT n FROM others) = 0 RETURNING 1");
        return with.with("SELECT 0, 0, (SELECT count(*) FROM inserted), 0, 0, 0, (SELECT n FROM others)");
    }

    private static String keyed(WithClause with, String weight, TargetTable target, List<Column> key) {
        String partition = key.isEmpty()
                ? ""
                : key.stream().map(Column::sqlName).collect(Collectors.joining(", ", "PARTITION BY ", ""));
        // A sort, not a self join: nothing depends on what the planner believes about the size of the delta.
        with.materialized(
                "delta",
                "SELECT net.*, min(" + weight + ") OVER (" + partition + ") AS lowest, max(" + weight + ") OVER ("
                        + partition + ") AS highest FROM net");
        String match = match(target, key, "d");
        with.writing(
                "deleted",
                "DELETE FROM " + target.sqlName() + " AS t USING delta AS d WHERE d.highest < 0 AND " + match
                        + " RETURNING 1");
        String set = set(target, key);
        if (set != null) {
            with.writing(
                    "updated",
                    "UPDATE " + target.sqlName() + " AS t SET " + set + " FROM delta AS d WHERE d." + weight
                            + " > 0 AND d.lowest < 0 AND " + match + " RETURNING 1");
        }
        with.writing(
                "inserted",
                insert(target) + " SELECT " + values(target) + " FROM delta AS d WHERE d.lowest > 0 RETURNING 1");
        return with.with("SELECT (SELECT count(*) FROM deleted), "
                + (set == null ? "0" : "(SELECT count(*) FROM updated)")
                + ", (SELECT count(*) FROM inserted), (SELECT count(*) FROM delta WHERE highest < 0), "
                + (set == null ? "0" : "(SELECT count(*) FROM delta WHERE " + weight + " > 0 AND lowest < 0)") + ", 0");
    }

    private static String bag(WithClause with, String weight, TargetTable target) {
        writeBag(with, weight, target);
        return with.with("SELECT (SELECT count(*) FROM deleted), 0, (SELECT count(*) FROM inserted),"
                + " (SELECT coalesce(sum(-" + weight + "), 0) FROM net WHERE " + weight + " < 0), 0, 0");
    }

    /** Adds the signed rows in {@code net} to a bag. */
    static void writeBag(WithClause with, String weight, TargetTable target) {
        with.writing(
                "deleted",
                "DELETE FROM " + target.sqlName() + " AS x WHERE x.ctid = ANY (ARRAY("
                        + new BagRows(target, weight).places() + ")) RETURNING 1");
        with.writing(
                "inserted",
                insert(target) + " SELECT " + values(target) + " FROM net AS d, generate_series(1, d." + weight
                        + ") WHERE d." + weight + " > 0 RETURNING 1");
    }

    /**
     * Applies pairs of an old and a new row.
     *
     * @param pairs a SELECT of {@code old_in}, {@code new_in}, the old columns by their number behind {@code o} and the
     *     new ones behind {@code n}
     * @param violations an expression that counts what cannot be
     * @param unsure an expression that counts what the change is unsure of; empty if there is nothing
     */
    public static String applyPairs(
            WithClause with, String pairs, TargetTable target, String violations, String unsure) {
        pairs(with, pairs, target);
        List<Column> key = target.key();
        return ((key == null) ? pairsInBag(with, target) : keyedPairs(with, target, key) + ", " + violations)
                + (unsure.isEmpty() ? "" : ", " + unsure);
    }

    static void pairs(WithClause with, String pairs, TargetTable target) {
        with.materialized(
                "pairs",
                "SELECT * FROM (" + pairs + ") AS p WHERE p.old_in <> p.new_in OR (p.old_in AND "
                        + RowMatch.differs(
                                target.columns(), column -> "p.o" + column.id(), column -> "p.n" + column.id())
                        + ")");
    }

    private static String pairsInBag(WithClause with, TargetTable target) {
        // Rows of different groups can be equal where the projection leaves a key out: each must find a row of its own.
        with.materialized("net", netOfPairs(target));
        return bag(with, "weight", target);
    }

    static String netOfPairs(TargetTable target) {
        return consolidated(
                sides(target, 'o', "-1") + " WHERE p.old_in UNION ALL " + sides(target, 'n', "1") + " WHERE p.new_in",
                target);
    }

    /** Signed rows with {@code weight}, those that are equal and look so added up. */
    static String consolidated(String signed, TargetTable target) {
        List<String> groups = target.columns().stream()
                .map(column -> column.type().groupableBesideAll()
                        ? "u." + column.sqlName()
                        : "(u." + column.sqlName() + ")::text")
                .collect(Collectors.toCollection(ArrayList::new));
        target.columns().stream()
                .filter(column -> column.type().groupable() && !column.type().exact())
                .forEach(column -> groups.add(
                        "(u." + column.sqlName() + ")::" + column.type().looks()));
        String back = target.columns().stream()
                .map(column -> column.type().groupableBesideAll()
                        ? "u." + column.sqlName()
                        : column.type().of("(u." + column.sqlName() + ")::text") + " AS " + column.sqlName())
                .collect(Collectors.joining(", "));
        return "SELECT " + back + ", " + WeightSum.of("u.weight") + "::bigint AS weight FROM (" + signed
                + ") AS u GROUP BY " + String.join(", ", groups) + " HAVING " + WeightSum.of("u.weight") + " <> 0";
    }

    private static String sides(TargetTable target, char side, String weight) {
        return "SELECT "
                + target.columns().stream()
                        .map(column -> "p." + side + column.id() + " AS " + column.sqlName())
                        .collect(Collectors.joining(", "))
                + ", " + weight + "::bigint AS weight FROM pairs AS p";
    }

    /** The new values of a pair for the columns beside the key; empty if there are none. */
    static String newOthers(TargetTable target, List<Column> key) {
        return target.beside(key).stream()
                .map(column -> target.name(column) + " = d.n" + column.id())
                .collect(Collectors.joining(", "));
    }

    /** Inserts the new rows of pairs; without the FROM. */
    static String insertNew(TargetTable target) {
        return insert(target) + " SELECT "
                + target.columns().stream().map(column -> "d.n" + column.id()).collect(Collectors.joining(", "));
    }

    private static String keyedPairs(WithClause with, TargetTable target, List<Column> key) {
        String match = RowMatch.condition(key, column -> target.name("t", column), column -> "d.o" + column.id());
        with.writing(
                "deleted",
                "DELETE FROM " + target.sqlName() + " AS t USING pairs AS d WHERE d.old_in AND NOT d.new_in AND "
                        + match + " RETURNING 1");
        String set = newOthers(target, key);
        if (!set.isEmpty()) {
            with.writing(
                    "updated",
                    "UPDATE " + target.sqlName() + " AS t SET " + set
                            + " FROM pairs AS d WHERE d.old_in AND d.new_in AND " + match + " RETURNING 1");
        }
        with.writing("inserted", insertNew(target) + " FROM pairs AS d WHERE d.new_in AND NOT d.old_in RETURNING 1");
        String updated = set.isEmpty() ? "0" : "(SELECT count(*) FROM updated)";
        String expected = set.isEmpty() ? "0" : "(SELECT count(*) FROM pairs WHERE old_in AND new_in)";
        return with.with("SELECT (SELECT count(*) FROM deleted), " + updated + ", (SELECT count(*) FROM inserted),"
                + " (SELECT count(*) FROM pairs WHERE old_in AND NOT new_in), " + expected);
    }

    /** Inserts the rows of a query into an empty table. */
    public static String load(String query, TargetTable target) {
        return insert(target) + " SELECT " + values(target) + " FROM (" + query + ") AS d";
    }

    /**
     * Inserts the rows of a query into a table that has had as many, in the order of its index: by chance each row would be looked for among dead
     * ones in another page of the index.
     */
    public static String reload(String query, TargetTable target) {
        String order = target.indexOrder();
        return load(query, target) + (order == null ? "" : " ORDER BY " + order);
    }

    /**
     * Writes the difference between a query and a table.
     *
     * @param query a SELECT of the table's columns by their rendered names
     */
    public static String applyDifference(String query, TargetTable target) {
        List<Column> key = target.key();
        if (target.partition() != null) {
            return PartitionRenderer.difference(query, target);
        }
        return (key == null || target.columns().isEmpty())
                ? bagDifference(query, target)
                : keyedDifference(query, target, key);
    }

    private static String bagDifference(String query, TargetTable target) {
        String stored = target.columns().stream()
                .map(column -> target.name("t", column) + " AS " + column.sqlName())
                .collect(Collectors.joining(", "));
        String queried =
                target.columns().stream().map(column -> "q." + column.sqlName()).collect(Collectors.joining(", "));
        String signed = "SELECT " + queried + ", 1 AS weight FROM (" + query + ") AS q UNION ALL SELECT " + stored
                + ", -1 FROM " + target.sqlName() + " AS t";
        return bag(new WithClause().materialized("net", consolidated(signed, target)), "weight", target);
    }

    private static String keyedDifference(String query, TargetTable target, List<Column> key) {
        List<Column> columns = target.columns();
        String values = columns.stream().map(column -> "q." + column.sqlName()).collect(Collectors.joining(", "));
        WithClause with = new WithClause()
                .materialized(
                        "difference",
                        "SELECT t.ctid AS tid, q.present, " + values + " FROM "
                                + (key.isEmpty() ? onlyRows(query, target) : rowsByKey(query, target, key))
                                + " WHERE t.ctid IS NULL OR q.present IS NULL OR "
                                + RowMatch.differs(
                                        columns, column -> target.name("t", column), column -> "q." + column.sqlName()))
                .writing(
                        "deleted",
                        "DELETE FROM " + target.sqlName()
                                + " AS t WHERE t.ctid = ANY (ARRAY(SELECT d.tid FROM difference AS d"
                                + " WHERE d.present IS NULL)) RETURNING 1");
        String set = columns.stream()
                .map(column -> target.name(column) + " = d." + column.sqlName())
                .collect(Collectors.joining(", "));
        with.writing(
                "updated",
                "UPDATE " + target.sqlName() + " AS t SET " + set
                        + " FROM difference AS d WHERE t.ctid = d.tid AND d.present RETURNING 1");
        with.writing(
                "inserted",
                insert(target) + " SELECT " + values(target) + " FROM difference AS d WHERE d.tid IS NULL RETURNING 1");
        return with.with("SELECT (SELECT count(*) FROM deleted), (SELECT count(*) FROM updated),"
                + " (SELECT count(*) FROM inserted), (SELECT count(*) FROM difference WHERE present IS NULL),"
                + " (SELECT count(*) FROM difference WHERE present AND tid IS NOT NULL), 0");
    }

    private static String rowsByKey(String query, TargetTable target, List<Column> key) {
        return "(SELECT true AS present, s.* FROM (" + query + ") AS s) AS q FULL JOIN " + target.sqlName()
                + " AS t ON "
                + RowMatch.joinable(key, column -> target.name("t", column), column -> "q." + column.sqlName());
    }

    /**
     * A result of one row at most, whose values can be as long as all of its input: it is neither hashed nor cast. There is no index that keeps a second row
     * out of the table, so what is beyond the first one is a row to delete.
     */
    private static String onlyRows(String query, TargetTable target) {
        return "(SELECT true AS present, row_number() OVER () AS pgstream_row, s.* FROM (" + query
                + ") AS s) AS q FULL JOIN (SELECT x.ctid, row_number() OVER () AS pgstream_row, x.* FROM "
                + target.sqlName() + " AS x) AS t ON t.pgstream_row = q.pgstream_row";
    }

    private static String match(TargetTable target, List<Column> key, String alias) {
        return RowMatch.condition(key, column -> target.name("t", column), column -> alias + "." + column.sqlName());
    }

    private static @Nullable String set(TargetTable target, List<Column> key) {
        String set = target.beside(key).stream()
                .map(column -> target.name(column) + " = d." + column.sqlName())
                .collect(Collectors.joining(", "));
        return set.isEmpty() ? null : set;
    }

    static String insert(TargetTable target) {
        return "INSERT INTO " + target.sqlName() + " ("
                + target.columns().stream().map(target::name).collect(Collectors.joining(", ")) + ")";
    }

    static String values(TargetTable target) {
        return target.columns().stream().map(column -> "d." + column.sqlName()).collect(Collectors.joining(", "));
    }
}
