package io.pgstream.sql;

import io.pgstream.analyze.Accumulator;
import io.pgstream.analyze.AggregateLayout;
import io.pgstream.analyze.ScaleCounts;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the statement that follows a delta through an aggregate: the delta is summed up by group, the groups' stored
 * accumulators are looked up, groups whose accumulators cannot be undone are read again, and the old and the new
 * accumulators of each group are the relation {@code change}: {@code found} says whether the group was stored,
 * {@code o<id>} and {@code n<id>} are its accumulators before and after.
 *
 * @since 0.1.0
 */
public final class AggregateRenderer {

    private final AggregateLayout layout;

    private final TargetTable state;

    private final List<Column> keys;

    private final boolean places;

    private final boolean lookUp;

    private final @Nullable GroupLooks looks;

    public AggregateRenderer(AggregateLayout layout, TargetTable state) {
        this(layout, state, false, false);
    }

    /**
     * @param places whether {@code change} says as {@code tid} where each group is stored
     * @param lookUp whether the groups are looked up one by one, whatever the planner thinks of their number
     */
    public AggregateRenderer(AggregateLayout layout, TargetTable state, boolean places, boolean lookUp) {
        this.places = places;
        this.lookUp = lookUp;
        this.layout = layout;
        this.state = state;
        this.keys = layout.keys();
        this.looks = GroupLooks.of(layout);
    }

    /**
     * The change of the groups, in the common table expressions of a statement.
     *
     * @param items the keys, then the arguments, with the columns that hold them
     * @param delta the delta summed up by group: see {@link GroupDelta}
     * @param current a SELECT of these columns over the present rows of the input
     * @param fewGroups up to how many groups are looked for when they are read again; of more, all are computed; 0 if that is not known
     */
    public void change(WithClause with, List<NamedExpression> items, String delta, String current, long fewGroups) {
        with.materialized("delta", delta);
        with.materialized("stored", stored());
        if (flagged().isEmpty()) {
            with.materialized("change", changeSelect(false));
            return;
        }
        with.materialized(
                "flagged",
                "SELECT " + (keys.isEmpty() ? "1 AS one" : list(keys, Column::sqlName)) + " FROM stored WHERE rescan");
        with.materialized("rescanned", rescanned(items, current, fewGroups));
        with.materialized("change", changeSelect(true));
    }

    /** Whether groups are read again only where a NaN, a display scale or the look of a key asks for it. */
    public boolean seldomRescans() {
        return !flagged().isEmpty()
                && layout.accumulators().stream().noneMatch(item -> item.rescanned() || item.extreme());
    }

    /**
     * The same change without a way to read groups again: of those that would have to be, {@link #unsure} says how many there are, and what is said of
     * them is wrong. To plan a join of all tables of a query, which hardly ever runs, takes longer than to plan the delta.
     *
     * @param delta the delta summed up by group
     */
    public void quickChange(WithClause with, String delta) {
        with.materialized("delta", delta);
        with.materialized("stored", stored());
        with.materialized("change", changeSelect(false));
    }

    /** How many groups of a quick change would have to be read again. */
    public static String unsure() {
        return "(SELECT count(*) FROM stored WHERE rescan)";
    }

    /** What of an argument is added up. */
    static String counted(Accumulator accumulator, String x) {
        return (accumulator.kind() == Accumulator.Kind.SCALES)
                ? ScaleCounts.of(x)
                : "CASE WHEN " + ScaleCounts.followed(x) + " THEN " + x + " END";
    }

    static String argument(Accumulator accumulator, List<NamedExpression> items) {
        Expression argument = accumulator.argument();
        if (accumulator.kind() == Accumulator.Kind.RESCANNED && argument != null) {
            return argument.withOperands(argument.operands().stream()
                            .map(operand -> (Expression) Template.text(projected(operand, items)))
                            .toList())
                    .sql(Column::sqlName);
        }
        return projected(argument, items);
    }

    private static String projected(@Nullable Expression argument, List<NamedExpression> items) {
        for (NamedExpression item : items) {
            if (item.expression().equals(argument)) {
                return "i." + item.column().sqlName();
            }
        }
        return "";
    }

    private String stored() {
        List<String> columns = new ArrayList<>();
        columns.add("d.*");
        columns.add("s.ctid IS NOT NULL AS found" + (places ? ", s.ctid AS tid" : ""));
        for (Accumulator accumulator : layout.accumulators()) {
            columns.add(state.name("s", accumulator.column()) + " AS o"
                    + accumulator.column().id());
        }
        if (looks != null) {
            layout.varyingKeys().forEach(key -> columns.add(state.name("s", key) + " AS " + GroupLooks.before(key)));
            columns.add(looks.stored(key -> state.name("s", key)));
        }
        String flag = flagged();
        if (!flag.isEmpty()) {
            String alive = keys.isEmpty()
                    ? ""
                    : newRows("s." + state.name(layout.rows().column())) + " <> 0 AND ";
            columns.add("coalesce(" + alive + "(" + flag + "), false) AS rescan");
        }
        String match = RowMatch.condition(keys, key -> state.name("s", key), key -> "d." + key.sqlName());
        String groups = lookUp
                ? "LATERAL (SELECT s.ctid, s.* FROM " + state.sqlName() + " AS s WHERE " + match
                        + " OFFSET 0) AS s ON true"
                : state.sqlName() + " AS s ON " + match;
        return "SELECT " + String.join(", ", columns) + " FROM delta AS d LEFT JOIN " + groups;
    }

    private String newRows(String stored) {
        return "coalesce(" + stored + ", 0) + d.d" + layout.rows().column().id();
    }

    /** The condition under which a group is read again; empty if that never happens. */
    private String flagged() {
        List<String> conditions = new ArrayList<>();
        for (Accumulator accumulator : layout.accumulators()) {
            int id = accumulator.column().id();
            String stored = state.name("s", accumulator.column());
            switch (accumulator.kind()) {
                case RESCANNED_SUM, RESCANNED_AVG, RESCANNED -> conditions.add("true");
                case MIN -> conditions.add("d.l" + id + " <= least(" + stored + ", d.e" + id + ")");
                case MAX -> conditions.add("d.l" + id + " >= greatest(" + stored + ", d.e" + id + ")");
                case SUM -> {
                    if (!accumulator.column().type().isInteger()) {
                        // NaN swallows whatever is added to it, and stays when the NaN leaves.
                        conditions.add("d.d" + id + " = 'NaN'");
                        conditions.add(stored + " = 'NaN'");
                    }
                }
                case LOOK -> conditions.add(Objects.requireNonNull(looks).flagged(key -> state.name("s", key), stored));
                case SCALES -> conditions.add(ScaleCounts.unfollowed("coalesce(" + stored + ", 0) + d.d" + id));
                case ROWS, NON_NULL, SCALED_SUM, UNSCALED_SUM -> {}
            }
        }
        return conditions.contains("true") ? "true" : String.join(" OR ", conditions);
    }

    private String rescanned(List<NamedExpression> items, String current, long fewGroups) {
        List<String> columns = new ArrayList<>();
        keys.forEach(key -> columns.add("i." + key.sqlName()));
        for (Accumulator accumulator : layout.accumulators()) {
            columns.add(full(accumulator, argument(accumulator, items)) + " AS r"
                    + accumulator.column().id());
        }
        return (seldomRescans() || keys.isEmpty())
                ? RescannedGroups.seldom(columns, keys, current)
                : RescannedGroups.select(columns, keys, current, fewGroups);
    }

    private static String full(Accumulator accumulator, String x) {
        return switch (accumulator.kind()) {
            case ROWS -> "count(*)";
            case NON_NULL -> "count(" + x + ")";
            case SUM ->
                "coalesce(sum(" + x + "), 0)::" + accumulator.column().type().text();
            case SCALED_SUM, SCALES -> "coalesce(sum(" + counted(accumulator, x) + "), 0)";
            case UNSCALED_SUM ->
                "CASE WHEN " + ScaleCounts.unfollowed("sum(" + ScaleCounts.of(x) + ")") + " THEN sum(" + x + ") END";
            case RESCANNED_SUM -> "sum(" + x + ")";
            case RESCANNED_AVG -> "avg(" + x + ")";
            case RESCANNED -> x;
            case MIN -> "min(" + x + ")";
            case MAX -> "max(" + x + ")";
            case LOOK -> GroupLooks.full(accumulator);
        };
    }

    private String changeSelect(boolean rescans) {
        List<String> columns = new ArrayList<>();
        List<Column> varying = layout.varyingKeys();
        keys.forEach(key -> columns.add(varying.contains(key) ? GroupLooks.after(key, rescans) : "s." + key.sqlName()));
        varying.forEach(key -> columns.add("s." + GroupLooks.before(key)));
        columns.add(places ? "s.found, s.tid" : "s.found");
        for (Accumulator accumulator : layout.accumulators()) {
            int id = accumulator.column().id();
            columns.add("s.o" + id);
            columns.add(next(accumulator, rescans) + " AS n" + id);
        }
        String rescan = rescans
                ? " LEFT JOIN rescanned AS r ON s.rescan AND "
                        + RowMatch.condition(keys, key -> "s." + key.sqlName(), key -> "r." + key.sqlName())
                : "";
        return "SELECT " + String.join(", ", columns) + " FROM stored AS s" + rescan;
    }

    private String next(Accumulator accumulator, boolean rescans) {
        int id = accumulator.column().id();
        String next = switch (accumulator.kind()) {
            case ROWS, NON_NULL, SUM, SCALED_SUM, SCALES -> "coalesce(s.o" + id + ", 0) + s.d" + id;
            case MIN -> "least(s.o" + id + ", s.e" + id + ")";
            case MAX -> "greatest(s.o" + id + ", s.e" + id + ")";
            case UNSCALED_SUM -> "NULL::numeric";
            case RESCANNED_SUM, RESCANNED_AVG, RESCANNED -> "r.r" + id;
            case LOOK -> Objects.requireNonNull(looks).next();
        };
        if (accumulator.rescanned()) {
            return next;
        }
        return rescans ? "CASE WHEN s.rescan THEN r.r" + id + " ELSE " + next + " END" : next;
    }

    /** Writes the state: groups without rows go, but the one group of a scalar aggregate stays. */
    public void writeState(WithClause with) {
        String rows = "c.n" + layout.rows().column().id();
        // Found by their keys a moment ago, under a lock that keeps others away. The planner takes the comparison of a
        // place with itself for one that few rows pass, and goes to each place instead of reading the state.
        String place = lookUp ? "t.ctid = c.tid AND c.tid = ANY (ARRAY[c.tid])" : "t.ctid = c.tid";
        if (!keys.isEmpty()) {
            with.writing(
                    "state_deleted",
                    "DELETE FROM " + state.sqlName() + " AS t USING change AS c WHERE c.found AND " + rows + " = 0 AND "
                            + place);
        }
        String set = Stream.concat(
                        layout.varyingKeys().stream().map(key -> state.name(key) + " = c." + key.sqlName()),
                        layout.accumulators().stream()
                                .map(item -> state.name(item.column()) + " = c.n"
                                        + item.column().id()))
                .collect(Collectors.joining(", "));
        String alive = keys.isEmpty() ? "" : " AND " + rows + " <> 0";
        with.writing(
                "state_updated",
                "UPDATE " + state.sqlName() + " AS t SET " + set + " FROM change AS c WHERE c.found" + alive + " AND "
                        + place);
        with.writing(
                "state_inserted",
                "INSERT INTO " + state.sqlName() + " ("
                        + state.columns().stream().map(state::name).collect(Collectors.joining(", ")) + ") SELECT "
                        + state.columns().stream()
                                .map(column -> keys.contains(column) ? "c." + column.sqlName() : "c.n" + column.id())
                                .collect(Collectors.joining(", "))
                        + " FROM change AS c WHERE NOT c.found" + alive);
    }

    /** The aggregate's output before ({@code o}) or after ({@code n}) the change, as text over {@code change AS c}. */
    private Function<Column, Expression> output(char side) {
        return column -> {
            for (NamedExpression output : layout.outputs()) {
                if (output.column().equals(column)) {
                    return output.expression().substitute(accumulator -> Template.text("c." + side + accumulator.id()));
                }
            }
            return Template.text("c."
                    + (side == 'o' && layout.varyingKeys().contains(column)
                            ? GroupLooks.before(column)
                            : column.sqlName()));
        };
    }

    /** Whether the group is there before or after the change. */
    private String present(char side) {
        String now = keys.isEmpty() ? "true" : "c.n" + layout.rows().column().id() + " <> 0";
        return (side == 'o') ? "c.found" : now;
    }

    /**
     * The old and the new row of each changed group.
     *
     * @param items the projection above the aggregate
     * @param conditions the conditions between the projection and the aggregate
     */
    public String pairs(List<NamedExpression> items, List<Expression> conditions) {
        // A row that is not there is not computed: its count of 0 must not become a division by zero.
        return "SELECT c.old_in, c.new_in, " + side('o', items, "c.old_in") + ", " + side('n', items, "c.new_in")
                + " FROM (SELECT c.*, " + in('o', conditions) + " AS old_in, " + in('n', conditions)
                + " AS new_in FROM change AS c) AS c";
    }

    private String in(char side, List<Expression> conditions) {
        String passes = conditions.stream()
                .map(condition -> Expression.operand(condition.substitute(output(side)), Column::sqlName))
                .collect(Collectors.joining(" AND "));
        return passes.isEmpty()
                ? "(" + present(side) + ")"
                : "CASE WHEN " + present(side) + " THEN coalesce(" + passes + ", false) ELSE false END";
    }

    private String side(char side, List<NamedExpression> items, String in) {
        return items.stream().map(item -> side(side, item, in)).collect(Collectors.joining(", "));
    }

    private String side(char side, NamedExpression item, String in) {
        String value = Expression.operand(item.expression().substitute(output(side)), Column::sqlName);
        return item.column().type().when(in, value) + " AS " + side
                + item.column().id();
    }

    /**
     * The change as signed rows of the aggregate's output.
     *
     * @param weight the rendered name of the weight
     */
    public String signed(String weight) {
        return signedSide('o', -1, weight) + " UNION ALL " + signedSide('n', 1, weight);
    }

    private String signedSide(char side, int sign, String weight) {
        List<NamedExpression> items = layout.aggregate().output().stream()
                .map(column -> new NamedExpression(column, new ColumnReference(column)))
                .toList();
        String columns = items.stream()
                .map(item -> Expression.operand(item.expression().substitute(output(side)), Column::sqlName) + " AS "
                        + item.column().sqlName() + ", ")
                .collect(Collectors.joining());
        return "SELECT " + columns + sign + "::bigint AS " + weight + " FROM change AS c WHERE " + present(side);
    }

    /**
     * A SELECT of the state as it is after the change, by rendered names, of a state that has not been written.
     *
     * @param change the relation {@code change}, with places
     */
    public String afterwards(String change) {
        String added = state.columns().stream()
                .map(column -> (keys.contains(column) ? "c." + column.sqlName() : "c.n" + column.id()) + " AS "
                        + column.sqlName())
                .collect(Collectors.joining(", "));
        return ReadOnlyRenderer.others(state, change) + " UNION ALL SELECT " + added + " FROM " + change
                + " AS c WHERE " + present('n');
    }

    /** How many groups have fewer than no rows, which cannot be. */
    public String violations() {
        return "(SELECT count(*) FROM change WHERE n" + layout.rows().column().id() + " < 0)";
    }

    /** A SELECT of the whole state over the present rows of the input. */
    public String fullState(List<NamedExpression> items, String current) {
        List<String> columns = new ArrayList<>();
        keys.forEach(key -> columns.add("i." + key.sqlName()));
        for (Accumulator accumulator : layout.accumulators()) {
            columns.add(full(accumulator, argument(accumulator, items)) + " AS "
                    + accumulator.column().sqlName());
        }
        return "SELECT " + String.join(", ", columns) + " FROM (" + current + ") AS i"
                + (keys.isEmpty() ? "" : " GROUP BY " + list(keys, key -> "i." + key.sqlName()));
    }

    /** The aggregate's output read from its state. */
    public static Operator fromState(AggregateLayout layout, Operator state) {
        List<NamedExpression> items = new ArrayList<>();
        layout.keys().forEach(key -> items.add(new NamedExpression(key, new ColumnReference(key))));
        items.addAll(layout.outputs());
        return new Project(items, state);
    }

    private static String list(List<Column> columns, Function<Column, String> text) {
        return columns.stream().map(text).collect(Collectors.joining(", "));
    }
}
