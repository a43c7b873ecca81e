package io.pgstream.parse;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.OneRow;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Relation;
import io.pgstream.plan.expr.Cast;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.plan.expr.Template;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Casts that PostgreSQL does not print: of what a subquery selects behind {@code IN}, and of columns behind {@code USING}. Two decimals can be one
 * floating-point number. What is looked for by its value has to have the type that is compared, or each of the two would be looked for by itself.
 */
final class HiddenCast {

    private final ParserInput input;

    private final ColumnFactory factory;

    HiddenCast(ParserInput input, ColumnFactory factory) {
        this.input = input;
        this.factory = factory;
    }

    /** {@code left = right} between values of which each may be cast to what the operator takes. */
    Equality equality(Expression left, Expression right) {
        SqlType one = type(left);
        SqlType other = (one == null) ? null : type(right);
        if (one == null || other == null || one.base().equals(other.base())) {
            return new Equality(left, right);
        }
        List<SqlType> operands =
                input.operandTypes(selected(new Template(List.of("", " = ", ""), List.of(left, right))));
        return operands.isEmpty()
                ? new Equality(left, right)
                : new Equality(cast(left, one, operands.get(0)), cast(right, other, operands.get(1)));
    }

    private static Expression cast(Expression value, SqlType own, SqlType wanted) {
        return own.keepsApartAs(wanted) ? value : new Cast(value, wanted.base());
    }

    /** The type of an expression; {@code null} where that of a column is not known yet. */
    private @Nullable SqlType type(Expression expression) {
        if (!expression.columns().stream().allMatch(HiddenCast::isKnown)) {
            return null;
        }
        return (expression instanceof ColumnReference reference)
                ? reference.column().type()
                : input.types(selected(expression)).get(0);
    }

    /** An expression over NULLs of the types of its columns. */
    private Operator selected(Expression expression) {
        List<Column> columns = List.copyOf(expression.columns());
        Operator source = columns.isEmpty()
                ? new OneRow()
                : new Relation(
                        columns.stream()
                                .map(column -> column.type().nothing() + " AS " + column.sqlName())
                                .collect(Collectors.joining(", ", "(SELECT ", ")")),
                        columns);
        Column value = factory.create("value", ColumnBinding.UNKNOWN, true, null);
        return new Project(List.of(new NamedExpression(value, expression)), source);
    }

    private static boolean isKnown(Column column) {
        return !column.type().equals(ColumnBinding.UNKNOWN);
    }
}
