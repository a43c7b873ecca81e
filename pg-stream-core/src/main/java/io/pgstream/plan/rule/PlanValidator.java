package io.pgstream.plan.rule;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Lateral;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.PartitionWise;
import io.pgstream.plan.Project;
import io.pgstream.plan.Ranked;
import io.pgstream.plan.Replicate;
import io.pgstream.plan.Top;
import io.pgstream.plan.Window;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What holds of every tree between passes: each expression reads only columns that its input puts out.
 *
 * @since 0.1.0
 */
public final class PlanValidator {

    private PlanValidator() {}

    /** Throws if the tree is broken. */
    public static void validate(Operator operator) {
        Set<Column> reach = new HashSet<>();
        operator.inputs().forEach(input -> reach.addAll(input.output()));
        if (operator instanceof Lateral lateral) {
            reach.addAll(lateral.columns());
        }
        for (Expression expression : expressions(operator)) {
            if (!reach.containsAll(expression.columns())) {
                throw new IllegalStateException(
                        "The expression " + expression + " of " + operator.describe() + " reads beyond its input");
            }
        }
        operator.inputs().forEach(PlanValidator::validate);
    }

    private static List<Expression> partitionWise(PartitionWise operator) {
        List<Expression> result = new ArrayList<>();
        operator.partition().forEach(column -> result.add(new ColumnReference(column)));
        if (operator instanceof Window window) {
            result.addAll(window.calls());
        }
        if (operator instanceof Ranked ranked) {
            ranked.order().forEach(key -> result.add(new ColumnReference(key.column())));
        }
        if (operator instanceof Top top) {
            top.order().forEach(key -> result.add(new ColumnReference(key.column())));
            Stream.of(top.limit(), top.offset()).filter(Objects::nonNull).forEach(result::add);
        }
        return result;
    }

    /** The expressions that an operator itself computes. */
    public static List<Expression> expressions(Operator operator) {
        if (operator instanceof Filter filter) {
            return filter.conditions();
        }
        if (operator instanceof Join join) {
            return join.conditions();
        }
        if (operator instanceof MarkJoin join) {
            return join.conditions();
        }
        if (operator instanceof OuterJoin join) {
            return join.conditions();
        }
        if (operator instanceof Lateral lateral) {
            return lateral.expressions();
        }
        if (operator instanceof Project project) {
            return project.items().stream().map(item -> item.expression()).toList();
        }
        if (operator instanceof PartitionWise partitionWise) {
            return partitionWise(partitionWise);
        }
        if (operator instanceof Replicate replicate) {
            return List.of(replicate.count());
        }
        if (operator instanceof Aggregate aggregate) {
            return Stream.concat(
                            aggregate.keys().stream().map(key -> key.expression()),
                            aggregate.aggregates().stream()
                                    .flatMap(item -> Stream.of(
                                                    Stream.ofNullable(
                                                            item.call().argument()),
                                                    Stream.ofNullable(
                                                            item.call().filter()))
                                            .flatMap(stream -> stream)))
                    .toList();
        }
        return List.of();
    }
}
