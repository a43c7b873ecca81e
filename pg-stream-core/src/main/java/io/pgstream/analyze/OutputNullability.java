package io.pgstream.analyze;

import io.pgstream.ResultColumn.Nullability;
import io.pgstream.plan.Aggregate;
import io.pgstream.plan.AggregateCall;
import io.pgstream.plan.AggregateFunction;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.NamedAggregate;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Scan;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which columns of a query can be NULL. The plan only knows which cannot; for people it makes a difference whether NULL was
 * seen to be possible or nobody has looked.
 *
 * @since 0.1.0
 */
public final class OutputNullability {

    /** Those that return NULL only where every value is NULL, or none is there. */
    private static final Set<AggregateFunction> OF_VALUES =
            EnumSet.of(AggregateFunction.SUM, AggregateFunction.AVG, AggregateFunction.MIN, AggregateFunction.MAX);

    private final Map<Integer, Nullability> origins = new HashMap<>();

    /** Those that cannot be NULL where they come from. */
    private final Set<Integer> excluded = new HashSet<>();

    /** Those in conditions, which may drop every row with NULL: nobody looks into what they say. */
    private final Set<Integer> compared = new HashSet<>();

    private OutputNullability() {}

    /** For each column of the projection at the top of a plan. */
    public static List<Nullability> of(Project root) {
        OutputNullability nullability = new OutputNullability();
        nullability.visit(root.input());
        return root.items().stream()
                .map(item -> nullability.of(item.expression()))
                .toList();
    }

    private void visit(Operator operator) {
        operator.inputs().forEach(this::visit);
        if (operator instanceof Scan scan) {
            scan.output().forEach(column -> remember(column, Nullability.NULLABLE));
        } else if (operator instanceof Project project) {
            project.items().forEach(this::remember);
        } else if (operator instanceof Aggregate aggregate) {
            aggregate.keys().forEach(this::remember);
            aggregate.aggregates().forEach(call -> remember(call.column(), of(call, aggregate.scalar())));
        } else if (operator instanceof Filter filter) {
            compare(filter.conditions());
        } else if (operator instanceof Join join) {
            compare(join.conditions());
        } else if (operator instanceof MarkJoin match) {
            compare(match.conditions());
        }
    }

    private void compare(List<Expression> conditions) {
        conditions.forEach(condition -> condition.columns().forEach(column -> compared.add(column.id())));
    }

    private void remember(NamedExpression item) {
        remember(item.column(), of(item.expression()));
    }

    private Nullability of(Expression expression) {
        if (!(expression instanceof ColumnReference reference)) {
            return Nullability.UNKNOWN;
        }
        Column column = reference.column();
        if (!column.nullable()) {
            return Nullability.NOT_NULL;
        }
        // NULL that is possible here and not at its origin comes from an outer join between the two.
        boolean possible = excluded.contains(column.id()) || origins.get(column.id()) == Nullability.NULLABLE;
        return (possible && !compared.contains(column.id())) ? Nullability.NULLABLE : Nullability.UNKNOWN;
    }

    private void remember(Column column, Nullability nullability) {
        origins.put(column.id(), nullability);
        if (!column.nullable()) {
            excluded.add(column.id());
        }
    }

    private Nullability of(NamedAggregate named, boolean scalar) {
        AggregateCall call = named.call();
        if (!named.column().nullable()) {
            return Nullability.NOT_NULL;
        }
        if (!OF_VALUES.contains(call.function()) || call.argument() == null) {
            return Nullability.UNKNOWN;
        }
        return (scalar || call.filter() != null) ? Nullability.NULLABLE : of(call.argument());
    }
}
