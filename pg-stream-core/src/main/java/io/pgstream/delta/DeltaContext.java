package io.pgstream.delta;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Consolidate;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Relation;
import io.pgstream.plan.Scan;
import io.pgstream.plan.SourceTable;
import io.pgstream.plan.expr.Clock;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.sql.AggregateRenderer;
import io.pgstream.sql.OperatorRenderer;
import io.pgstream.sql.WithClause;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the delta rules of one statement share. */
final class DeltaContext {

    private final Set<Long> changed;

    private final boolean probe;

    private final Map<Operator, MaintainedNode> nodes;

    private final ColumnFactory factory;

    private final OperatorRenderer.ChangeSource changes;

    private WithClause with = new WithClause();

    private int relations;

    /** By identity: two operators that are equal never stand in one tree. */
    private final Map<Operator, Delta> consolidated = new IdentityHashMap<>();

    /**
     * @param changed the tables that have changed
     * @param probe whether the changes are few, so that tables are looked up row by row
     */
    DeltaContext(
            Set<Long> changed,
            boolean probe,
            Map<Operator, MaintainedNode> nodes,
            ColumnFactory factory,
            OperatorRenderer.ChangeSource changes) {
        this.changed = changed;
        this.probe = probe;
        this.nodes = nodes;
        this.factory = factory;
        this.changes = changes;
    }

    boolean changed(SourceTable table) {
        return changed.contains(table.oid());
    }

    /** Whether conditions may have another result for rows that nobody changed. */
    boolean timePassed() {
        return changed.contains(Clock.SOURCE);
    }

    boolean probe() {
        return probe;
    }

    ColumnFactory factory() {
        return factory;
    }

    MaintainedNode node(Operator operator) {
        MaintainedNode node = nodes.get(operator);
        if (node == null) {
            throw new IllegalStateException("No state is kept for " + operator.describe());
        }
        return node;
    }

    /** Starts a new statement and returns the common table expressions of the one before. */
    WithClause nextStatement() {
        WithClause finished = with;
        with = new WithClause();
        relations = 0;
        consolidated.clear();
        return finished;
    }

    /** Computes a relation once in this statement, whoever reads it. */
    Relation materialize(Operator operator) {
        String name = "d" + (++relations);
        List<Column> output = operator.output();
        with.materialized(name, render(operator));
        return new Relation(name, output);
    }

    String render(Operator operator) {
        return OperatorRenderer.render(operator, changes);
    }

    /** The rows of an operator as they are now, with states read instead of computed. */
    Operator present(Operator operator) {
        if (operator.stateful() && node(operator).ownTable()) {
            MaintainedNode node = node(operator);
            return (node instanceof StatefulNode aggregate)
                    ? AggregateRenderer.fromState(aggregate.layout(), aggregate.relation())
                    : ((PartitionNode) node).relation();
        }
        return operator.withInputs(operator.inputs().stream().map(this::present).toList());
    }

    /** Whether any table below an operator has changed, or the time that it or an operator below depends on. */
    boolean changed(Operator operator) {
        return (operator instanceof Scan scan && changed(scan.table()))
                || (timePassed() && Crossings.readsClock(operator))
                || operator.inputs().stream().anyMatch(this::changed);
    }

    /**
     * The delta of an operator as a relation of this statement, its columns in their order, equal rows added up, so that
     * a change that the query does not see looks nothing up; {@code null} if nothing below has changed.
     */
    @Nullable
    Delta consolidated(Operator operator) {
        Delta known = consolidated.get(operator);
        if (known != null) {
            return known;
        }
        Delta delta = delta(operator);
        if (delta == null) {
            return null;
        }
        List<NamedExpression> items = new ArrayList<>();
        operator.output().forEach(column -> items.add(new NamedExpression(column, new ColumnReference(column))));
        items.add(new NamedExpression(delta.weight(), new ColumnReference(delta.weight())));
        Operator rows = new Consolidate(delta.weight(), new Project(items, delta.operator()));
        Delta result = new Delta(materialize(rows), delta.weight());
        consolidated.put(operator, result);
        return result;
    }

    @Nullable
    Delta delta(Operator operator) {
        return changed(operator) ? Differentiator.delta(operator, this) : null;
    }
}
