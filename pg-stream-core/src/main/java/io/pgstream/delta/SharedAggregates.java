package io.pgstream.delta;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.FreshCopy;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Recursion;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.sql.OperatorRenderer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Aggregates that say the same, as of a {@code WITH} query that is used twice, become one: with one state, and one statement that moves it.
 * Whether they say the same is told by their text, once the columns of each are numbered from 1.
 */
final class SharedAggregates {

    private final Map<String, Operator> first = new HashMap<>();

    private final Map<Operator, Operator> done = new IdentityHashMap<>();

    private SharedAggregates() {}

    /** The tree with aggregates below others only once. */
    static Operator in(Operator root) {
        return new SharedAggregates().shared(root);
    }

    private Operator shared(Operator operator) {
        Operator known = done.get(operator);
        if (known == null) {
            known = (operator instanceof Recursion) ? operator : replaced(operator);
            done.put(operator, known);
        }
        return known;
    }

    /** Only below another aggregate: an input of a join is looked up by its own columns, for which its state has indexes. */
    private Operator replaced(Operator operator) {
        Operator current = operator.withInputs(operator.inputs().stream()
                .map(input -> (operator instanceof Aggregate) ? first(shared(input)) : shared(input))
                .toList());
        if (shareable(current)) {
            first.putIfAbsent(text(current), current);
        }
        return current;
    }

    private Operator first(Operator operator) {
        Operator same = shareable(operator) ? first.get(text(operator)) : null;
        return (same == null || same.equals(operator)) ? operator : named(operator.output(), same);
    }

    /** A filtered table that is kept is an input of a join as it is. */
    private static boolean shareable(Operator operator) {
        return operator instanceof Aggregate aggregate && !aggregate.keepsRows();
    }

    private static String text(Operator operator) {
        return OperatorRenderer.render(new FreshCopy(new ColumnFactory(1)).of(operator));
    }

    private static Operator named(List<Column> columns, Operator operator) {
        List<NamedExpression> items = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            items.add(new NamedExpression(
                    columns.get(i), new ColumnReference(operator.output().get(i))));
        }
        return new Project(items, operator);
    }
}
