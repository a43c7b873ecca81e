package io.pgstream.delta;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.PartitionWise;
import io.pgstream.plan.Recursion;
import io.pgstream.plan.Scan;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether more rows of some tables can only mean more rows of a result. A result is monotone in a table if every operator
 * between the two is.
 *
 * @since 0.1.0
 */
public final class Monotonicity {

    private final Set<Long> tables;

    /** @param tables the numbers of the tables of which there may be more rows */
    public Monotonicity(Set<Long> tables) {
        this.tables = Set.copyOf(tables);
    }

    /** What is in the way, as the end of "through …"; {@code null} if the result is monotone. */
    public @Nullable String obstacle(Operator root) {
        return obstacle(root, Set.of());
    }

    /** Whether an operator reads one of the tables, directly or through others. */
    boolean reads(Operator operator) {
        return (operator instanceof Scan scan && tables.contains(scan.table().oid()))
                || operator.inputs().stream().anyMatch(this::reads);
    }

    /** @param required the marks that are true of every row that matters */
    private @Nullable String obstacle(Operator operator, Set<Column> required) {
        if (!reads(operator)) {
            return null;
        }
        String own = own(operator, required);
        if (own != null) {
            return own;
        }
        Set<Column> below = below(operator, required);
        for (int i = 0; i < operator.inputs().size(); i++) {
            boolean right = operator instanceof MarkJoin && i == 1;
            String found = obstacle(operator.inputs().get(i), right ? Set.of() : below);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private @Nullable String own(Operator operator, Set<Column> required) {
        if (operator instanceof Aggregate aggregate) {
            return (aggregate.aggregates().isEmpty() && !aggregate.scalar())
                    ? null
                    : "an aggregate, INTERSECT or EXCEPT (" + aggregate.describe() + ")";
        }
        if (operator instanceof PartitionWise) {
            return "a window function, DISTINCT ON or LIMIT (" + operator.describe() + ")";
        }
        if (operator instanceof Recursion) {
            return "WITH RECURSIVE";
        }
        if (operator instanceof OuterJoin join) {
            return (!join.full() && !reads(join.right()))
                    ? null
                    : "the side of an outer join that can be missing (" + join.describe() + ")";
        }
        if (operator instanceof MarkJoin join) {
            return (!reads(join.right()) || (required.contains(join.mark()) && join.beyond() == null))
                    ? null
                    : "NOT EXISTS, NOT IN, or an EXISTS or IN that is not a condition by itself";
        }
        return null;
    }

    /** Below a condition that is nothing but a mark, every row that matters has it. */
    private static Set<Column> below(Operator operator, Set<Column> required) {
        Set<Column> marks = new HashSet<>();
        if (operator instanceof Filter || operator instanceof MarkJoin) {
            marks.addAll(required);
        }
        for (Expression condition : conditions(operator)) {
            if (condition instanceof ColumnReference reference) {
                marks.add(reference.column());
            }
        }
        return marks;
    }

    private static List<Expression> conditions(Operator operator) {
        if (operator instanceof Filter filter) {
            return filter.conditions();
        }
        return (operator instanceof Join join) ? join.conditions() : List.of();
    }
}
