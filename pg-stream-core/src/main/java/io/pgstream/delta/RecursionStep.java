package io.pgstream.delta;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Lateral;
import io.pgstream.plan.Lists;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.Project;
import io.pgstream.plan.Recursion;
import io.pgstream.plan.Relation;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The step of a recursion over rows of one's own. It is linear in them if all operators between the step's output and
 * the rows take each row for itself: then rows can carry a column along, such as a weight.
 */
final class RecursionStep {

    private final Recursion recursion;

    private final DeltaContext context;

    RecursionStep(Recursion recursion, DeltaContext context) {
        this.recursion = recursion;
        this.context = context;
    }

    /** Why the step is not linear, as the continuation of "because"; {@code null} if it is. */
    static @Nullable String obstacle(Recursion recursion) {
        if (recursion.distinct()
                && recursion.output().stream().anyMatch(column -> !column.type().exact())) {
            return "equal rows can look different in it, as 1.0 and 1.00 do, and one of them stands for all";
        }
        Operator operator = recursion.step();
        while (!operator.equals(recursion.self())) {
            String obstacle = obstacle(operator, recursion);
            if (obstacle != null) {
                return obstacle;
            }
            operator = reading(operator, recursion);
        }
        return null;
    }

    private static @Nullable String obstacle(Operator operator, Recursion recursion) {
        if (operator instanceof Aggregate) {
            return "its recursive term groups rows that it has found or takes each of them once";
        }
        if (operator instanceof UnionAll) {
            return "its recursive term is a union";
        }
        boolean linear = operator instanceof Filter
                || operator instanceof Project
                || operator instanceof Join
                || operator instanceof Lateral
                || (operator instanceof MarkJoin mark && mark.beyond() == null && recursion.reads(mark.left()))
                || (operator instanceof OuterJoin outer && !outer.full() && recursion.reads(outer.left()));
        return linear ? null : "its recursive term looks at several of the rows that it has found at once";
    }

    private static Operator reading(Operator operator, Recursion recursion) {
        return operator.inputs().stream()
                .filter(recursion::reads)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("The step does not read its own rows"));
    }

    /** The columns of the rows found last by which other inputs of the step look them up. */
    static List<Column> lookups(Recursion recursion) {
        Set<Column> self = new HashSet<>(recursion.self().output());
        Set<Column> found = new LinkedHashSet<>();
        Operator operator = recursion.step();
        while (!operator.equals(recursion.self())) {
            conditions(operator).forEach(condition -> {
                if (condition instanceof Equality equality) {
                    lookup(equality.left(), equality.right(), self, found);
                    lookup(equality.right(), equality.left(), self, found);
                }
            });
            operator = reading(operator, recursion);
        }
        return List.copyOf(found);
    }

    private static List<Expression> conditions(Operator operator) {
        if (operator instanceof Join join) {
            return join.conditions();
        }
        if (operator instanceof MarkJoin join) {
            return join.conditions();
        }
        return (operator instanceof OuterJoin join) ? join.conditions() : List.of();
    }

    private static void lookup(Expression side, Expression other, Set<Column> self, Set<Column> found) {
        if (side instanceof ColumnReference reference
                && self.contains(reference.column())
                && reference.column().type().hashable()
                && other.columns().stream().noneMatch(self::contains)
                && !other.columns().isEmpty()) {
            found.add(reference.column());
        }
    }

    /**
     * The present step over some rows.
     *
     * @param rows stands for the rows found last: their columns, and those that they carry along
     * @param carried the columns that are carried along
     * @return the columns of the step and those that are carried along
     */
    Operator over(Relation rows, List<Column> carried) {
        List<NamedExpression> items = new ArrayList<>();
        Lists.concat(recursion.step().output(), carried)
                .forEach(column -> items.add(new NamedExpression(column, new ColumnReference(column))));
        return new Project(items, over(recursion.step(), rows, carried));
    }

    private Operator over(Operator operator, Relation rows, List<Column> carried) {
        if (operator.equals(recursion.self())) {
            return rows;
        }
        if (!recursion.reads(operator)) {
            return context.present(operator);
        }
        Operator below = over(reading(operator, recursion), rows, carried);
        if (operator instanceof Project project) {
            List<NamedExpression> items = new ArrayList<>(project.items());
            carried.forEach(column -> items.add(new NamedExpression(column, new ColumnReference(column))));
            return new Project(items, below);
        }
        if (operator instanceof Join join) {
            List<Operator> others = join.inputs().stream()
                    .filter(input -> !recursion.reads(input))
                    .map(context::present)
                    .toList();
            return JoinOrder.inPlace(below, others, join.conditions(), context);
        }
        if (operator instanceof MarkJoin join) {
            Operator right = context.present(join.right());
            boolean lookUp = context.lookUp()
                    && IndexLookup.cheap(right, new HashSet<>(join.left().output()), join.conditions());
            Join.Order order = lookUp ? Join.Order.FENCED : Join.Order.FREE;
            return new MarkJoin(below, right, join.conditions(), join.mark(), null, order);
        }
        if (operator instanceof OuterJoin join) {
            return join.withInputs(List.of(below, context.present(join.right())));
        }
        return operator.withInputs(List.of(below));
    }
}
