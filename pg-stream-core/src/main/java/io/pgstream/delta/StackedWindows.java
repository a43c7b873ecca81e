package io.pgstream.delta;

import io.pgstream.plan.Filter;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Window;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Window functions above others whose partitions lie within theirs: {@code sum(fresh) OVER (PARTITION BY user_id ORDER BY at)} above {@code lag(at) OVER
 * (PARTITION BY user_id ORDER BY at)}. What changes in a partition of the lower ones is in one of the upper ones, which is computed again as a whole; so
 * the lower ones are computed with it, from the rows below both, and have no state: it would be written only to be read as a whole.
 *
 * @param base the input of the lowest of them
 * @param partition the columns of that input by which the upper one has its partitions
 */
record StackedWindows(Operator base, List<Column> partition) {

    /** Windows below this one that are computed with it, or {@code null} if there are none. */
    static @Nullable StackedWindows below(Window window, Predicate<Window> computed) {
        StackedWindows found = null;
        List<Column> partition = window.partition();
        Operator below = window.input();
        while (true) {
            if (below instanceof Project project) {
                List<Column> origins = origins(partition, project);
                if (origins == null) {
                    return found;
                }
                partition = origins;
                below = project.input();
            } else if (below instanceof Filter filter && !Crossings.readsClock(filter)) {
                below = filter.input();
            } else if (below instanceof Window lower
                    && lower.partition().containsAll(partition)
                    && computed.test(lower)) {
                below = lower.input();
                found = new StackedWindows(below, partition);
            } else {
                return found;
            }
        }
    }

    private static @Nullable List<Column> origins(List<Column> columns, Project project) {
        List<Column> origins = new ArrayList<>();
        for (Column column : columns) {
            for (NamedExpression item : project.items()) {
                if (item.column().equals(column) && item.expression() instanceof ColumnReference reference) {
                    origins.add(reference.column());
                }
            }
        }
        return (origins.size() == columns.size()) ? origins : null;
    }

    /** All windows of a tree that are computed with one above them, wherever they stand. */
    static Set<Operator> all(Operator root) {
        Set<Operator> lower = new HashSet<>();
        Set<Operator> alone = new HashSet<>();
        visit(root, Set.of(), lower, alone, new HashSet<>());
        lower.removeAll(alone);
        return lower;
    }

    /** @param above the windows that are computed with the last one above */
    private static void visit(
            Operator operator,
            Set<Operator> above,
            Set<Operator> lower,
            Set<Operator> alone,
            Set<Map.Entry<Operator, Set<Operator>>> visited) {
        if (!visited.add(Map.entry(operator, above))) {
            return;
        }
        Set<Operator> below = (operator instanceof Project || operator instanceof Filter) ? above : Set.of();
        if (operator instanceof Window window) {
            if (above.contains(window)) {
                lower.add(window);
                below = above;
            } else {
                alone.add(window);
                Set<Operator> with = new HashSet<>();
                below(window, candidate -> {
                    with.add(candidate);
                    return true;
                });
                below = with;
            }
        }
        for (Operator input : operator.inputs()) {
            visit(input, below, lower, alone, visited);
        }
    }
}
