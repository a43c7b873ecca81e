package io.pgstream.parse;

import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import java.util.HashSet;
import java.util.Set;

/** The columns of a query block that have one value in all of its rows, or in all of those of a row of its domain. */
final class FixedColumns {

    private FixedColumns() {}

    /** Those of the domain, and those that WHERE compares with them, or with constants. */
    static Set<Column> of(OpenBlock open) {
        Set<Column> fixed = new HashSet<>(open.domain());
        int before;
        do {
            before = fixed.size();
            for (Expression condition : open.from().conditions()) {
                if (condition instanceof Equality equality && equality.tellsApart()) {
                    add(equality.left(), equality.right(), fixed);
                    add(equality.right(), equality.left(), fixed);
                }
            }
        } while (fixed.size() > before);
        return fixed;
    }

    /** Of values that look different and are equal, or that are equal to the same value of another type, there could be two. */
    private static void add(Expression side, Expression other, Set<Column> fixed) {
        if (side instanceof ColumnReference reference
                && reference.column().type().exact()
                && fixed.containsAll(other.columns())
                && other.columns().stream()
                        .allMatch(column -> reference.column().type().keepsApartAs(column.type()))
                && (other instanceof ColumnReference
                        || !other.sql(Column::sqlName).contains("timestamp"))) {
            fixed.add(reference.column());
        }
    }
}
