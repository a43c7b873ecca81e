package io.pgstream.delta;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Consolidate;
import io.pgstream.plan.Filter;
import io.pgstream.plan.ForeignKey;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Relation;
import io.pgstream.plan.Scan;
import io.pgstream.plan.expr.Column;
import io.pgstream.sql.AggregateRenderer;
import io.pgstream.sql.ApplyRenderer;
import io.pgstream.sql.GroupMergeRenderer;
import io.pgstream.sql.HandOn;
import io.pgstream.sql.MergeRenderer;
import io.pgstream.sql.OperatorRenderer;
import io.pgstream.sql.TargetTable;
import io.pgstream.sql.WithClause;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a plan into the statements of its refreshes. Equal calls give equal text, so that the server can keep the
 * statements prepared.
 *
 * @since 0.1.0
 */
public final class ProgramBuilder {

    private final MaintenancePlan plan;

    private final OperatorRenderer.ChangeSource changes;

    private final boolean merges;

    private final Statistics statistics;

    private final HandOn handOn;

    /**
     * @param merges whether the server's {@code MERGE} has {@code RETURNING}
     * @param statistics what is known of tables and states
     */
    public ProgramBuilder(
            MaintenancePlan plan, OperatorRenderer.ChangeSource changes, boolean merges, Statistics statistics) {
        this(plan, changes, merges, statistics, HandOn.TEMPORARY_TABLES);
    }

    private ProgramBuilder(
            MaintenancePlan plan,
            OperatorRenderer.ChangeSource changes,
            boolean merges,
            Statistics statistics,
            HandOn handOn) {
        this.handOn = handOn;
        this.plan = plan;
        this.changes = changes;
        this.merges = merges;
        this.statistics = statistics;
    }

    /** The same for statements that find the changes elsewhere. */
    public ProgramBuilder from(OperatorRenderer.ChangeSource otherChanges) {
        return new ProgramBuilder(plan, otherChanges, merges, statistics, handOn);
    }

    /**
     * Queries of what the changes would do, for readers.
     *
     * @param readChanges where a query finds the changes
     */
    public FreshProgram reading(OperatorRenderer.ChangeSource readChanges) {
        return new FreshProgram(plan, readChanges, statistics);
    }

    /** For statements that are parts of a function. */
    static ProgramBuilder inFunctions(MaintenancePlan plan, OperatorRenderer.ChangeSource changes, HandOn handOn) {
        return new ProgramBuilder(plan, changes, false, Statistics.NONE, handOn);
    }

    /**
     * The statements that apply the changes of some of the tables.
     *
     * @param counts the tables that have changed, and how much
     * @param quick whether the program may give up as unsure
     */
    public DeltaProgram differential(ChangeCounts counts, boolean quick) {
        return differential(counts, quick, List.of());
    }

    /**
     * The same where foreign keys are known to hold.
     *
     * @param foreignKeys those that hold at both snapshots that the changes lie between
     */
    public DeltaProgram differential(ChangeCounts counts, boolean quick, List<ForeignKey> foreignKeys) {
        DeltaContext context = context(counts, false, foreignKeys);
        if (!context.changed(plan.root())) {
            // A query without tables: explained, never refreshed.
            return new DeltaProgram(List.of(), List.of(), false);
        }
        if (quick && plan.topNode() == null && plan.target().key() == null && arrivesOnly(context)) {
            return new DeltaProgram(List.of(), List.of(applyArrivals(context(counts, true))), true);
        }
        List<HandOn.Place> places = new ArrayList<>();
        List<String> statements = new ArrayList<>();
        moveStates(context, places, statements, quick);
        statements.add(apply(plan.topNode(), context, quick));
        return new DeltaProgram(places, statements, quick && (merges || seldomRescans()));
    }

    /** Whether the result is a bag to which rows are added, as long as rows only come. */
    private boolean arrivesOnly(DeltaContext context) {
        return !context.timePassed() && Arrivals.oneSided(plan.root(), context);
    }

    private String applyArrivals(DeltaContext context) {
        Delta delta = Differentiator.changed(plan.root(), context);
        String arrived = context.render(delta.operator());
        String others = Arrivals.others(plan.root(), context);
        return ApplyRenderer.applyArrivals(context.nextStatement(), arrived, others, plan.target());
    }

    private boolean seldomRescans() {
        return plan.nodes().stream()
                .anyMatch(node -> node instanceof StatefulNode aggregate
                        && new AggregateRenderer(aggregate.layout(), aggregate.state()).seldomRescans());
    }

    /**
     * The statements that move the states below the top.
     *
     * @param quick whether they may give up as unsure
     */
    void moveStates(DeltaContext context, List<HandOn.Place> places, List<String> statements, boolean quick) {
        MaintainedNode top = plan.topNode();
        for (MaintainedNode node : plan.nodes()) {
            if (node != top && context.changed(node.operator())) {
                places.add(handOn.place(node.changes(), node.operator().output()));
                statements.add(inner(node, context, quick));
            }
        }
    }

    private String inner(MaintainedNode node, DeltaContext context, boolean quick) {
        if (node instanceof RecursionNode recursion) {
            return new RecursionProgram(recursion, context).inner();
        }
        return (node instanceof StatefulNode aggregate)
                ? innerAggregate(aggregate, context, quick)
                : new PartitionProgram((PartitionNode) node, context).inner();
    }

    private String apply(@Nullable MaintainedNode top, DeltaContext context, boolean quick) {
        boolean merge = quick && merges;
        if (top instanceof StatefulNode aggregate) {
            return applyGroups(aggregate, context, quick);
        }
        return (top instanceof PartitionNode node)
                ? new PartitionProgram(node, context).top(plan.root(), plan.target(), merge)
                : applySigned(context, merge);
    }

    private DeltaContext context(ChangeCounts counts) {
        return context(counts, false);
    }

    /** @param oneSided whether all changes are rows that come, or all are rows that go */
    DeltaContext context(ChangeCounts counts, boolean oneSided) {
        return context(counts, oneSided, List.of());
    }

    private DeltaContext context(ChangeCounts counts, boolean oneSided, List<ForeignKey> foreignKeys) {
        return new DeltaContext(
                counts,
                statistics,
                plan.nodesByOperator(),
                new ColumnFactory(plan.nextColumn()),
                changes,
                handOn,
                oneSided,
                foreignKeys);
    }

    private String innerAggregate(StatefulNode node, DeltaContext context, boolean quick) {
        AggregateRenderer renderer =
                new AggregateRenderer(node.layout(), node.state(), true, StateSearch.byGroup(node, context));
        boolean unsure = quick && renderer.seldomRescans();
        WithClause with = GroupChange.with(node, renderer, context, unsure);
        renderer.writeState(with);
        List<Column> columns = node.aggregate().output();
        String signed = renderer.signed(HandOn.WEIGHT);
        return unsure
                ? context.handOn().write(with, node.changes(), columns, signed, AggregateRenderer.unsure())
                : context.handOn().write(with, node.changes(), columns, signed);
    }

    private String applyGroups(StatefulNode node, DeltaContext context, boolean quick) {
        AggregateRenderer renderer =
                new AggregateRenderer(node.layout(), node.state(), node.ownTable(), StateSearch.byGroup(node, context));
        if (quick && merges && !node.ownTable() && GroupMergeRenderer.supports(node.layout())) {
            String delta = GroupChange.delta(node, context);
            return new GroupMergeRenderer(
                            node.layout(),
                            node.state(),
                            plan.target(),
                            plan.root().items())
                    .apply(context.nextStatement(), delta);
        }
        boolean unsure = quick && renderer.seldomRescans();
        WithClause with = GroupChange.with(node, renderer, context, unsure);
        if (node.ownTable()) {
            renderer.writeState(with);
        }
        String pairs = renderer.pairs(plan.root().items(), plan.topConditions());
        return ApplyRenderer.applyPairs(
                with, pairs, plan.target(), renderer.violations(), unsure ? AggregateRenderer.unsure() : "");
    }

    private String applySigned(DeltaContext context, boolean merge) {
        Delta delta = Differentiator.changed(plan.root(), context);
        List<Column> key = plan.target().key();
        if (merge && key != null) {
            String signed = context.render(delta.operator());
            return MergeRenderer.applySigned(context.nextStatement(), signed, delta.weight(), plan.target(), key);
        }
        String net = context.render(new Consolidate(delta.weight(), delta.operator()));
        return ApplyRenderer.applySigned(context.nextStatement(), net, delta.weight(), plan.target());
    }

    /** Queries that count the rows that time alone changes something for; none for a table that reads no clock. */
    public List<String> crossings() {
        DeltaContext context = context(ChangeCounts.NONE);
        return Crossings.all(plan.root()).stream()
                .map(operator -> "SELECT count(*) FROM ("
                        + OperatorRenderer.render(Crossings.crossing(operator, context)) + ") AS c")
                .toList();
    }

    /**
     * What filters directly above tables, and above states with a table of their own, leave: a SELECT for each.
     *
     * @return by the filter
     */
    public Map<Filter, String> filtered() {
        DeltaContext context = context(ChangeCounts.NONE);
        Map<Filter, String> result = new LinkedHashMap<>();
        collect(plan.root(), context, result);
        return result;
    }

    private void collect(Operator operator, DeltaContext context, Map<Filter, String> result) {
        if (operator instanceof Filter filter
                && (filter.input() instanceof Scan || !stateOf(filter.input()).isEmpty())
                && !result.containsKey(filter)) {
            result.put(filter, OperatorRenderer.render(context.present(filter)));
        }
        operator.inputs().forEach(input -> collect(input, context, result));
    }

    /** The filters above states that something else is joined with. */
    public List<StateFilter> stateFilters() {
        Set<StateFilter> result = new LinkedHashSet<>();
        collectFilters(plan.root(), result);
        return List.copyOf(result);
    }

    private void collectFilters(Operator operator, Set<StateFilter> result) {
        if (operator.inputs().size() > 1) {
            for (Operator input : operator.inputs()) {
                if (input instanceof Filter filter
                        && !Crossings.readsClock(filter)
                        && plan.nodesByOperator().get(filter.input()) instanceof StatefulNode node
                        && node.ownTable()) {
                    result.add(StateFilter.of(node, filter));
                }
            }
        }
        operator.inputs().forEach(input -> collectFilters(input, result));
    }

    /** The table of its own that holds an aggregate's state, as SQL writes it; empty if there is none. */
    public String stateOf(Operator operator) {
        return (plan.nodesByOperator().get(operator) instanceof StatefulNode node && node.ownTable())
                ? node.state().sqlName()
                : "";
    }

    /** A SELECT of the whole result, by rendered names; aggregates with a table of their own are read from it. */
    public String presentResult() {
        return OperatorRenderer.render(context(ChangeCounts.NONE).present(plan.root()));
    }

    /** The states that have tables of their own, those below before those above. */
    public List<State> states() {
        DeltaContext context = context(ChangeCounts.NONE);
        Set<StateOrder> orders = StateOrder.all(plan.root(), plan.nodesByOperator());
        return plan.nodes().stream()
                .filter(MaintainedNode::ownTable)
                .map(node -> state(node, context).in(orders))
                .toList();
    }

    /** The tables that hold groups: states, and the stream table itself where it is its own state. */
    public List<String> groupTables() {
        return plan.nodes().stream()
                .filter(node -> node.ownTable() || node instanceof StatefulNode)
                .map(node -> (node instanceof StatefulNode aggregate)
                        ? aggregate.state().sqlName()
                        : state(node, context(ChangeCounts.NONE)).table().sqlName())
                .toList();
    }

    private static State state(MaintainedNode node, DeltaContext context) {
        if (node instanceof RecursionNode recursion) {
            return state(recursion, context);
        }
        return (node instanceof StatefulNode aggregate)
                ? state(aggregate, context)
                : state((PartitionNode) node, context);
    }

    private static State state(RecursionNode node, DeltaContext context) {
        String obstacle = node.obstacle();
        String description = node.operator().describe()
                + (obstacle == null ? "" : ", computed again with every change because " + obstacle);
        return new State(
                node.state(),
                OperatorRenderer.render(node.content(context)),
                description,
                node.indexed().stream().map(List::of).toList(),
                List.of());
    }

    private static State state(PartitionNode node, DeltaContext context) {
        Operator present = node.operator()
                .withInputs(List.of(context.present(node.operator().input())));
        return new State(
                node.state(), OperatorRenderer.render(present), node.operator().describe());
    }

    private static State state(StatefulNode node, DeltaContext context) {
        String current = OperatorRenderer.render(
                new Project(node.items(), context.present(node.aggregate().input())));
        String query = new AggregateRenderer(node.layout(), node.state()).fullState(node.items(), current);
        List<List<Column>> lookups =
                node.lookups().stream().map(Relation.Lookup::columns).toList();
        return new State(node.state(), query, node.aggregate().describe(), lookups, List.of());
    }

    /**
     * The state of an operator.
     *
     * @param table the table that holds it
     * @param query a SELECT of its whole content, by rendered names
     * @param description what it is for
     * @param lookups columns with an index of their own, one for each list
     * @param orders orders with an index of their own
     */
    public record State(
            TargetTable table, String query, String description, List<List<Column>> lookups, List<StateOrder> orders) {

        State(TargetTable table, String query, String description) {
            this(table, query, description, List.of(), List.of());
        }

        private State in(Set<StateOrder> all) {
            List<StateOrder> own =
                    all.stream().filter(order -> order.table().equals(table)).toList();
            return new State(table, query, description, lookups, own);
        }
    }
}
