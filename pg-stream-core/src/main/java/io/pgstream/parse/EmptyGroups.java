package io.pgstream.parse;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.AggregateCall;
import io.pgstream.plan.AggregateFunction;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Lists;
import io.pgstream.plan.NamedAggregate;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.Project;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Aggregates without GROUP BY of a correlated subquery: one row for each row of the domain, also for those for which the
 * subquery has no rows to aggregate.
 */
final class EmptyGroups {

    private final Domain domain;

    private final ColumnFactory factory;

    EmptyGroups(Domain domain, ColumnFactory factory) {
        this.domain = domain;
        this.factory = factory;
    }

    /**
     * The groups with those that are empty.
     *
     * @param groups the aggregates by the columns of the domain
     * @param keys these columns as the clauses above the groups know them
     * @param typed receives what the columns have become
     */
    Operator filled(Aggregate groups, List<Column> keys, Map<Column, Column> typed) {
        Column present = factory.create("present", ColumnFactory.BIGINT, false, 0);
        Aggregate counted = new Aggregate(
                groups.keys(),
                Lists.append(
                        groups.aggregates(),
                        new NamedAggregate(present, new AggregateCall(AggregateFunction.COUNT, null, null))),
                groups.input());
        Project leaf = domain.leaf();
        List<Column> groupKeys =
                keys.stream().map(key -> typed.getOrDefault(key, key)).toList();
        OuterJoin joined = new OuterJoin(leaf, counted, domain.same(leaf.output(), groupKeys), false);
        List<NamedExpression> items = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            Column column = factory.like(leaf.output().get(i));
            items.add(new NamedExpression(
                    column, new ColumnReference(leaf.output().get(i))));
            typed.put(keys.get(i), column);
        }
        for (NamedAggregate call : groups.aggregates()) {
            Column old = call.column();
            boolean count = call.call().function() == AggregateFunction.COUNT;
            Column column = factory.create(old.name(), old.type(), !count, old.scale());
            items.add(new NamedExpression(column, ScalarSubquery.orEmpty(call, present)));
            typed.put(old, column);
        }
        return new Project(items, joined);
    }
}
