package io.pgstream.plan.rule;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.Project;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Filter p(m, X), q        Filter q
 *   MarkJoin m on c(X)       Join on d
 *     Join on d                Filter p(m, X)
 *       X               =>       MarkJoin m on c(X)
 *       Y                          X
 *     Z                            Z
 *                              Y
 * </pre>
 *
 * <p>A mark join puts out each row of its left side once, so that it does not matter whether matches are looked for before
 * or after the rows have met others. Where a row meets many, it does: of {@code x JOIN y ON x.depth = y.depth} the rows with
 * {@code x.depth NOT IN (…)} can be few and the pairs without that condition millions, which a delta would have on the way,
 * while the server checks the condition of a query before it joins. Where one input tells the rows of all others, as lines
 * do of orders and customers, the join has no more rows than that input, and its order is left open.
 */
final class PushMarkBeneathJoin implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (!(operator instanceof Filter filter && filter.input() instanceof MarkJoin marked)
                || marked.beyond() != null) {
            return null;
        }
        Set<Column> read = read(marked);
        Operator input = read.isEmpty() ? null : input(marked.left(), read);
        List<Expression> pushed = (input == null) ? List.of() : about(filter.conditions(), marked.mark(), input);
        if (input == null || pushed.isEmpty()) {
            return null;
        }
        Operator filtered = new Filter(pushed, marked.withInputs(List.of(input, marked.right())));
        List<Operator> inputs = new ArrayList<>(marked.left().inputs());
        inputs.set(inputs.indexOf(input), filtered);
        Operator joined = Project.onto(marked.output(), marked.left().withInputs(inputs));
        return Filter.of(Conditions.without(filter.conditions(), pushed), joined);
    }

    /** What matches are looked for by. */
    private static Set<Column> read(MarkJoin marked) {
        Set<Column> read = new HashSet<>();
        marked.conditions().forEach(condition -> read.addAll(condition.columns()));
        read.retainAll(marked.left().output());
        return read;
    }

    /** The input of a join that multiplies its rows, if all columns are that input's. */
    private static @Nullable Operator input(Operator left, Set<Column> read) {
        if (left instanceof OuterJoin join) {
            boolean pushes = !join.full()
                    && join.left().output().containsAll(read)
                    && !UniqueColumns.equated(
                            join.right(),
                            join.conditions(),
                            new HashSet<>(join.left().output()));
            return pushes ? join.left() : null;
        }
        return (left instanceof Join join && join.order() == Join.Order.FREE && multiplies(join))
                ? join.inputs().stream()
                        .filter(input -> input.output().containsAll(read))
                        .findFirst()
                        .orElse(null)
                : null;
    }

    /** Whether of each input a row can meet several of another. */
    private static boolean multiplies(Join join) {
        List<Operator> many = join.inputs().stream()
                .filter(input -> {
                    Set<Column> others = new HashSet<>(join.output());
                    input.output().forEach(others::remove);
                    return !UniqueColumns.equated(input, join.conditions(), others);
                })
                .toList();
        return many.size() > 1;
    }

    /** The conditions that the mark decides, with columns of the input at most. */
    private static List<Expression> about(List<Expression> conditions, Column mark, Operator input) {
        Set<Column> reach = new HashSet<>(input.output());
        reach.add(mark);
        return conditions.stream()
                .filter(condition -> condition.columns().contains(mark) && reach.containsAll(condition.columns()))
                .toList();
    }
}
