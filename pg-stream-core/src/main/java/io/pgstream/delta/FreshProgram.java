package io.pgstream.delta;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Consolidate;
import io.pgstream.plan.expr.Column;
import io.pgstream.sql.AggregateRenderer;
import io.pgstream.sql.HandOn;
import io.pgstream.sql.OperatorRenderer;
import io.pgstream.sql.ReadOnlyRenderer;
import io.pgstream.sql.WithClause;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The same deltas as those of a refresh, as one query that writes nothing. Where a refresh moves a state and hands the
 * change on in a table, here the change is a common table expression of the query, and the operators above read the state
 * without the rows that go and with those that come.
 *
 * @since 0.1.0
 */
public final class FreshProgram {

    /** Calls a function that fails, because a table does not hold what it should. */
    static final String DAMAGED = "pgstream_damaged()";

    private final MaintenancePlan plan;

    private final OperatorRenderer.ChangeSource changes;

    private final Statistics statistics;

    FreshProgram(MaintenancePlan plan, OperatorRenderer.ChangeSource changes, Statistics statistics) {
        this.plan = plan;
        this.changes = changes;
        this.statistics = statistics;
    }

    /**
     * How a change of a state is read instead of written.
     *
     * @param rows a SELECT that finds it out, to be named
     * @param signed a SELECT of the signed rows of the operator, over that name
     * @param afterwards a SELECT of the state as it will be, over that name
     */
    record Stage(String rows, String signed, String afterwards) {}

    /**
     * What becomes of the stream table.
     *
     * @param with what it needs
     * @param select a SELECT of the signed rows, added up, by rendered names
     * @param weight the name of the weight
     */
    record Net(WithClause with, String select, String weight) {}

    /** The changes of states are common table expressions. */
    private static final class InQuery implements HandOn {

        @Override
        public Place place(String name, List<Column> columns) {
            return new Place(name, "");
        }

        @Override
        public String write(WithClause with, String name, List<Column> columns, String rows) {
            throw new IllegalStateException("A query writes nothing");
        }

        @Override
        public String read(String name) {
            return name;
        }
    }

    /**
     * A SELECT of {@code tid} and the columns of the stream table: a place for each row that goes, and the columns of each
     * row that comes.
     *
     * @param counts the tables that may have changed, and how much
     * @param damaged the call of a function that fails, for when rows that should go are not there
     */
    public String select(ChangeCounts counts, String damaged) {
        DeltaContext context = new DeltaContext(
                counts,
                statistics,
                plan.nodesByOperator(),
                new ColumnFactory(plan.nextColumn()),
                changes,
                new InQuery(),
                false,
                List.of());
        WithClause stages = new WithClause();
        boolean staged = false;
        MaintainedNode top = plan.topNode();
        for (MaintainedNode node : plan.nodes()) {
            if (node != top && context.changed(node.operator())) {
                String name = node.changes() + "_rows";
                Stage stage = stage(node, context, name);
                stages.materialized(name, stage.rows());
                stages.materialized(node.changes() + "(" + columns(node) + HandOn.WEIGHT + ")", stage.signed());
                context.moved(node, stage.afterwards());
                staged = true;
            }
        }
        Net net = net(top, context);
        String change = ReadOnlyRenderer.change(net.with(), net.select(), net.weight(), plan.target(), DAMAGED);
        return (staged ? stages.with("SELECT * FROM (" + change + ") AS s") : change).replace(DAMAGED, damaged);
    }

    private static String columns(MaintainedNode node) {
        return node.operator().output().stream()
                .map(column -> column.sqlName() + ", ")
                .collect(Collectors.joining());
    }

    private static Stage stage(MaintainedNode node, DeltaContext context, String name) {
        if (node instanceof RecursionNode recursion) {
            return new RecursionProgram(recursion, context).stage(name);
        }
        if (node instanceof PartitionNode partition) {
            return new PartitionProgram(partition, context).stage(name);
        }
        StatefulNode aggregate = (StatefulNode) node;
        AggregateRenderer renderer = new AggregateRenderer(aggregate.layout(), aggregate.state(), true, false);
        WithClause with = GroupChange.with(aggregate, renderer, context, false);
        return new Stage(
                with.with("SELECT * FROM change"),
                "WITH change AS (SELECT * FROM " + name + ") " + renderer.signed(HandOn.WEIGHT),
                renderer.afterwards(name));
    }

    private Net net(@Nullable MaintainedNode top, DeltaContext context) {
        if (top instanceof StatefulNode aggregate) {
            AggregateRenderer renderer = new AggregateRenderer(aggregate.layout(), aggregate.state());
            WithClause with = GroupChange.with(aggregate, renderer, context, false);
            String pairs = renderer.pairs(plan.root().items(), plan.topConditions());
            return new Net(with, ReadOnlyRenderer.netOfPairs(with, pairs, plan.target()), "weight");
        }
        if (top instanceof PartitionNode partition) {
            return new PartitionProgram(partition, context)
                    .net(plan.root(), context.factory().weight());
        }
        Delta delta = Differentiator.changed(plan.root(), context);
        String net = context.render(new Consolidate(delta.weight(), delta.operator()));
        return new Net(context.nextStatement(), net, delta.weight().sqlName());
    }
}
