package io.pgstream.sql;

import io.pgstream.analyze.Accumulator;
import io.pgstream.analyze.AggregateLayout;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Follows a delta through an aggregate whose only state is the stream table itself, by one {@code MERGE} that adds to the
 * groups where they are. It needs {@code RETURNING}, which {@code MERGE} has from PostgreSQL 17 on.
 *
 * <p>A NaN stays in a sum when it leaves the group. A sum that is NaN afterwards is counted as unsure, and the caller starts
 * again with {@link AggregateRenderer}, which reads such groups again.
 *
 * @since 0.1.0
 */
public final class GroupMergeRenderer {

    private final AggregateLayout layout;

    private final TargetTable state;

    private final TargetTable target;

    private final List<NamedExpression> items;

    /**
     * @param state the stream table with the keys and accumulators as its columns
     * @param target the same table with the columns of the result
     * @param items the projection above the aggregate
     */
    public GroupMergeRenderer(
            AggregateLayout layout, TargetTable state, TargetTable target, List<NamedExpression> items) {
        this.layout = layout;
        this.state = state;
        this.target = target;
        this.items = items;
    }

    /** Whether all accumulators of a layout can be added to. */
    public static boolean supports(AggregateLayout layout) {
        return layout.accumulators().stream()
                .noneMatch(item -> item.rescanned() || item.extreme() || item.kind() == Accumulator.Kind.SCALES);
    }

    /**
     * Applies a delta. The result has seven columns, as {@link MergeRenderer} describes.
     *
     * @param delta the delta summed up by group: the keys, and {@code d<id>} for each accumulator
     */
    public String apply(WithClause with, String delta) {
        List<Column> keys = layout.keys();
        String match = RowMatch.condition(keys, key -> state.name("t", key), key -> "d." + key.sqlName());
        String rows = state.name("t", layout.rows().column());
        String delete = keys.isEmpty() ? "" : " WHEN MATCHED AND " + added(layout.rows()) + " = 0 THEN DELETE";
        String set = items.stream()
                .filter(item -> !isKey(item))
                .map(item -> target.name(item.column()) + " = " + value(item, this::added))
                .collect(Collectors.joining(", "));
        String insert = items.stream()
                .map(item ->
                        value(item, accumulator -> "d.d" + accumulator.column().id()))
                .collect(Collectors.joining(", "));
        with.writing(
                "merged",
                "MERGE INTO " + target.sqlName() + " AS t USING (" + delta + ") AS d ON " + match + delete
                        + " WHEN MATCHED THEN UPDATE SET " + set + " WHEN NOT MATCHED THEN INSERT ("
                        + target.columns().stream().map(target::name).collect(Collectors.joining(", ")) + ") VALUES ("
                        + insert + ") RETURNING merge_action() AS action, " + rows + " AS group_rows, " + notANumber()
                        + " AS unsure");
        String impossible = keys.isEmpty() ? "m.group_rows < 0" : "m.action <> 'DELETE' AND m.group_rows <= 0";
        return with.with("SELECT count(*) FILTER (WHERE m.action = 'DELETE'), count(*) FILTER (WHERE m.action ="
                + " 'UPDATE'), count(*) FILTER (WHERE m.action = 'INSERT'), count(*) FILTER (WHERE m.action = 'DELETE'),"
                + " count(*) FILTER (WHERE m.action = 'UPDATE'), count(*) FILTER (WHERE " + impossible
                + "), count(*) FILTER (WHERE m.unsure AND m.action <> 'DELETE') FROM merged AS m");
    }

    boolean isKey(NamedExpression item) {
        return item.expression() instanceof io.pgstream.plan.expr.ColumnReference reference
                && layout.keys().contains(reference.column());
    }

    private String added(Accumulator accumulator) {
        return "(" + state.name("t", accumulator.column()) + " + d.d"
                + accumulator.column().id() + ")";
    }

    /** An item of the projection, with accumulators as given and keys as they are in the delta. */
    String value(NamedExpression item, Function<Accumulator, String> accumulator) {
        Function<Column, Expression> accumulators = column -> layout.accumulators().stream()
                .filter(candidate -> candidate.column().equals(column))
                .findFirst()
                .<Expression>map(found -> Template.text(accumulator.apply(found)))
                .orElseThrow();
        Function<Column, Expression> outputs = column -> layout.outputs().stream()
                .filter(output -> output.column().equals(column))
                .findFirst()
                .map(output -> output.expression().substitute(accumulators))
                .orElseGet(() -> Template.text("d." + column.sqlName()));
        return Expression.operand(item.expression().substitute(outputs), Column::sqlName);
    }

    /** Whether a sum of the row {@code t} is NaN. */
    String notANumber() {
        String sums = layout.accumulators().stream()
                .filter(item -> item.kind() == Accumulator.Kind.SUM
                        && !item.column().type().isInteger())
                .map(item -> state.name("t", item.column()) + " = 'NaN'")
                .collect(Collectors.joining(" OR "));
        return sums.isEmpty() ? "false" : "(" + sums + ")";
    }
}
