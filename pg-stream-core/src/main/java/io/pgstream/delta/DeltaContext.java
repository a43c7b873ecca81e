package io.pgstream.delta;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Consolidate;
import io.pgstream.plan.ForeignKey;
import io.pgstream.plan.Lists;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Relation;
import io.pgstream.plan.Scan;
import io.pgstream.plan.SortKey;
import io.pgstream.plan.SourceTable;
import io.pgstream.plan.Window;
import io.pgstream.plan.expr.Clock;
import io.pgstream.plan.expr.Column;
import io.pgstream.sql.AggregateRenderer;
import io.pgstream.sql.HandOn;
import io.pgstream.sql.OperatorRenderer;
import io.pgstream.sql.WithClause;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the delta rules of one statement share. */
final class DeltaContext {

    /** The part of a table up to which it is kept for other terms. */
    private static final double SHARED = 0.2;

    private static final double LARGEST_SHARED = 50_000;

    private final ChangeCounts counts;

    private final Sizes sizes;

    private final Map<Operator, MaintainedNode> nodes;

    private final ColumnFactory factory;

    private final OperatorRenderer.ChangeSource changes;

    private final HandOn handOn;

    private final boolean oneSided;

    private final List<ForeignKey> foreignKeys;

    /** States as they will be, where nothing is written. */
    private final Map<MaintainedNode, Relation> moved = new HashMap<>();

    private WithClause with = new WithClause();

    private int relations;

    /** By equality: each term of a delta has an operator of its own for the same input. */
    private final Map<Operator, Relation> wholes = new HashMap<>();

    /** By identity: two operators that are equal never stand in one tree. */
    private final Map<Operator, Delta> consolidated = new IdentityHashMap<>();

    /**
     * @param counts the tables that have changed, and how much
     * @param statistics what is known of tables and states
     * @param oneSided whether all changes are rows that come, or all are rows that go: nothing cancels out
     * @param foreignKeys those that hold before and after the changes
     */
    DeltaContext(
            ChangeCounts counts,
            Statistics statistics,
            Map<Operator, MaintainedNode> nodes,
            ColumnFactory factory,
            OperatorRenderer.ChangeSource changes,
            HandOn handOn,
            boolean oneSided,
            List<ForeignKey> foreignKeys) {
        this.oneSided = oneSided;
        this.foreignKeys = List.copyOf(foreignKeys);
        this.counts = counts;
        this.sizes = new Sizes(counts, statistics, nodes.values());
        this.nodes = nodes;
        this.factory = factory;
        this.changes = changes;
        this.handOn = handOn;
    }

    /** Whether all changes are rows that come, or all are rows that go. */
    boolean oneSided() {
        return oneSided;
    }

    /** The foreign keys that hold before and after the changes. */
    List<ForeignKey> foreignKeys() {
        return foreignKeys;
    }

    /** How the changes of states reach the statements above. */
    HandOn handOn() {
        return handOn;
    }

    boolean changed(SourceTable table) {
        return counts.changed(table.oid());
    }

    /** Whether conditions may have another result for rows that nobody changed. */
    boolean timePassed() {
        return counts.changed(Clock.SOURCE);
    }

    /** Tells of an operator that it puts out no more than what time has moved. */
    Operator movedByTime(Operator operator) {
        return sizes.remember(operator, counts.of(Clock.SOURCE));
    }

    /** Whether the changes are few, so that tables are looked up row by row. */
    boolean lookUp() {
        return counts.lookUp();
    }

    Sizes sizes() {
        return sizes;
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

    /** Whether windows are computed with the one above, and have no state. */
    boolean computedAbove(Window window) {
        return !nodes.containsKey(window);
    }

    /** Whether a state below an operator has an index in the order of a column. */
    boolean ordered(Operator operator, Column column) {
        return StateOrder.of(operator, List.of(new SortKey(column, "")), nodes) != null;
    }

    /** Starts a new statement and returns the common table expressions of the one before. */
    WithClause nextStatement() {
        WithClause finished = with;
        with = new WithClause();
        relations = 0;
        consolidated.clear();
        wholes.clear();
        return finished;
    }

    /** Computes a relation once in this statement, whoever reads it. */
    Relation materialize(Operator operator) {
        String name = "d" + (++relations);
        List<Column> output = operator.output();
        with.materialized(name, render(operator));
        return sizes.remember(new Relation(name, output), sizes.rows(operator));
    }

    /**
     * An input that is read as a whole. What is left of a table by a filter is read once for all terms of the statement; a
     * table that is not filtered is as cheap to read again.
     */
    Operator whole(Operator input) {
        return (sizes.selectivity(input) <= SHARED && sizes.rows(input) <= LARGEST_SHARED)
                ? wholes.computeIfAbsent(input, this::materialize)
                : input;
    }

    /** What is read as a whole, once for all terms of the statement, with the number of its rows. */
    Relation shared(Operator operator, double rows) {
        return wholes.computeIfAbsent(operator, key -> materialize(sizes.remember(key, rows)));
    }

    String render(Operator operator) {
        return OperatorRenderer.render(operator, changes);
    }

    /**
     * From here on a state is read as it is after a change that has not been written.
     *
     * @param select its rows by rendered names
     */
    void moved(MaintainedNode node, String select) {
        Relation before = node.relation();
        moved.put(node, new Relation("(" + select + ")", before.output(), before.indexed(), before.lookups()));
    }

    /** The rows of an operator as they are now, with states read instead of computed. */
    Operator present(Operator operator) {
        // Inside of a recursion some operators have no state: what they see differs from step to step.
        MaintainedNode node = operator.stateful() ? nodes.get(operator) : null;
        if (node != null && node.ownTable()) {
            Relation state = moved.getOrDefault(node, node.relation());
            return (node instanceof StatefulNode aggregate)
                    ? AggregateRenderer.fromState(aggregate.layout(), state)
                    : state;
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
        Delta columns = columnsIfChanged(operator);
        if (columns == null) {
            return null;
        }
        Delta result = addedUp(columns);
        consolidated.put(operator, result);
        return result;
    }

    /** The delta of a changed operator, its columns in their order; added up if it has been already. */
    Delta columnsOf(Operator operator) {
        return required(columnsIfChanged(operator), operator);
    }

    /** The same of an operator that may not have changed. */
    @Nullable
    Delta columnsIfChanged(Operator operator) {
        Delta known = consolidated.get(operator);
        if (known != null) {
            return known;
        }
        Delta delta = delta(operator);
        return (delta == null) ? null : positional(operator, delta);
    }

    /** Whether the delta of an operator has been added up in this statement. */
    boolean isConsolidated(Operator operator) {
        return consolidated.containsKey(operator);
    }

    /** What cancels out in a delta taken out, also where all changes go one way: rows that it takes back do not. A relation of this statement. */
    Delta net(Delta delta) {
        return new Delta(materialize(new Consolidate(delta.weight(), delta.operator())), delta.weight());
    }

    /** Equal rows of a delta added up, as a relation of this statement. */
    Delta addedUp(Delta delta) {
        return oneSided ? new Delta(materialize(delta.operator()), delta.weight()) : net(delta);
    }

    /** The columns of an operator in their order, and the weight. */
    static Delta positional(Operator operator, Delta delta) {
        List<Column> columns = Lists.append(operator.output(), delta.weight());
        return new Delta(Project.onto(columns, delta.operator()), delta.weight());
    }

    /** The delta of what is known to have changed. */
    static Delta required(@Nullable Delta delta, Operator operator) {
        if (delta == null) {
            throw new IllegalStateException("Nothing below has changed: " + operator.describe());
        }
        return delta;
    }

    @Nullable
    Delta delta(Operator operator) {
        return changed(operator) ? Differentiator.delta(operator, this) : null;
    }
}
