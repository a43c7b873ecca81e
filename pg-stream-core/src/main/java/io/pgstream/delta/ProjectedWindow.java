package io.pgstream.delta;

import io.pgstream.analyze.RowIdentity;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Project;
import io.pgstream.plan.Window;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.sql.RowBound;
import io.pgstream.sql.TargetTable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes the projection at the top for a part of the window functions below it, so that the stream table is their state: {@code SELECT id, salary -
 * avg(salary) OVER (PARTITION BY dept) AS above, dept}. What a partition puts out is a function of the partition, with the projection and without it; but without it
 * a table with {@code salary} would have to be written first, and its change handed on.
 *
 * <p>The stream table must show the columns by which rows of a state are found: those of the partition, those that no two rows share, by which an old row and a new one
 * are paired, and the first one of the order where the rows before a change can be left alone.
 */
final class ProjectedWindow {

    private ProjectedWindow() {}

    /**
     * The window with the stream table as its state, or {@code null} if the stream table does not show what is needed.
     *
     * @param names the names of the stream table's columns
     * @param changes the temporary table that would hand the change on
     */
    static @Nullable PartitionNode node(
            Window window,
            @Nullable StackedWindows stacked,
            Project root,
            TargetTable table,
            List<String> names,
            String changes) {
        List<Column> unique = RowIdentity.of(window).key();
        if (unique == null || unique.isEmpty()) {
            return null;
        }
        List<NamedExpression> items = new ArrayList<>();
        List<Column> shown = new ArrayList<>();
        for (NamedExpression item : root.items()) {
            // A column that is shown twice can stand for itself once.
            Column column =
                    (item.expression() instanceof ColumnReference reference && !shown.contains(reference.column()))
                            ? reference.column()
                            : item.column();
            if (column != item.column()) {
                shown.add(column);
            }
            items.add(new NamedExpression(column, item.expression()));
        }
        RowBound bound = UnchangedStart.of(window, stacked);
        if (!shown.containsAll(window.partition())
                || !shown.containsAll(unique)
                || (bound != null && !shown.contains(bound.stored()))) {
            return null;
        }
        List<Column> columns = items.stream().map(NamedExpression::column).toList();
        TargetTable state = TargetTable.partitioned(table.sqlName(), columns, names, window.partition(), unique);
        return new PartitionNode(window, state, false, changes, items);
    }
}
