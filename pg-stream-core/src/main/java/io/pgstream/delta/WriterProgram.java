package io.pgstream.delta;

import io.pgstream.plan.ChangeScan;
import io.pgstream.plan.Consolidate;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Scan;
import io.pgstream.plan.SourceTable;
import io.pgstream.plan.expr.Column;
import io.pgstream.sql.AggregateRenderer;
import io.pgstream.sql.ApplyRenderer;
import io.pgstream.sql.DirectRenderer;
import io.pgstream.sql.GroupMergeRenderer;
import io.pgstream.sql.GroupUpsertRenderer;
import io.pgstream.sql.HandOn;
import io.pgstream.sql.OperatorRenderer;
import io.pgstream.sql.WithClause;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The statements by which a writer maintains a stream table. They are those of a refresh, but for what a refresh cannot do
 * and a writer can: groups are added to where they are, because whoever else writes waits or adds, too; and where a
 * statement of the writer's has only rows that come, or only rows that go, these are inserted, or deleted by their key, without
 * being added up.
 *
 * @since 0.1.0
 */
public final class WriterProgram {

    private final MaintenancePlan plan;

    private final OperatorRenderer.ChangeSource changes;

    private final HandOn handOn;

    private final boolean atCommit;

    /**
     * @param changes where the changes are found
     * @param handOn how statements hand on changes of states
     * @param atCommit whether the commit applies, under a lock that writers of the {@link #commutingSource()} share
     */
    public WriterProgram(MaintenancePlan plan, OperatorRenderer.ChangeSource changes, HandOn handOn, boolean atCommit) {
        this.plan = plan;
        this.changes = changes;
        this.handOn = handOn;
        this.atCommit = atCommit;
    }

    /** What is known of the rows that have changed. */
    public enum Rows {
        /** All of them have come. */
        COME,
        /** All of them have gone. */
        GONE,
        /** Nothing. */
        MIXED
    }

    /**
     * A program.
     *
     * @param statements all but the last
     * @param last the last one, unless groups are added to
     * @param counted whether the last one results in the counts that {@link ApplyRenderer} describes
     * @param upsert adds to groups; {@code null} if there is a last one
     */
    public record Steps(
            List<String> statements,
            String last,
            boolean counted,
            @Nullable GroupUpsert upsert) {

        public Steps {
            statements = List.copyOf(statements);
        }
    }

    /** Whether writers need not wait for each other: the query is a sum over one table, and sums commute. */
    public boolean commutes() {
        StatefulNode top = addable();
        return top != null
                && plan.sources().size() == 1
                && plan.nodes().size() == 1
                && linear(top.aggregate().input());
    }

    /**
     * The table whose writers need not wait for each other while nobody writes to the others; {@code null} if there is none, or if no
     * writer has to wait.
     */
    public @Nullable Long commutingSource() {
        if (commutes()) {
            return null;
        }
        StatefulNode top = addable();
        if (top != null) {
            return (plan.nodes().size() == 1)
                    ? CommutingSource.ofSum(top.aggregate().input())
                    : null;
        }
        List<Column> key = plan.target().key();
        return (key == null || key.isEmpty() || !plan.nodes().isEmpty())
                ? null
                : CommutingSource.ofKey(
                        plan.root(),
                        key,
                        plan.sources().keySet().stream().map(SourceTable::oid).toList());
    }

    /** What the planner may not do, so that groups are met in the order of their keys; nothing if that does not matter. */
    public List<String> planSettings() {
        StatefulNode top = addable();
        return (top == null || !commutes()) ? List.of() : GroupUpsertRenderer.planSettings(top.layout());
    }

    /** What has to exist for changes of states to be handed on. */
    public List<String> prepared(Set<Long> sources) {
        return builder().differential(ChangeCounts.few(sources), false).places().stream()
                .map(HandOn.Place::definition)
                .toList();
    }

    /**
     * Applies the changes of some tables.
     *
     * @param rows what is known of the rows, if it is one table
     */
    public Steps steps(Set<Long> sources, Rows rows) {
        ProgramBuilder builder = builder();
        DeltaContext context = builder.context(ChangeCounts.few(sources), false);
        StatefulNode addable = addable();
        if (addable != null && context.changed(addable.operator())) {
            DeltaContext known = oneSided(addable.aggregate().input(), builder, sources, rows);
            return addedTo(addable, builder, known, rows, foundByKey(known));
        }
        Steps direct = (rows == Rows.MIXED && sources.size() == 1)
                ? replaceNet(sources.iterator().next())
                : direct(builder, sources, rows);
        if (direct != null) {
            return direct;
        }
        List<String> statements =
                builder.differential(ChangeCounts.few(sources), false).statements();
        int last = statements.size() - 1;
        return new Steps(statements.subList(0, last), statements.get(last), true, null);
    }

    /**
     * Applies one row of a table that has gone, where that is another program than for several: to set up the search for many groups takes
     * longer than to meet one by a conflict.
     *
     * @return {@code null} if it is the same
     */
    public @Nullable Steps oneGone(Set<Long> sources) {
        StatefulNode addable = addable();
        ProgramBuilder builder = builder();
        if (addable == null
                || addable.layout().keys().isEmpty()
                || !builder.context(ChangeCounts.few(sources), false).changed(addable.operator())) {
            return null;
        }
        DeltaContext known = oneSided(addable.aggregate().input(), builder, sources, Rows.GONE);
        return foundByKey(known) ? addedTo(addable, builder, known, Rows.GONE, false) : null;
    }

    /**
     * Whether groups that lose rows are looked for. Without the settings of the plan they are met in any order: where others are kept out,
     * that does no harm.
     */
    private boolean foundByKey(DeltaContext context) {
        return context.oneSided() && (commutes() || !atCommit || commutingSource() == null);
    }

    private ProgramBuilder builder() {
        return ProgramBuilder.inFunctions(plan, changes, handOn);
    }

    /** The aggregate whose state the stream table is, if all that it keeps can be added to. */
    private @Nullable StatefulNode addable() {
        return (plan.topNode() instanceof StatefulNode node
                        && !node.ownTable()
                        && GroupMergeRenderer.supports(node.layout()))
                ? node
                : null;
    }

    private Steps addedTo(
            StatefulNode node, ProgramBuilder builder, DeltaContext context, Rows rows, boolean foundByKey) {
        GroupUpsertRenderer upsert = new GroupUpsertRenderer(
                node.layout(), node.state(), plan.target(), plan.root().items());
        AggregateRenderer renderer = new AggregateRenderer(node.layout(), node.state());
        List<String> statements = new ArrayList<>();
        builder.moveStates(context, new ArrayList<>(), statements, false);
        boolean gone = rows == Rows.GONE;
        String delta =
                context.oneSided() ? GroupChange.oneSidedDelta(node, context, gone) : GroupChange.delta(node, context);
        if (context.oneSided() && !gone) {
            return new Steps(statements, upsert.applyCome(context.nextStatement(), delta), false, null);
        }
        String apply = foundByKey
                ? upsert.applyGone(context.nextStatement(), delta)
                : upsert.apply(context.nextStatement(), delta);
        String current = OperatorRenderer.render(
                new Project(node.items(), context.present(node.aggregate().input())));
        return new Steps(
                statements,
                "",
                false,
                new GroupUpsert(apply, upsert.rescan(renderer.fullState(node.items(), current))));
    }

    /** Writes rows of a result with a key that no state is kept for; {@code null} if there is none, or one is. */
    private @Nullable DirectRenderer keyed() {
        List<Column> key = plan.target().key();
        return (key == null || key.isEmpty() || plan.topNode() != null) ? null : new DirectRenderer(plan.target(), key);
    }

    /** Rows of a result with a key, of which no two cancel out or are the same. */
    private @Nullable Steps direct(ProgramBuilder builder, Set<Long> sources, Rows rows) {
        DeltaContext context = oneSided(plan.root(), builder, sources, rows);
        DirectRenderer renderer = keyed();
        if (renderer == null || !context.oneSided()) {
            return null;
        }
        KeyOrigin origin = (rows == Rows.GONE)
                ? KeyOrigin.of(plan.root(), sources.iterator().next(), renderer.key())
                : null;
        if (origin != null) {
            return new Steps(List.of(), renderer.deleteKnown(context.render(origin.keys(context))), false, null);
        }
        Delta delta = Differentiator.changed(plan.root(), context);
        String select = context.render(delta.operator());
        return (rows == Rows.COME)
                ? new Steps(List.of(), renderer.insert(context.nextStatement(), select), false, null)
                : new Steps(List.of(), renderer.delete(context.nextStatement(), select), true, null);
    }

    /**
     * Puts rows of one table in the place of others, of which no two have the same key: the rows of the result that they
     * made, and those that they make now, are matched by the key of the result.
     *
     * @param source the table
     * @param before where the rows are found as they were
     * @param after where the rows are found as they are
     * @return a statement that results in counts; {@code null} if the changes have to be added up
     */
    public @Nullable String replace(
            long source, OperatorRenderer.ChangeSource before, OperatorRenderer.ChangeSource after) {
        DirectRenderer renderer = keyed();
        if (renderer == null) {
            return null;
        }
        String gone = alone(source, before, Rows.GONE);
        String come = alone(source, after, Rows.COME);
        if (gone == null || come == null) {
            return null;
        }
        KeyOrigin origin = KeyOrigin.of(plan.root(), source, renderer.key());
        if (origin == null) {
            return renderer.replace(gone, come);
        }
        DeltaContext context = ProgramBuilder.inFunctions(plan, before, handOn).context(ChangeCounts.NONE, false);
        return renderer.replaceKnown(new WithClause(), context.render(origin.keys(context)), come);
    }

    /**
     * The same for rows of a table that have come and gone in any order: what that comes to is added up before it meets anything.
     *
     * @return {@code null} if the key of the result is not that of the table
     */
    private @Nullable Steps replaceNet(long source) {
        DirectRenderer renderer = keyed();
        if (renderer == null || !renderer.brief()) {
            return null;
        }
        KeyOrigin origin = KeyOrigin.of(plan.root(), source, renderer.key());
        if (origin == null) {
            return null;
        }
        DeltaContext context = builder().context(ChangeCounts.few(Set.of(source)), false);
        Delta all = ScanDelta.of(origin.scan(), context);
        String net = context.render(new Consolidate(all.weight(), all.operator()));
        String weight = "k." + all.weight().sqlName();
        String come = alone(source, scan -> side(scan, weight) + " WHERE " + weight + " > 0", Rows.COME);
        if (come == null) {
            return null;
        }
        DeltaContext keys = ProgramBuilder.inFunctions(plan, scan -> side(scan, weight), handOn)
                .context(ChangeCounts.NONE, false);
        WithClause with = new WithClause().materialized("kept", net);
        return new Steps(List.of(), renderer.replaceKnown(with, keys.render(origin.keys(keys)), come), true, null);
    }

    private static String side(ChangeScan scan, String weight) {
        return "SELECT "
                + scan.columns().stream()
                        .map(column -> "k." + column.sqlName() + " AS " + column.sqlName() + ", ")
                        .collect(Collectors.joining())
                + weight + " AS " + scan.weight().sqlName() + " FROM kept AS k";
    }

    /** The rows of the result that belong to rows of one side, if that takes a single query. */
    private @Nullable String alone(long source, OperatorRenderer.ChangeSource side, Rows rows) {
        DeltaContext context =
                oneSided(plan.root(), ProgramBuilder.inFunctions(plan, side, handOn), Set.of(source), rows);
        if (!context.oneSided()) {
            return null;
        }
        Delta delta = Differentiator.changed(plan.root(), context);
        String select = context.render(delta.operator());
        WithClause with = context.nextStatement();
        return with.isEmpty() ? select : null;
    }

    private static DeltaContext oneSided(Operator operator, ProgramBuilder builder, Set<Long> sources, Rows rows) {
        ChangeCounts counts = ChangeCounts.few(sources);
        DeltaContext mixed = builder.context(counts, false);
        return (rows != Rows.MIXED && Arrivals.oneSided(operator, mixed)) ? builder.context(counts, true) : mixed;
    }

    /** Whether what comes out of an operator depends on one row of one table at a time. */
    private static boolean linear(Operator operator) {
        return operator instanceof Scan
                || ((operator instanceof Filter || operator instanceof Project)
                        && linear(operator.inputs().get(0)));
    }
}
