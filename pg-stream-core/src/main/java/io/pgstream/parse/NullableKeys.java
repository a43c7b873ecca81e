package io.pgstream.parse;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.Project;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import io.pgstream.resolve.Obstacle;
import io.pgstream.resolve.Refusal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import net.sf.jsqlparser.statement.select.PlainSelect;

/**
 * Before version 18, PostgreSQL forgets that a key is NULL in the grouping sets that it is not in: where the key equals a
 * constant or another key, it does not sort by it, so that window functions, DISTINCT and LIMIT see the rows in no order.
 * What comes out depends on the plan; it cannot be maintained, because it is not what the query says.
 */
final class NullableKeys {

    private static final int MENDED = 18;

    private final Map<Column, Expression> origins = new HashMap<>();

    /** What is equal, each with all that is known to be equal to it. */
    private final List<Set<Expression>> classes = new ArrayList<>();

    private NullableKeys(Operator source) {
        collect(source);
    }

    /**
     * Refuses a block that the server computes wrongly.
     *
     * @param keys the keys as expressions over the source, in the order of the clause
     */
    static void check(
            PlainSelect select,
            GroupingSets grouping,
            List<Expression> keys,
            Supplier<Operator> source,
            ParserInput input) {
        Set<Expression> nullable = new HashSet<>();
        for (int i = 0; i < keys.size(); i++) {
            int position = i;
            if (grouping.sets().stream().anyMatch(set -> !set.contains(position))) {
                nullable.add(keys.get(i));
            }
        }
        boolean constant = nullable.stream().anyMatch(key -> key.columns().isEmpty());
        boolean mended = !nullable.isEmpty() && input.serverVersion() >= MENDED;
        if (mended && constant) {
            // Above the grouping what equals the key is the key, and NULL where that is; but version 18 takes (1 + 1)
            // for
            // it and (1 + 1) * 3 for 6, and it stores 'a' as 'a'::text, which is the key only where it was written so.
            throw new UnsupportedConstructException(
                    "it has grouping sets by a constant", "Leave the constant out of GROUP BY.");
        }
        if (mended || nullable.isEmpty()) {
            return;
        }
        NullableKeys known = new NullableKeys(source.get());
        if (constant || (sorts(select) && known.anyRedundant(nullable))) {
            throw new UnsupportedConstructException(Obstacle.of(
                    Refusal.SERVER_BUG,
                    "before version 18, PostgreSQL takes a key that equals a constant or another key for one which is the"
                            + " same in all grouping sets, though it is NULL in some",
                    "\\b(CUBE|ROLLUP|GROUPING\\s+SETS)\\b"));
        }
    }

    private static boolean sorts(PlainSelect select) {
        return select.getDistinct() != null
                || select.getLimit() != null
                || select.getFetch() != null
                || select.getOffset() != null
                || select.getSelectItems().toString().contains(" OVER ");
    }

    private boolean anyRedundant(Set<Expression> keys) {
        return classes.stream().anyMatch(equal -> {
            long found =
                    keys.stream().filter(key -> equal.contains(origin(key))).count();
            boolean fixed = equal.stream().anyMatch(it -> it.columns().isEmpty());
            return found > 1 || (found == 1 && fixed);
        });
    }

    private Expression origin(Expression expression) {
        return expression.substitute(
                column -> origins.containsKey(column) ? origin(origins.get(column)) : new ColumnReference(column));
    }

    private void collect(Operator operator) {
        operator.inputs().forEach(this::collect);
        if (operator instanceof Project project) {
            for (NamedExpression item : project.items()) {
                if (!item.expression().equals(new ColumnReference(item.column()))) {
                    origins.put(item.column(), item.expression());
                }
            }
        }
        if (operator instanceof Filter filter) {
            filter.conditions().forEach(this::equal);
        } else if (operator instanceof Join join) {
            join.conditions().forEach(this::equal);
        } else if (operator instanceof OuterJoin join) {
            join.conditions().forEach(this::equal);
        }
    }

    private void equal(Expression condition) {
        if (!(condition instanceof Equality equality)) {
            return;
        }
        Set<Expression> equal = new HashSet<>(Set.of(origin(equality.left())));
        equal.add(origin(equality.right()));
        for (Set<Expression> known : List.copyOf(classes)) {
            if (known.stream().anyMatch(equal::contains)) {
                equal.addAll(known);
                classes.remove(known);
            }
        }
        classes.add(equal);
    }
}
