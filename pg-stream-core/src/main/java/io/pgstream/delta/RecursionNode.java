package io.pgstream.delta;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.AggregateCall;
import io.pgstream.plan.AggregateFunction;
import io.pgstream.plan.Lists;
import io.pgstream.plan.NamedAggregate;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Recursion;
import io.pgstream.plan.Relation;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.sql.TargetTable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A recursion with its rows as its state.
 *
 * @param operator the operator
 * @param state its rows; under {@code UNION} each with the number of ways to derive it from a row of the base or by one
 *     step
 * @param count the column of that number; {@code null} where it is not kept
 * @param lookups the columns by which the step's other tables find rows
 * @param obstacle why the recursion is computed again as a whole whenever something below changes; {@code null} if it
 *     is not
 * @param changes the temporary table that hands the change to the operators above
 */
public record RecursionNode(
        Recursion operator,
        TargetTable state,
        @Nullable Column count,
        List<Column> lookups,
        @Nullable String obstacle,
        String changes)
        implements MaintainedNode {

    public RecursionNode {
        lookups = List.copyOf(lookups);
    }

    @Override
    public boolean ownTable() {
        return true;
    }

    @Override
    public Relation relation() {
        return new Relation(state.sqlName(), operator.output(), outer(lookups));
    }

    /** The state in the place of the rows found last. */
    Relation stateAsSelf() {
        List<Column> self = operator.self().output();
        String columns = self.stream()
                .map(column -> state.name("s", operator.output().get(self.indexOf(column))) + " AS " + column.sqlName())
                .collect(Collectors.joining(", "));
        return new Relation("(SELECT " + columns + " FROM " + state.sqlName() + " AS s)", self, lookups);
    }

    private List<Column> outer(List<Column> selfColumns) {
        return selfColumns.stream()
                .map(column -> operator.output().get(operator.self().output().indexOf(column)))
                .toList();
    }

    /** The indexes by which rows are found, as columns of the state. */
    List<Column> indexed() {
        return outer(lookups);
    }

    /** The whole content of the state, made of what is below. */
    Operator content(DeltaContext context) {
        Recursion present = (Recursion) operator.withInputs(
                operator.inputs().stream().map(context::present).toList());
        Column counted = count;
        if (counted == null) {
            return present;
        }
        List<NamedExpression> rows = renamed(operator.output(), operator.self().output());
        Operator derived = present.stepOver(new Project(rows, present));
        List<Column> columns =
                operator.output().stream().map(context.factory()::like).toList();
        UnionAll derivations = new UnionAll(columns, List.of(present.base(), derived));
        return new Aggregate(
                renamed(columns, operator.output()),
                List.of(new NamedAggregate(counted, new AggregateCall(AggregateFunction.COUNT, null, null))),
                derivations);
    }

    /** Some columns under the names of others. */
    static List<NamedExpression> renamed(List<Column> columns, List<Column> names) {
        List<NamedExpression> items = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            items.add(new NamedExpression(names.get(i), new ColumnReference(columns.get(i))));
        }
        return items;
    }

    static RecursionNode of(Recursion recursion, Column count, String stateSchema, String suffix) {
        String obstacle = RecursionStep.obstacle(recursion);
        boolean counted = recursion.distinct() && obstacle == null;
        List<Column> columns = counted ? Lists.append(recursion.output(), count) : recursion.output();
        TargetTable state = new TargetTable(
                stateSchema + ".s" + suffix,
                columns,
                columns.stream().map(Column::sqlName).toList(),
                counted ? recursion.output() : null);
        return new RecursionNode(
                recursion,
                state,
                counted ? count : null,
                (obstacle == null) ? RecursionStep.lookups(recursion) : List.of(),
                obstacle,
                MaintainedNode.changes(suffix, recursion));
    }
}
