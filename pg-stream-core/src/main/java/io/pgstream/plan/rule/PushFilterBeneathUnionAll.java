package io.pgstream.plan.rule;

import io.pgstream.plan.Filter;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.ColumnReference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * <pre>
 * Filter p           UnionAll
 *   UnionAll           Filter p
 *     X          =>      X
 *     Y                Filter p
 *                        Y
 * </pre>
 */
final class PushFilterBeneathUnionAll implements Rule {

    @Override
    public @Nullable Operator apply(Operator operator) {
        if (operator instanceof Filter filter && filter.input() instanceof UnionAll union) {
            List<Operator> inputs = new ArrayList<>();
            for (Operator input : union.inputs()) {
                List<NamedExpression> positions = new ArrayList<>();
                for (int i = 0; i < union.output().size(); i++) {
                    positions.add(new NamedExpression(
                            union.output().get(i),
                            new ColumnReference(input.output().get(i))));
                }
                inputs.add(new Filter(new Substitution(positions).in(filter.conditions()), input));
            }
            return new UnionAll(union.output(), inputs);
        }
        return null;
    }
}
