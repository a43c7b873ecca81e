package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Copies a tree with new numbers for all of its columns, so that both can stand in one tree.
 *
 * @since 0.1.0
 */
public final class FreshCopy {

    private final ColumnFactory factory;

    private final Map<Integer, Integer> numbers = new HashMap<>();

    /** Operators share their inputs: what was copied once is not copied again. */
    private final Map<Operator, Operator> copies = new IdentityHashMap<>();

    /** The leaves of the recursions in the tree. */
    private final Set<Relation> leaves = new HashSet<>();

    public FreshCopy(ColumnFactory factory) {
        this.factory = factory;
    }

    /** What has become of a column. */
    public Column column(Column column) {
        int number =
                numbers.computeIfAbsent(column.id(), id -> factory.like(column).id());
        return new Column(number, column.name(), column.type(), column.nullable(), column.scale());
    }

    private List<Column> columns(List<Column> columns) {
        return columns.stream().map(this::column).toList();
    }

    private Expression expression(Expression expression) {
        return expression.substitute(this::reference);
    }

    private Expression reference(Column column) {
        return new ColumnReference(column(column));
    }

    private @Nullable Expression optional(@Nullable Expression expression) {
        return (expression == null) ? null : expression(expression);
    }

    private List<Expression> expressions(List<Expression> expressions) {
        return expressions.stream().map(this::expression).toList();
    }

    private List<NamedExpression> named(List<NamedExpression> items) {
        return items.stream()
                .map(item -> new NamedExpression(column(item.column()), expression(item.expression())))
                .toList();
    }

    private List<SortKey> sorted(List<SortKey> order) {
        return order.stream()
                .map(key -> new SortKey(column(key.column()), key.direction()))
                .toList();
    }

    /** The copy of a tree. */
    public Operator of(Operator operator) {
        Operator known = copies.get(operator);
        if (known != null) {
            return known;
        }
        Operator copy = copied(operator);
        copies.put(operator, copy);
        return copy;
    }

    private Operator copied(Operator operator) {
        if (operator instanceof Recursion recursion) {
            return recursion(recursion);
        }
        List<Operator> inputs = operator.inputs().stream().map(this::of).toList();
        if (operator instanceof Scan scan) {
            return new Scan(scan.table(), columns(scan.output()), scan.only());
        }
        if (operator instanceof Relation relation) {
            return relation(relation);
        }
        if (operator instanceof OneRow) {
            return operator;
        }
        if (operator instanceof UnionAll union) {
            return new UnionAll(columns(union.output()), inputs);
        }
        return (inputs.size() == 1) ? unary(operator, inputs.get(0)) : joined(operator, inputs);
    }

    private Operator recursion(Recursion recursion) {
        leaves.add(recursion.self());
        return new Recursion(
                columns(recursion.output()),
                of(recursion.base()),
                of(recursion.step()),
                Recursion.leaf(columns(recursion.self().output())),
                recursion.distinct());
    }

    /** The leaf of a recursion around the tree stays the same, so that it is seen to be read twice. */
    private Operator relation(Relation relation) {
        if (relation.output().isEmpty()) {
            return relation;
        }
        if (leaves.contains(relation)) {
            return Recursion.leaf(columns(relation.output()));
        }
        return new Project(
                relation.output().stream()
                        .map(column -> new NamedExpression(column(column), new ColumnReference(column)))
                        .toList(),
                relation);
    }

    private Operator joined(Operator operator, List<Operator> inputs) {
        if (operator instanceof Join join) {
            return new Join(inputs, expressions(join.conditions()), join.order());
        }
        if (operator instanceof OuterJoin join) {
            return new OuterJoin(inputs.get(0), inputs.get(1), expressions(join.conditions()), join.full());
        }
        if (operator instanceof MarkJoin join) {
            return new MarkJoin(inputs.get(0), inputs.get(1), expressions(join.conditions()), column(join.mark()));
        }
        throw new IllegalStateException("Not part of a query: " + operator.describe());
    }

    private Operator unary(Operator operator, Operator input) {
        if (operator instanceof Join join) {
            return new Join(List.of(input), expressions(join.conditions()), join.order());
        }
        if (operator instanceof Filter filter) {
            return new Filter(expressions(filter.conditions()), input);
        }
        if (operator instanceof Project project) {
            return new Project(named(project.items()), input);
        }
        if (operator instanceof Lateral lateral) {
            return new Lateral(
                    input,
                    expression(lateral.source()),
                    columns(lateral.columns()),
                    (lateral.ordinality() == null) ? null : column(lateral.ordinality()),
                    lateral.typed(),
                    (lateral.outer() == null) ? null : expressions(lateral.outer()));
        }
        if (operator instanceof Replicate replicate) {
            return new Replicate(expression(replicate.count()), input);
        }
        if (operator instanceof Aggregate aggregate) {
            return new Aggregate(named(aggregate.keys()), calls(aggregate.aggregates()), input);
        }
        if (operator instanceof Window window) {
            return new Window(named(window.functions()), columns(window.partition()), input);
        }
        if (operator instanceof Ranked ranked) {
            return new Ranked(
                    ranked.function(),
                    (ranked.place() == null) ? null : column(ranked.place()),
                    columns(ranked.partition()),
                    sorted(ranked.order()),
                    ranked.limit(),
                    input);
        }
        if (operator instanceof Top top) {
            return new Top(
                    columns(top.partition()),
                    sorted(top.order()),
                    optional(top.limit()),
                    optional(top.offset()),
                    top.ties(),
                    top.spare(),
                    input);
        }
        throw new IllegalStateException("Not part of a query: " + operator.describe());
    }

    private List<NamedAggregate> calls(List<NamedAggregate> aggregates) {
        return aggregates.stream()
                .map(item ->
                        new NamedAggregate(column(item.column()), item.call().substitute(this::reference)))
                .toList();
    }
}
