package io.pgstream.sql;

import io.pgstream.analyze.Accumulator;
import io.pgstream.analyze.AggregateLayout;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.expr.Column;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Follows a delta through an aggregate whose only state is the stream table itself, while others may do the same: each
 * group is locked by its row alone, and the groups in the order of their keys. What is added commutes, so that the order of
 * the writers does not matter; one that sees an older version of the row than there is gets a serialization failure from
 * PostgreSQL itself.
 *
 * @since 0.1.0
 */
public final class GroupUpsertRenderer {

    /** The array with the rows to be computed again. */
    public static final String UNSURE = "pgstream_unsure";

    private final AggregateLayout layout;

    private final TargetTable state;

    private final TargetTable target;

    private final List<NamedExpression> items;

    private final GroupMergeRenderer values;

    /**
     * @param state the stream table with the keys and accumulators as its columns
     * @param target the same table with the columns of the result
     * @param items the projection above the aggregate
     */
    public GroupUpsertRenderer(
            AggregateLayout layout, TargetTable state, TargetTable target, List<NamedExpression> items) {
        this.layout = layout;
        this.state = state;
        this.target = target;
        this.items = items;
        this.values = new GroupMergeRenderer(layout, state, target, items);
    }

    /**
     * Adds a delta. The result is one row: how many groups have fewer than no rows, which cannot be; the rows of the groups
     * that have none any more; and those of groups that must be computed again, because a NaN has swallowed their sum.
     *
     * @param delta the delta summed up by group: the keys, and {@code d<id>} for each accumulator
     */
    public String apply(WithClause with, String delta) {
        with.writing("touched", (layout.keys().isEmpty() ? update(delta) : upsert(delta)) + returning());
        return with.with("SELECT count(*) FILTER (WHERE g.group_rows < 0), "
                + (layout.keys().isEmpty() ? "NULL::tid[]" : "array_agg(g.tid) FILTER (WHERE g.group_rows = 0)")
                + ", array_agg(g.tid) FILTER (WHERE g.unsure) FROM touched AS g");
    }

    /**
     * Adds rows that all have come: no group loses its last row, and a sum that is not a number stays so.
     *
     * @param delta the delta summed up by group
     */
    public String applyCome(WithClause with, String delta) {
        return with.with(layout.keys().isEmpty() ? update(delta) : upsert(delta));
    }

    /**
     * Takes rows away that all have gone: their groups are there. The result is that of {@link #apply}. Others may do the same: groups are
     * found by their key alone, in its order, if the planner is set as {@link #planSettings} says.
     *
     * @param delta the delta summed up by group
     */
    public String applyGone(WithClause with, String delta) {
        if (layout.keys().isEmpty()) {
            return apply(with, delta);
        }
        List<Column> keys = layout.keys();
        String order = keys.stream().map(key -> "d." + key.sqlName()).collect(Collectors.joining(", "));
        with.materialized("delta", "SELECT d.* FROM (" + delta + ") AS d ORDER BY " + order);
        String match = RowMatch.condition(keys, key -> state.name("t", key), key -> "d." + key.sqlName());
        String from = "delta AS d WHERE " + match
                + (atOnce(layout)
                        ? " AND " + state.name("t", keys.get(0)) + " = ANY (ARRAY(SELECT d."
                                + keys.get(0).sqlName() + " FROM delta AS d))"
                        : "");
        with.writing(
                "touched",
                "UPDATE " + target.sqlName() + " AS t SET "
                        + set(accumulator -> "(" + stored(accumulator) + " + d.d"
                                + accumulator.column().id() + ")")
                        + " FROM " + from + returning());
        return with.with("SELECT count(*) FILTER (WHERE g.group_rows < 0) + (SELECT count(*) FROM delta) - count(*),"
                + " array_agg(g.tid) FILTER (WHERE g.group_rows = 0), array_agg(g.tid) FILTER (WHERE g.unsure) FROM"
                + " touched AS g");
    }

    /** One visit to the index for all groups takes a good half of the time of as many descents. */
    private static boolean atOnce(AggregateLayout layout) {
        return layout.keys().size() == 1
                && !layout.keys().get(0).nullable()
                && layout.keys().get(0).type().brief();
    }

    /**
     * What keeps groups in the order of their keys: each is looked up in its turn; or they are read from the index at once, which has that
     * order, and meet the delta, which has it, too, by a hash table that stays whole.
     */
    public static List<String> planSettings(AggregateLayout layout) {
        return atOnce(layout)
                ? List.of(
                        "enable_nestloop = off",
                        "enable_mergejoin = off",
                        "enable_seqscan = off",
                        "enable_bitmapscan = off",
                        "hash_mem_multiplier = 1000")
                : List.of("enable_hashjoin = off", "enable_mergejoin = off");
    }

    private String returning() {
        return " RETURNING t.ctid AS tid, " + state.name("t", layout.rows().column()) + " AS group_rows, "
                + values.notANumber() + " AS unsure";
    }

    private String upsert(String delta) {
        List<Column> keys = layout.keys();
        String order = keys.stream().map(key -> "d." + key.sqlName()).collect(Collectors.joining(", "));
        String insert = items.stream()
                .map(item -> values.value(
                        item, accumulator -> "d.d" + accumulator.column().id()))
                .collect(Collectors.joining(", "));
        return "INSERT INTO " + target.sqlName() + " AS t ("
                + target.columns().stream().map(target::name).collect(Collectors.joining(", ")) + ") SELECT " + insert
                + " FROM (" + delta + ") AS d ORDER BY " + order + " ON CONFLICT ("
                + keys.stream().map(state::name).collect(Collectors.joining(", ")) + ") DO UPDATE SET "
                + set(accumulator ->
                        "(" + stored(accumulator) + " + " + state.name("excluded", accumulator.column()) + ")");
    }

    private String update(String delta) {
        return "UPDATE " + target.sqlName() + " AS t SET "
                + set(accumulator -> "(" + stored(accumulator) + " + d.d"
                        + accumulator.column().id() + ")")
                + " FROM (" + delta + ") AS d";
    }

    private String stored(Accumulator accumulator) {
        return state.name("t", accumulator.column());
    }

    private String set(Function<Accumulator, String> accumulator) {
        return items.stream()
                .filter(item -> !values.isKey(item))
                .map(item -> target.name(item.column()) + " = " + values.value(item, accumulator))
                .collect(Collectors.joining(", "));
    }

    /**
     * Computes groups again whose rows the transaction has locked.
     *
     * @param full a SELECT of the keys and accumulators of all groups by their rendered names
     */
    public String rescan(String full) {
        String match = RowMatch.condition(layout.keys(), key -> state.name("t", key), key -> "d." + key.sqlName());
        return "UPDATE " + target.sqlName() + " AS t SET "
                + set(accumulator -> "d." + accumulator.column().sqlName()) + " FROM (" + full
                + ") AS d WHERE t.ctid = ANY (" + UNSURE + ") AND " + match;
    }
}
