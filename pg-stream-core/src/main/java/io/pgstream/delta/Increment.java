package io.pgstream.delta;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.Join;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Scan;
import io.pgstream.plan.UnionAll;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What new rows of tables add to a result that is monotone in them. A row is new only if at least one new row takes part in
 * it. So the result is computed once for each place where such a table is read, over its new rows in this place and over
 * all rows, the new ones included, in every other. Each new row of the result is found, some of them more than once.
 */
final class Increment {

    /** The new rows at a place where a table is read; {@code null} if there are none. */
    private final Function<Scan, @Nullable Operator> fresh;

    private final UnaryOperator<Operator> whole;

    /**
     * @param fresh the new rows at a place where a table is read, with its columns; {@code null} if there are none
     * @param whole a tree over all rows
     */
    Increment(Function<Scan, @Nullable Operator> fresh, UnaryOperator<Operator> whole) {
        this.fresh = fresh;
        this.whole = whole;
    }

    /** The trees whose rows are the new ones. */
    List<Operator> of(Operator operator) {
        if (operator instanceof Scan scan) {
            Operator rows = fresh.apply(scan);
            return (rows == null) ? List.of() : List.of(rows);
        }
        List<Operator> trees = new ArrayList<>();
        for (int i = 0; i < operator.inputs().size(); i++) {
            for (Operator input : of(operator.inputs().get(i))) {
                trees.add(with(operator, i, input));
            }
        }
        return trees;
    }

    /** The other branches of a union have nothing to do with the rows of one. */
    private Operator with(Operator operator, int position, Operator input) {
        if (operator instanceof UnionAll union) {
            return new UnionAll(union.output(), List.of(input));
        }
        List<Operator> inputs =
                new ArrayList<>(operator.inputs().stream().map(whole).toList());
        inputs.set(position, input);
        return operator.withInputs(inputs);
    }

    /** Whether each new row is found exactly as often as it is new: nowhere do new rows meet new rows, or count once. */
    boolean exact(Operator operator) {
        List<Operator> changed =
                operator.inputs().stream().filter(this::changed).toList();
        boolean here = !(operator instanceof Aggregate && !changed.isEmpty())
                && !(operator instanceof MarkJoin join && changed(join.right()))
                && !(operator instanceof Join && changed.size() > 1);
        return here && changed.stream().allMatch(this::exact);
    }

    private boolean changed(Operator operator) {
        return (operator instanceof Scan scan)
                ? fresh.apply(scan) != null
                : operator.inputs().stream().anyMatch(this::changed);
    }
}
