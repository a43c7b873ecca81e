package io.pgstream.plan.rule;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Lateral;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.OneRow;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.Project;
import io.pgstream.plan.Ranked;
import io.pgstream.plan.Recursion;
import io.pgstream.plan.Relation;
import io.pgstream.plan.Replicate;
import io.pgstream.plan.Scan;
import io.pgstream.plan.Top;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.Window;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Leaves out what nobody reads, from the top down: columns of scans, so that only they are captured, and expressions and
 * aggregates, so that nothing is kept for them.
 */
final class PruneColumns {

    private final ColumnFactory factory;

    PruneColumns(ColumnFactory factory) {
        this.factory = factory;
    }

    Operator prune(Operator root) {
        return prune(root, Set.copyOf(root.output()));
    }

    private Operator prune(Operator operator, Set<Column> needed) {
        if (operator instanceof Scan scan) {
            return scan.withOutput(
                    scan.output().stream().filter(needed::contains).toList());
        }
        if (operator instanceof Filter filter) {
            return new Filter(filter.conditions(), prune(filter.input(), with(needed, filter.conditions())));
        }
        if (operator instanceof Join join) {
            Operator compared = CompareWithSingleRow.of(join, needed, factory);
            if (compared != null) {
                return prune(compared, needed);
            }
            Set<Column> below = with(needed, join.conditions());
            return new Join(
                    join.inputs().stream().map(input -> prune(input, below)).toList(), join.conditions(), join.order());
        }
        if (operator instanceof OuterJoin join) {
            Set<Column> below = with(needed, join.conditions());
            return join.withInputs(List.of(prune(join.left(), below), prune(join.right(), below)));
        }
        if (operator instanceof MarkJoin join) {
            if (!needed.contains(join.mark())) {
                return prune(join.left(), needed);
            }
            Set<Column> below = with(needed, join.conditions());
            Operator right = prune(join.right(), with(Set.of(), join.conditions()));
            return join.withInputs(List.of(prune(join.left(), below), right));
        }
        if (operator instanceof Lateral lateral) {
            return lateral.withInputs(List.of(prune(lateral.input(), with(needed, lateral.expressions()))));
        }
        if (operator instanceof OneRow || operator instanceof Relation) {
            return operator;
        }
        if (operator instanceof Project project) {
            Project kept = new Project(
                    project.items().stream()
                            .filter(item -> needed.contains(item.column()))
                            .toList(),
                    project.input());
            Set<Column> below = new HashSet<>();
            kept.items().forEach(item -> below.addAll(item.expression().columns()));
            return new Project(kept.items(), prune(project.input(), below));
        }
        if (operator instanceof Aggregate aggregate) {
            return aggregate(aggregate, needed);
        }
        if (operator instanceof Window window) {
            return window(window, needed);
        }
        if (operator instanceof Ranked ranked) {
            Set<Column> below = new HashSet<>(needed);
            below.addAll(ranked.partition());
            ranked.order().forEach(key -> below.add(key.column()));
            Ranked kept = (ranked.place() != null && needed.contains(ranked.place())) ? ranked : ranked.withoutPlace();
            return kept.withInputs(List.of(prune(kept.input(), below)));
        }
        if (operator instanceof Top top) {
            Set<Column> below = new HashSet<>(needed);
            below.addAll(top.partition());
            top.order().forEach(key -> below.add(key.column()));
            below.addAll(top.counts());
            return top.withInputs(List.of(prune(top.input(), below)));
        }
        if (operator instanceof Replicate replicate) {
            return new Replicate(replicate.count(), prune(replicate.input(), with(needed, List.of(replicate.count()))));
        }
        if (operator instanceof UnionAll union) {
            return union(union, needed);
        }
        if (operator instanceof Recursion recursion) {
            // What its step reads of itself is needed as long as it goes on; all columns are kept.
            return recursion.withInputs(
                    recursion.inputs().stream().map(this::prune).toList());
        }
        throw new IllegalStateException("Not part of a query: " + operator.describe());
    }

    private Aggregate aggregate(Aggregate aggregate, Set<Column> needed) {
        Aggregate kept = new Aggregate(
                aggregate.keys(),
                aggregate.aggregates().stream()
                        .filter(item -> needed.contains(item.column()))
                        .toList(),
                aggregate.input());
        Set<Column> below = new HashSet<>();
        kept.keys().forEach(key -> below.addAll(key.expression().columns()));
        kept.aggregates().forEach(item -> {
            add(item.call().argument(), below);
            add(item.call().filter(), below);
        });
        return new Aggregate(kept.keys(), kept.aggregates(), prune(aggregate.input(), below));
    }

    private Operator window(Window window, Set<Column> needed) {
        List<NamedExpression> functions = window.functions().stream()
                .filter(item -> needed.contains(item.column()))
                .toList();
        if (functions.isEmpty()) {
            return prune(window.input(), needed);
        }
        Set<Column> below = new HashSet<>(needed);
        below.addAll(window.partition());
        functions.forEach(item -> below.addAll(item.expression().columns()));
        return new Window(functions, window.partition(), prune(window.input(), below));
    }

    private static void add(@org.jspecify.annotations.Nullable Expression expression, Set<Column> columns) {
        if (expression != null) {
            columns.addAll(expression.columns());
        }
    }

    /** The branches keep all the columns at the positions that are needed; a branch may put out one column twice. */
    private Operator union(UnionAll union, Set<Column> needed) {
        List<Integer> positions = new ArrayList<>();
        for (int i = 0; i < union.output().size(); i++) {
            if (needed.contains(union.output().get(i))) {
                positions.add(i);
            }
        }
        List<Operator> inputs = new ArrayList<>();
        for (Operator input : union.inputs()) {
            List<NamedExpression> items = new ArrayList<>();
            if (input instanceof Project project) {
                positions.forEach(position -> items.add(project.items().get(position)));
                Set<Column> below = new HashSet<>();
                items.forEach(item -> below.addAll(item.expression().columns()));
                inputs.add(new Project(items, prune(project.input(), below)));
            } else if (positions.size() == union.output().size()) {
                inputs.add(prune(input, Set.copyOf(input.output())));
            } else {
                List<Column> columns = new ArrayList<>();
                positions.forEach(position -> columns.add(input.output().get(position)));
                columns.forEach(column ->
                        items.add(new NamedExpression(column, new io.pgstream.plan.expr.ColumnReference(column))));
                inputs.add(new Project(items, prune(input, Set.copyOf(columns))));
            }
        }
        return new UnionAll(
                positions.stream().map(position -> union.output().get(position)).toList(), inputs);
    }

    private static Set<Column> with(Set<Column> needed, List<Expression> expressions) {
        Set<Column> result = new HashSet<>(needed);
        expressions.forEach(expression -> result.addAll(expression.columns()));
        return result;
    }
}
