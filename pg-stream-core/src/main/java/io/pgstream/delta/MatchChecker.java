package io.pgstream.delta;

import io.pgstream.parse.UnsupportedConstructException;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.Project;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.SqlType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Refuses existence tests over values that cannot be grouped, because their delta groups by them. */
final class MatchChecker {

    private final Function<Operator, List<SqlType>> types;

    private final ColumnFactory factory;

    MatchChecker(Function<Operator, List<SqlType>> types, ColumnFactory factory) {
        this.types = types;
        this.factory = factory;
    }

    void check(Operator operator) {
        if (operator instanceof MarkJoin join) {
            check(join);
        }
        if (operator instanceof OuterJoin join) {
            check(new MarkJoin(join.left(), join.right(), join.conditions(), factory.weight()));
            if (join.full()) {
                check(new MarkJoin(join.right(), join.left(), join.conditions(), factory.weight()));
            }
        }
        operator.inputs().forEach(this::check);
    }

    private void check(MarkJoin join) {
        MatchConditions match = new MatchConditions(join);
        List<SqlType> found = new ArrayList<>();
        for (Column column : match.restColumns()) {
            require(column.type(), column.name());
            found.add(column.type());
        }
        for (MatchConditions.Key key : match.keys()) {
            Expression right = key.right();
            SqlType type = (right instanceof ColumnReference reference)
                    ? reference.column().type()
                    : types.apply(new Project(List.of(new NamedExpression(factory.weight(), right)), join.right()))
                            .get(0);
            require(type, "an expression");
            found.add(type);
        }
        if (found.stream().anyMatch(type -> !type.hashable()) && found.stream().anyMatch(type -> !type.sortable())) {
            throw new UnsupportedConstructException(
                    "it looks for rows by values of which some can only be sorted and others only be hashed",
                    "Compare values of other types.");
        }
    }

    private static void require(SqlType type, String what) {
        if (!type.groupable()) {
            throw new UnsupportedConstructException(
                    "it looks for rows by " + what + " of the type " + type.text() + ", which cannot be grouped by",
                    "Compare values of another type.");
        }
    }
}
