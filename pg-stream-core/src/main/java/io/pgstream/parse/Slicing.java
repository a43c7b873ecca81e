package io.pgstream.parse;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Filter;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.SortKey;
import io.pgstream.plan.Window;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.List;

/** LIMIT and OFFSET of a subquery for each row of its domain: the numbers of its rows are compared with them. */
final class Slicing {

    private final ColumnFactory factory;

    Slicing(ColumnFactory factory) {
        this.factory = factory;
    }

    Operator apply(Slice slice, Operator rows, List<Column> domain, List<SortKey> order) {
        if (domain.isEmpty() || !slice.slices()) {
            return slice.apply(rows, order);
        }
        if (order.isEmpty()) {
            throw Slice.withoutOrder();
        }
        List<NamedExpression> functions = new ArrayList<>();
        Column number = number("row_number()", domain, order, functions);
        Column rank = slice.ties() ? number("rank()", domain, order, functions) : number;
        List<Expression> conditions = new ArrayList<>();
        Expression offset = slice.offset();
        Expression limit = slice.limit();
        if (offset != null) {
            conditions.add(
                    orNull(offset, new Template(List.of("", " > ", ""), List.of(new ColumnReference(number), offset))));
        }
        if (limit != null) {
            conditions.add(orNull(
                    limit,
                    (offset == null)
                            ? new Template(List.of("", " <= ", ""), List.of(new ColumnReference(rank), limit))
                            : new Template(
                                    List.of("", " <= (coalesce(", "::bigint, 0) + ", ")"),
                                    List.of(new ColumnReference(rank), offset, limit))));
        }
        if (limit != null && slice.ties() && offset != null) {
            // No rows have no equals either.
            conditions.add(orNull(limit, new Template(List.of("", " > 0"), List.of(limit))));
        }
        return Filter.of(conditions, new Window(functions, domain, rows));
    }

    /** NULL rows are as many as there are, and none where they are left out. */
    private static Expression orNull(Expression rows, Expression condition) {
        return rows.columns().isEmpty()
                ? condition
                : new Template(List.of("(", " IS NULL OR ", ")"), List.of(rows, condition));
    }

    /** Numbers the rows of each partition. */
    Column number(String function, List<Column> partition, List<SortKey> order, List<NamedExpression> functions) {
        List<String> fragments = new ArrayList<>();
        List<Expression> operands = new ArrayList<>();
        StringBuilder text = new StringBuilder(function).append(" OVER (PARTITION BY ");
        for (Column column : partition) {
            fragments.add(text.toString());
            operands.add(new ColumnReference(column));
            text = new StringBuilder(", ");
        }
        text = new StringBuilder(partition.isEmpty() ? text.toString().replace("PARTITION BY ", "") : "");
        String separator = " ORDER BY ";
        for (SortKey key : order) {
            fragments.add(text + separator);
            operands.add(new ColumnReference(key.column()));
            text = new StringBuilder(key.direction());
            separator = ", ";
        }
        fragments.add(text + ")");
        Column column = factory.create("number", ColumnFactory.BIGINT, false, 0);
        functions.add(new NamedExpression(column, new Template(fragments, operands)));
        return column;
    }
}
