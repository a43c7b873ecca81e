package io.pgstream.parse;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Operator;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.rule.PlanValidator;
import java.util.List;
import java.util.Map;
import net.sf.jsqlparser.statement.select.Select;
import org.jspecify.annotations.Nullable;

/**
 * A subquery of any shape that may refer to the query around it.
 *
 * @param block its rows; behind the columns that it selects, those of its domain
 * @param domain its domain; {@code null} if it refers to nothing
 */
record Correlated(SelectParser.Block block, @Nullable Domain domain) {

    static Correlated parse(
            Select select,
            SelectParser selects,
            ColumnFactory factory,
            Map<String, Select> queries,
            Scope.Outer around) {
        SelectParser free = selects.free();
        try {
            return new Correlated(free.parse(select, queries), null);
        } catch (UnsupportedConstructException e) {
            Domain domain = new Domain(around, factory);
            SelectParser inside = free.inside(domain);
            SelectParser.Block block = domain.parse(() -> inside.parse(select, queries));
            if (domain.isEmpty()) {
                throw e;
            }
            validate(block.operator());
            return new Correlated(block, domain);
        }
    }

    /** A subquery may refer to the query around it where the domain cannot be joined to it. */
    static void validate(Operator operator) {
        try {
            PlanValidator.validate(operator);
        } catch (IllegalStateException e) {
            throw new UnsupportedConstructException(
                    "a subquery refers to the query around it inside of an outer join",
                    "Write the reference into WHERE.");
        }
    }

    /** The columns that it selects. */
    List<Column> selected() {
        return block.operator().output().subList(0, block.names().size());
    }

    /** Which of its rows belong to a row of the query around. */
    List<Expression> conditions() {
        return (domain == null) ? List.of() : domain.conditions(block.operator().output());
    }
}
