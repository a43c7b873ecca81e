package io.pgstream.sql;

import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.PartitionWise;
import io.pgstream.plan.Ranked;
import io.pgstream.plan.SortKey;
import io.pgstream.plan.Top;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the statement that follows a delta through an operator that is computed partition by partition: {@code changed}
 * is the delta of the input, {@code touched} the partitions to compute, and {@code differing} the rows by which the operator's
 * output differs from what is stored, each with weight 1 or -1 and the latter with their place in the state.
 *
 * @since 0.1.0
 */
public final class PartitionRenderer {

    private static final String WEIGHT = "change_weight";

    private final PartitionWise operator;
    private final TargetTable state;
    private final List<Column> partition;
    private final List<Column> touched;
    private final List<Column> columns;
    private final @Nullable RowBound bound;

    /**
     * @param touched the columns of {@code touched}, one for each of the partition
     * @param bound from where on the rows of a partition can differ; {@code null} if all of them can
     */
    public PartitionRenderer(
            PartitionWise operator, TargetTable state, List<Column> touched, @Nullable RowBound bound) {
        this.bound = bound;
        this.operator = operator;
        this.state = state;
        this.partition = operator.partition();
        this.touched = touched;
        this.columns = state.columns();
    }

    /**
     * Adds the relations.
     *
     * @param delta a SELECT of the consolidated delta of the input, by rendered names
     * @param weight the rendered name of its weight
     * @param fresh a SELECT of what the state keeps of the operator's output over the partitions in {@code touched}, behind what else it needs
     */
    public void change(WithClause with, String delta, String weight, Function<WithClause, String> fresh) {
        with.materialized("changed", delta);
        with.materialized("touched", touchedPartitions(weight));
        String rows = fresh.apply(with);
        String stored = "SELECT s.ctid AS tid, " + stored("s", columns) + ", -1 AS " + WEIGHT + " FROM "
                + state.sqlName() + " AS s" + ofTouched();
        differing(with, stored, reached(rows), state);
    }

    /** The computed rows that can differ. */
    private String reached(String rows) {
        if (bound == null) {
            return rows;
        }
        return "SELECT r.* FROM (" + rows + ") AS r, touched AS k WHERE "
                + RowMatch.joinable(
                        partition,
                        column -> "r." + column.sqlName(),
                        column -> "k." + touched.get(partition.indexOf(column)).sqlName())
                + " AND " + bound.reached("r." + bound.stored().sqlName());
    }

    /** How many of the rows that are kept suffice. */
    private static long enough(Top top) {
        return Long.parseLong(Objects.requireNonNull(top.limit()).sql(Column::sqlName)) - top.spare();
    }

    /**
     * A SELECT of the first rows where some are kept to spare. What is kept are all rows up to the last of them, so that with what has come before
     * that one and without what has left it is so again; only if that is too few, all rows are asked for.
     *
     * @param with gets {@code candidates}
     * @param weight the weight of {@code changed}
     * @param ofCandidates a SELECT of the first ones of {@code candidates}
     * @param ofAll a SELECT of the first ones of all rows
     */
    public String spared(WithClause with, String weight, String ofCandidates, String ofAll) {
        Top top = (Top) operator;
        String list = columns.stream().map(Column::sqlName).collect(Collectors.joining(", "));
        String order = top.order().stream()
                .map(key -> "u." + key.column().sqlName() + key.direction())
                .collect(Collectors.joining(", "));
        String placed = "SELECT u.*, rank() OVER (ORDER BY " + order + ") AS place FROM (SELECT true AS kept, "
                + stored("s", columns) + ", 1::bigint AS weight FROM " + state.sqlName()
                + " AS s UNION ALL SELECT false, " + list + ", " + weight + " FROM changed) AS u";
        String near = "SELECT " + list
                + ", weight FROM (SELECT p.*, max(p.place) FILTER (WHERE p.kept) OVER () AS last FROM (" + placed
                + ") AS p) AS l WHERE l.place <= l.last";
        with.materialized(
                "candidates",
                "SELECT " + list + " FROM (" + ApplyRenderer.consolidated(near, state)
                        + ") AS c, generate_series(1, c.weight) WHERE EXISTS (SELECT FROM touched)");
        String suffice = "(SELECT count(*) FROM candidates) >= " + enough(top);
        return "SELECT a.* FROM (" + ofCandidates + ") AS a WHERE " + suffice + " UNION ALL SELECT b.* FROM (" + ofAll
                + ") AS b WHERE NOT (" + suffice + ")";
    }

    /** Whether {@code touched} says of each partition whether it has lost a row. */
    public boolean arrivals() {
        return operator instanceof Ranked && !partition.isEmpty();
    }

    /** {@link RankedRenderer#arrived} of {@code changed} with this weight. */
    public String arrived(String weight) {
        Ranked ranked = (Ranked) operator;
        String kept =
                "SELECT " + stored("s", ranked.input().output()) + " FROM " + state.sqlName() + " AS s" + ofTouched();
        return RankedRenderer.arrived(ranked, kept, touched, weight);
    }

    private static void differing(WithClause with, String stored, String fresh, TargetTable state) {
        List<Column> key = state.unique();
        if (key == null) {
            with.materialized("differing", net(stored, fresh, state.columns()));
            return;
        }
        with.materialized("paired", paired(stored, fresh, state.columns(), key));
        with.materialized(
                "differing",
                "SELECT tid, " + side('o', state.columns()) + ", -1 AS " + WEIGHT
                        + " FROM paired WHERE tid IS NOT NULL UNION ALL SELECT NULL::tid, "
                        + side('n', state.columns()) + ", 1 FROM paired WHERE present");
    }

    private static String side(char side, List<Column> columns) {
        return columns.stream()
                .map(column -> side + "_" + column.sqlName() + " AS " + column.sqlName())
                .collect(Collectors.joining(", "));
    }

    /** What no two rows share finds the other row by hash, where comparing them as bags sorts all of both. */
    private static String paired(String stored, String fresh, List<Column> columns, List<Column> key) {
        String both = columns.stream()
                .map(column -> "s." + column.sqlName() + " AS o_" + column.sqlName() + ", f." + column.sqlName()
                        + " AS n_" + column.sqlName())
                .collect(Collectors.joining(", "));
        return "SELECT s.tid, f.present, " + both + " FROM (" + stored
                + ") AS s FULL JOIN (SELECT true AS present, r.* FROM ("
                + fresh + ") AS r) AS f ON "
                + RowMatch.joinable(key, column -> "s." + column.sqlName(), column -> "f." + column.sqlName())
                + " WHERE s.tid IS NULL OR f.present IS NULL OR "
                + RowMatch.differs(columns, column -> "s." + column.sqlName(), column -> "f." + column.sqlName());
    }

    /** Dense places say nothing of how many rows there are: any change can matter. */
    private String touchedPartitions(String weight) {
        if (operator instanceof Top top) {
            return bounded(
                    top.order(),
                    List.copyOf(top.counts()),
                    top.spare() > 0 ? String.valueOf(enough(top)) : kept(top.limit()),
                    weight);
        }
        return (operator instanceof Ranked ranked && ranked.function() != Ranked.Function.DENSE_RANK)
                ? bounded(ranked.order(), List.of(), String.valueOf(ranked.limit()), weight)
                : everyPartition(weight);
    }

    /** How many rows may be kept: as many as when they were stored, for a new number comes with changes of all rows. */
    private static String kept(@Nullable Expression limit) {
        if (limit == null) {
            return "NULL::bigint";
        }
        return limit.columns().isEmpty()
                ? limit.sql(Column::sqlName)
                : "max(" + limit.sql(column -> "d." + column.sqlName()) + ") FILTER (WHERE d.kept)";
    }

    private String everyPartition(String weight) {
        if (arrivals() || bound != null) {
            String said = (bound == null) ? "bool_or(d." + weight + " < 0) AS lost" : bound.first();
            return "SELECT " + named() + ", " + said + " FROM changed AS d" + byPartition();
        }
        return partition.isEmpty()
                ? "SELECT 1 AS one FROM changed LIMIT 1"
                : "SELECT DISTINCT " + named() + " FROM changed AS d";
    }

    private String byPartition() {
        return partition.isEmpty()
                ? ""
                : partition.stream()
                        .map(column -> "d." + column.sqlName())
                        .collect(Collectors.joining(", ", " GROUP BY ", ""));
    }

    private String named() {
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < partition.size(); i++) {
            list.append(i == 0 ? "d." : ", d.")
                    .append(partition.get(i).sqlName())
                    .append(" AS ")
                    .append(touched.get(i).sqlName());
        }
        return list.toString();
    }

    private String ofTouched() {
        if (partition.isEmpty()) {
            return " WHERE EXISTS (SELECT FROM touched)";
        }
        return ", touched AS k WHERE "
                + RowMatch.condition(
                        partition,
                        column -> state.name("s", column),
                        column -> "k." + touched.get(partition.indexOf(column)).sqlName())
                + (bound == null ? "" : " AND " + bound.reached(state.name("s", bound.stored())));
    }

    /**
     * A change behind the last row that is kept changes nothing, as long as there are as many rows as there may be:
     * only then the partition is not computed again.
     */
    private String bounded(List<SortKey> sort, List<Column> counts, String limit, String weight) {
        List<Column> needed = Stream.concat(sort.stream().map(key -> key.column()), counts.stream())
                .distinct()
                .toList();
        List<Column> others =
                needed.stream().filter(column -> !partition.contains(column)).toList();
        Function<String, String> list = alias -> Stream.concat(partition.stream(), others.stream())
                .map(column -> alias + "." + column.sqlName())
                .collect(Collectors.joining(", "));
        String match = partition.isEmpty()
                ? ""
                : " WHERE EXISTS (SELECT FROM changed AS d WHERE "
                        + RowMatch.condition(
                                partition, column -> state.name("s", column), column -> "d." + column.sqlName())
                        + ")";
        List<Column> both = Stream.concat(partition.stream(), others.stream()).toList();
        String rows = "SELECT false AS kept, d." + weight + " < 0 AS gone, " + list.apply("d")
                + " FROM changed AS d UNION ALL SELECT true, false, " + stored("s", both) + " FROM " + state.sqlName()
                + " AS s" + match;
        String order = sort.stream()
                .map(key -> "u." + key.column().sqlName() + key.direction())
                .collect(Collectors.joining(", ", "ORDER BY ", ""));
        String by = partition.isEmpty()
                ? ""
                : partition.stream()
                        .map(column -> "u." + column.sqlName())
                        .collect(Collectors.joining(", ", "PARTITION BY ", " "));
        String lost = arrivals() ? ", bool_or(d.gone) AS lost" : "";
        return "SELECT " + (partition.isEmpty() ? "1 AS one" : named()) + lost + " FROM (SELECT u.*, rank() OVER (" + by
                + order
                + ") AS place FROM (" + rows + ") AS u) AS d" + byPartition()
                + " HAVING count(*) FILTER (WHERE NOT d.kept) > 0 AND (coalesce(count(*) FILTER (WHERE d.kept) < ("
                + limit + "), true) OR coalesce(min(d.place) FILTER (WHERE NOT d.kept)"
                + " <= max(d.place) FILTER (WHERE d.kept), true))";
    }

    /** Whether the stream table, as the state, can be changed by its pairs of an old and a new row. */
    public boolean pairs() {
        return state.unique() != null;
    }

    /**
     * Changes the stream table, which is the state, where it differs: each row has its place already.
     *
     * @param items the columns of the stream table
     */
    public String applyPairs(WithClause with, List<NamedExpression> items, TargetTable target) {
        with.materialized(
                "fresh",
                "SELECT p.tid, "
                        + items.stream()
                                .map(item -> item.expression().sql(column -> "p.n_" + column.sqlName()) + " AS "
                                        + item.column().sqlName())
                                .collect(Collectors.joining(", "))
                        + " FROM paired AS p WHERE p.present");
        with.writing(
                "deleted",
                "DELETE FROM " + target.sqlName() + " AS t WHERE t.ctid = ANY (ARRAY(SELECT p.tid FROM paired AS p"
                        + " WHERE p.present IS NULL)) RETURNING 1");
        with.writing(
                "updated",
                "UPDATE " + target.sqlName() + " AS t SET "
                        + target.columns().stream()
                                .map(column -> target.name(column) + " = d." + column.sqlName())
                                .collect(Collectors.joining(", "))
                        + " FROM fresh AS d WHERE t.ctid = d.tid RETURNING 1");
        with.writing(
                "inserted",
                ApplyRenderer.insert(target) + " SELECT " + ApplyRenderer.values(target)
                        + " FROM fresh AS d WHERE d.tid IS NULL RETURNING 1");
        return with.with("SELECT (SELECT count(*) FROM deleted), (SELECT count(*) FROM updated),"
                + " (SELECT count(*) FROM inserted), (SELECT count(*) FROM paired WHERE present IS NULL),"
                + " (SELECT count(*) FROM fresh WHERE tid IS NOT NULL), 0");
    }

    private String stored(String alias, List<Column> list) {
        return list.stream()
                .map(column -> state.name(alias, column) + " AS " + column.sqlName())
                .collect(Collectors.joining(", "));
    }

    /** The rows of which one side has more, as many as it has more; rows that are equal and look different are different ones. */
    private static String net(String stored, String fresh, List<Column> columns) {
        String names = columns.stream().map(Column::sqlName).collect(Collectors.joining(", "));
        // What only looks otherwise comes last, because texts are compared slowly.
        String same = Stream.concat(
                        columns.stream()
                                .map(column -> column.type().groupableBesideAll()
                                        ? "b." + column.sqlName()
                                        : "(b." + column.sqlName() + ")::text"),
                        columns.stream()
                                .filter(column -> column.type().groupable()
                                        && !column.type().exact())
                                .map(column -> "(b." + column.sqlName() + ")::text COLLATE \"C\""))
                .collect(Collectors.joining(", "));
        return "SELECT * FROM (SELECT b.*, sum(b." + WEIGHT + ") OVER (PARTITION BY " + same
                + ") AS total, row_number() OVER (PARTITION BY " + same + ", b." + WEIGHT + ") AS place FROM (" + stored
                + " UNION ALL SELECT NULL::tid, " + names + ", 1 FROM (" + fresh + ") AS f) AS b) AS c WHERE c."
                + WEIGHT + " * c.total > 0 AND c.place <= abs(c.total)";
    }

    /** Writes the state, which has a table of its own. */
    public void writeState(WithClause with) {
        write(with, state);
    }

    private static void write(WithClause with, TargetTable state) {
        with.writing(
                "deleted",
                "DELETE FROM " + state.sqlName()
                        + " AS t WHERE t.ctid = ANY (ARRAY(SELECT n.tid FROM differing AS n WHERE n.tid IS NOT NULL))"
                        + " RETURNING 1");
        with.writing(
                "inserted",
                "INSERT INTO " + state.sqlName() + " ("
                        + state.columns().stream().map(state::name).collect(Collectors.joining(", ")) + ") SELECT "
                        + state.columns().stream()
                                .map(column -> "n." + column.sqlName())
                                .collect(Collectors.joining(", "))
                        + " FROM differing AS n WHERE n.tid IS NULL RETURNING 1");
    }

    /** The change as signed rows of the operator's output. */
    public String signed(String weight) {
        return "SELECT " + columns.stream().map(Column::sqlName).collect(Collectors.joining(", ")) + ", " + WEIGHT
                + "::bigint AS " + weight + " FROM differing";
    }

    /**
     * A SELECT of the state as it is after the change, by rendered names, of a state that has not been written.
     *
     * @param differing the relation {@code differing}
     */
    public String afterwards(String differing) {
        return ReadOnlyRenderer.others(state, differing) + " UNION ALL SELECT "
                + columns.stream().map(Column::sqlName).collect(Collectors.joining(", ")) + " FROM " + differing
                + " AS n WHERE n.tid IS NULL";
    }

    /** Hands the change on to the operators above. */
    public String handOn(WithClause with, HandOn handOn, String name) {
        return handOn.write(with, name, columns, signed(WEIGHT));
    }

    /**
     * Writes the difference between a query and the whole state, with counts as {@link ApplyRenderer} returns them.
     *
     * @param query a SELECT of the state's columns by their rendered names
     */
    static String difference(String query, TargetTable state) {
        String stored = "SELECT s.ctid AS tid, "
                + state.columns().stream()
                        .map(column -> state.name("s", column) + " AS " + column.sqlName())
                        .collect(Collectors.joining(", "))
                + ", -1 AS " + WEIGHT + " FROM " + state.sqlName() + " AS s";
        WithClause with = new WithClause();
        differing(with, stored, query, state);
        write(with, state);
        return with.with("SELECT (SELECT count(*) FROM deleted), 0, (SELECT count(*) FROM inserted),"
                + " (SELECT count(*) FROM differing WHERE tid IS NOT NULL), 0, 0");
    }
}
