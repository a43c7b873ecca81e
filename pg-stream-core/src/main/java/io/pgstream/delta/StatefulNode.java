package io.pgstream.delta;

import io.pgstream.analyze.AggregateLayout;
import io.pgstream.plan.Aggregate;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Relation;
import io.pgstream.sql.TargetTable;
import java.util.List;

/**
 * An aggregate with its state.
 *
 * @param aggregate the operator
 * @param layout what is kept
 * @param state where it is kept: a table of its own, or the stream table itself where that has all of it
 * @param ownTable whether the state has a table of its own
 * @param items the keys and arguments, projected from the input
 * @param changes the temporary table that hands the change to the operators above
 * @param lookups by which columns other than the first ones of the key rows of the state are found
 */
public record StatefulNode(
        Aggregate aggregate,
        AggregateLayout layout,
        TargetTable state,
        boolean ownTable,
        List<NamedExpression> items,
        String changes,
        List<Relation.Lookup> lookups)
        implements MaintainedNode {

    public StatefulNode {
        items = List.copyOf(items);
        lookups = List.copyOf(lookups);
    }

    /** The same with further indexes. */
    StatefulNode foundBy(List<Relation.Lookup> columns) {
        return new StatefulNode(aggregate, layout, state, ownTable, items, changes, columns);
    }

    @Override
    public Aggregate operator() {
        return aggregate;
    }

    @Override
    public Relation relation() {
        return new Relation(state.sqlName(), state.columns(), state.fits() ? layout.keys() : List.of(), lookups);
    }
}
