package io.pgstream.sql;

import io.pgstream.plan.expr.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes the statements that follow a delta through a recursion. All of them start with {@code seed}: the signed rows by
 * which the base and one step over the stored rows differ from what they were.
 *
 * @since 0.1.0
 */
public final class RecursionRenderer {

    /** Walks of up to this many rows more than the state has are cheaper than computing all of it again. */
    private static final int SLACK = 1_000;

    private static final String WEIGHT = "change_weight";

    /**
     * Counts the steps under UNION, where a column that differed would make equal rows different: to PostgreSQL a month has
     * thirty days when it compares, so that all these intervals are equal, and still each has its number of months.
     */
    private static final String STEP = "interval '1 month -30 days'";

    private final TargetTable state;
    private final List<Column> self;
    private final List<Column> stored;
    private final HandOn handOn;
    private final Column depth;

    /**
     * @param self the columns of the rows found last
     * @param stored the same columns in the state
     * @param handOn knows how deep a recursion may go
     * @param depth carries the number of steps, where it may not go on for ever
     */
    public RecursionRenderer(TargetTable state, List<Column> self, List<Column> stored, HandOn handOn, Column depth) {
        this.handOn = handOn;
        this.depth = depth;
        this.state = state;
        this.self = self;
        this.stored = stored;
    }

    /** The columns that rows have to carry along so that their steps can be counted. */
    public List<Column> carried() {
        return handOn.withinDepth("").isEmpty() ? List.of() : List.of(depth);
    }

    /** An item of SELECT for the number of steps, behind those of a row. */
    private String counted(String value) {
        return carried().isEmpty() ? "" : ", " + value + " AS " + depth.sqlName();
    }

    /** One step more than a row under an alias has. */
    private String next(String alias, String step) {
        return counted(alias + "." + depth.sqlName() + " + " + step);
    }

    /** @param depth of a row, as an integer */
    private String within(String steps) {
        return carried().isEmpty() ? "" : " WHERE " + handOn.withinDepth(steps);
    }

    private String months(String alias) {
        String interval = alias + "." + depth.sqlName();
        return "extract(year FROM " + interval + ") * 12 + extract(month FROM " + interval + ")";
    }

    private List<String> countedNames() {
        List<String> result = new ArrayList<>(names());
        carried().forEach(column -> result.add(column.sqlName()));
        return result;
    }

    /**
     * A recursion of which the step takes a row for itself.
     *
     * @param name the name of the rows found last
     * @param columns their columns
     * @param start a SELECT of the first rows
     * @param step a SELECT of what follows from the rows of that name
     * @param keyword what is between both
     * @param tail what follows the last SELECT
     */
    private static String recursion(
            String name, List<String> columns, String start, String step, String keyword, String tail) {
        return "WITH RECURSIVE " + name + "(" + String.join(", ", columns) + ") AS (" + start + keyword + step
                + ") SELECT * FROM " + name + tail;
    }

    /** Both sides of a recursion need the same types, whatever an expression over them makes. */
    private String typed(String alias) {
        return self.stream()
                .map(column -> column.type().of(alias + "." + column.sqlName()) + " AS " + column.sqlName())
                .collect(Collectors.joining(", "));
    }

    private static String typed(String alias, List<Column> from, List<Column> to) {
        List<String> items = new ArrayList<>();
        for (int i = 0; i < to.size(); i++) {
            items.add(to.get(i).type().of(alias + "." + from.get(i).sqlName()) + " AS "
                    + to.get(i).sqlName());
        }
        return String.join(", ", items);
    }

    private List<String> names() {
        return self.stream().map(Column::sqlName).toList();
    }

    /**
     * Follows signed rows step by step into {@code walked}; {@code overrun} says whether there were too many, or too many steps, so
     * that what has been found is worth nothing. Signed rows can run in a circle where the recursion does not: what the old rows derive
     * and what the new ones do add up to nothing there, step by step. So too many steps are no error before the recursion takes them.
     *
     * @param step a SELECT of the columns of the step and the weight, over {@code walk}
     * @param output the columns of the step
     */
    public void walk(WithClause with, Column weight, String step, List<Column> output) {
        String w = weight.sqlName();
        List<String> columns = countedNames();
        columns.add(w);
        String start = "SELECT " + typed("s") + counted("0::bigint") + ", s." + w + "::bigint FROM seed AS s";
        String next = "SELECT " + typed("n", output, self) + next("n", "1") + ", n." + w + "::bigint FROM (" + step
                + ") AS n"
                + (carried().isEmpty() ? "" : " WHERE NOT " + handOn.beyondDepth("n." + depth.sqlName() + " - 1"));
        with.materialized(
                "bound",
                "SELECT " + SLACK + " + greatest(c.reltuples, 0)::bigint AS rows FROM pg_class AS c WHERE c.oid = '"
                        + state.sqlName().replace("'", "''") + "'::regclass");
        with.materialized(
                "walked",
                recursion("walk", columns, start, next, " UNION ALL ", " LIMIT (SELECT b.rows FROM bound AS b)"));
        with.materialized(
                "overrun",
                "SELECT (SELECT count(*) FROM walked) >= (SELECT b.rows FROM bound AS b)"
                        + (carried().isEmpty()
                                ? ""
                                : " OR EXISTS (SELECT FROM walked AS w WHERE "
                                        + handOn.beyondDepth("w." + depth.sqlName() + " - 1") + ")")
                        + " AS hit");
    }

    /** The condition under which {@link #walk} has given up. */
    public static String overrun() {
        return "(SELECT o.hit FROM overrun AS o)";
    }

    private String stateRow(String alias) {
        return RowMatch.condition(
                stored,
                column -> state.name("s", column),
                column -> alias + "." + self.get(stored.indexOf(column)).sqlName());
    }

    /** The row of the state that is like the one under an alias, found through an index whatever the planner believes. */
    private String lookup(String alias, String columns, boolean optional) {
        return (optional ? " LEFT JOIN LATERAL (" : " CROSS JOIN LATERAL (") + "SELECT " + columns + " FROM "
                + state.sqlName() + " AS s WHERE " + stateRow(alias) + " OFFSET 0) AS s" + (optional ? " ON true" : "");
    }

    /**
     * Deletes and derives again. {@code lost} are the stored rows that may follow from something that is gone, by any number of steps;
     * {@code touched} are all rows of which the number of derivations has changed, with the sum of these changes while
     * the lost rows are not there; {@code gained} are the rows that can still, or can now, be derived from those that
     * are left; {@code change} are all rows with the old and the new number of derivations.
     *
     * @param count the column of the number of derivations
     * @param weight the weight of the seed
     * @param output the columns of the steps
     * @param overLost a SELECT of the step over {@code lost}
     * @param overGained a SELECT of the step over {@code gained}
     */
    public void derive(
            WithClause with, Column count, Column weight, List<Column> output, String overLost, String overGained) {
        String columns = String.join(", ", names());
        String w = weight.sqlName();
        List<String> withTid = countedNames();
        withTid.add("tid");
        String lost = "SELECT " + typed("n") + counted("interval '0'") + ", s.tid FROM (SELECT * FROM seed WHERE " + w
                + " < 0 OFFSET 0) AS n" + lookup("n", "s.ctid AS tid", false);
        String lostNext = "SELECT n.*, s.tid FROM (SELECT " + typed("m", output, self) + next("m", STEP) + " FROM ("
                + overLost + ") AS m" + within(months("m")) + " OFFSET 0) AS n" + lookup("n", "s.ctid AS tid", false);
        with.materialized("lost", recursion("lost", withTid, lost, lostNext, " UNION ", ""));
        String signed = "SELECT " + typed("s") + ", s." + w + "::bigint AS " + WEIGHT
                + " FROM seed AS s UNION ALL SELECT " + typed("n", output, self) + ", -1::bigint FROM (" + overLost
                + ") AS n";
        with.materialized(
                "signed",
                "SELECT " + columns + ", " + WeightSum.of(WEIGHT) + "::bigint AS " + WEIGHT + " FROM (" + signed
                        + ") AS u GROUP BY " + columns);
        with.materialized(
                "touched",
                "SELECT t.*, s.tid, s.n FROM signed AS t"
                        + lookup("t", "s.ctid AS tid, " + state.name("s", count) + " AS n", true));
        String start =
                "SELECT " + typed("t") + counted("interval '0'") + " FROM touched AS t WHERE coalesce(t.n, 0) + t."
                        + WEIGHT + " > 0 AND (t.tid IS NULL OR t.tid IN (SELECT l.tid FROM lost AS l))";
        String next = "SELECT n.* FROM (SELECT " + typed("m", output, self) + next("m", STEP) + " FROM (" + overGained
                + ") AS m" + within(months("m")) + " OFFSET 0) AS n WHERE NOT EXISTS (SELECT FROM " + state.sqlName()
                + " AS s WHERE "
                + stateRow("n") + " AND s.ctid NOT IN (SELECT l.tid FROM lost AS l) OFFSET 0)";
        with.materialized("gained", recursion("gained", countedNames(), start, next, " UNION ", ""));
        String all = "SELECT " + columns + ", " + WEIGHT + " FROM signed UNION ALL SELECT " + typed("n", output, self)
                + ", 1 FROM (" + overGained + ") AS n";
        with.materialized(
                "change",
                "SELECT t.*, s.tid, coalesce(s.n, 0) AS before, coalesce(s.n, 0) + t." + WEIGHT
                        + " AS after FROM (SELECT "
                        + columns + ", " + WeightSum.of(WEIGHT) + "::bigint AS " + WEIGHT + " FROM (" + all
                        + ") AS u GROUP BY " + columns + " HAVING " + WeightSum.of(WEIGHT) + " <> 0) AS t"
                        + lookup("t", "s.ctid AS tid, " + state.name("s", count) + " AS n", true));
    }

    /** Writes the state after {@link #derive}. */
    public void writeCounts(WithClause with, Column count) {
        with.writing(
                "state_deleted",
                "DELETE FROM " + state.sqlName() + " AS t WHERE t.ctid = ANY (ARRAY(SELECT c.tid FROM change AS c"
                        + " WHERE c.tid IS NOT NULL AND c.after <= 0))");
        with.writing(
                "state_updated",
                "UPDATE " + state.sqlName() + " AS t SET " + state.name(count)
                        + " = c.after FROM change AS c WHERE t.ctid = c.tid AND c.after > 0");
        with.writing(
                "state_inserted",
                "INSERT INTO " + state.sqlName() + " (" + columns(stored) + ", " + state.name(count) + ") SELECT "
                        + selfValues("c") + ", c.after FROM change AS c WHERE c.tid IS NULL AND c.after > 0");
    }

    /** Hands the rows on that came or went. */
    public String handOnCounts(WithClause with, HandOn handOn, String name) {
        return handOn.write(with, name, stored, signedCounts("change"));
    }

    /** A SELECT of the rows that came or went, and their weights, over the relation {@code change}. */
    public String signedCounts(String change) {
        return "SELECT " + selfValues("c") + ", CASE WHEN c.after > 0 THEN 1 ELSE -1 END::bigint FROM " + change
                + " AS c WHERE (c.before > 0) <> (c.after > 0)";
    }

    /** A SELECT of the rows after {@link #derive}, by the names of the stored columns, of a state that has not been written. */
    public String countsAfterwards(String change) {
        return "SELECT "
                + stored.stream()
                        .map(column -> state.name("t", column) + " AS " + column.sqlName())
                        .collect(Collectors.joining(", "))
                + " FROM " + state.sqlName() + " AS t WHERE t.ctid NOT IN (SELECT c.tid FROM " + change
                + " AS c WHERE c.tid IS NOT NULL AND c.after <= 0) UNION ALL SELECT " + selfValues("c") + " FROM "
                + change + " AS c WHERE c.tid IS NULL AND c.after > 0";
    }

    private String selfValues(String alias) {
        return self.stream().map(column -> alias + "." + column.sqlName()).collect(Collectors.joining(", "));
    }

    private String columns(List<Column> list) {
        return list.stream().map(state::name).collect(Collectors.joining(", "));
    }

    /**
     * Adds signed rows to the state, which is a bag, and hands them on.
     *
     * @param net a SELECT of the rows by the state's columns, added up
     */
    public String applyBag(WithClause with, String net, Column weight, HandOn handOn, String name) {
        String values = stored.stream().map(column -> "d." + column.sqlName()).collect(Collectors.joining(", "));
        ApplyRenderer.writeBag(with.materialized("net", net), weight.sqlName(), state);
        return handOn.write(with, name, stored, "SELECT " + values + ", d." + weight.sqlName() + " FROM net AS d");
    }
}
