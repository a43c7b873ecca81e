package io.pgstream.delta;

import io.pgstream.plan.Consolidate;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Lists;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Recursion;
import io.pgstream.plan.Relation;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import io.pgstream.sql.ReadOnlyRenderer;
import io.pgstream.sql.RecursionRenderer;
import io.pgstream.sql.WithClause;
import java.util.ArrayList;
import java.util.List;

/**
 * The statement that follows a delta through a recursion T = B ⊎ S(T). With S linear in T,
 *
 * <p>ΔT = seed ⊎ S'(ΔT), where seed = ΔB ⊎ ΔS(T before), and S' is the step as it is now.
 *
 * <p><b>UNION ALL</b>: the signed rows of the seed are followed step by step. Rows are not added up on the way, so that
 * this ends only if it is exact: it can go on for ever only where a row of T before reaches a cycle of now, and that row
 * is then reached from a negative row of the seed. (With 1→2, 1→3 from 1 and the edges moved to 2→3, 3→2, the seed adds
 * up to nothing, while 2 and 3 must go.) After more rows than it would take to compute all of T it is given up, in the
 * same statement, for computing all of T.
 *
 * <p><b>UNION</b>: each stored row has the number of its derivations, from the base and by one step. That alone would
 * keep rows that only derive one another, so all rows are taken out that can be reached from a negative row of the seed; those of them
 * that keep a derivation from what is left, and rows that now have one, are the start of a recursion that puts rows
 * (back) in. Following edges of now is enough to find what must be taken out: a step that is no longer there has a
 * negative row in the seed itself.
 *
 * <p>Any other step: all of T is computed, and what differs is the delta.
 */
final class RecursionProgram {

    /** Stands for the number of steps. */
    private static final String DEPTH = "pgstream_depth";

    private final RecursionNode node;
    private final Recursion recursion;
    private final DeltaContext context;
    private final RecursionRenderer renderer;

    RecursionProgram(RecursionNode node, DeltaContext context) {
        this.node = node;
        this.recursion = node.operator();
        this.context = context;
        this.renderer = new RecursionRenderer(
                node.state(),
                recursion.self().output(),
                recursion.output(),
                context.handOn(),
                context.factory().weight());
    }

    /**
     * A change of the state.
     *
     * @param with what it needs
     * @param net the signed rows, added up; empty where {@code with} ends in the numbers of derivations
     * @param weight the column of the weight
     */
    private record Change(WithClause with, String net, Column weight) {}

    /** Moves the state, and hands the change on. */
    String inner() {
        Change change = change();
        WithClause with = change.with();
        Column count = node.count();
        if (count == null) {
            return renderer.applyBag(with, change.net(), change.weight(), context.handOn(), node.changes());
        }
        renderer.writeCounts(with, count);
        return renderer.handOnCounts(with, context.handOn(), node.changes());
    }

    /** What {@link #inner} writes, as queries. */
    FreshProgram.Stage stage(String name) {
        Change change = change();
        WithClause with = change.with();
        if (node.count() != null) {
            return new FreshProgram.Stage(
                    with.with("SELECT * FROM change"), renderer.signedCounts(name), renderer.countsAfterwards(name));
        }
        String rows = ReadOnlyRenderer.change(
                with, change.net(), change.weight().sqlName(), node.state(), FreshProgram.DAMAGED);
        return new FreshProgram.Stage(
                rows, ReadOnlyRenderer.signed(node.state(), name), ReadOnlyRenderer.afterwards(node.state(), name));
    }

    private Change change() {
        if (node.obstacle() != null) {
            return computed();
        }
        Column weight = context.factory().weight();
        String seed = context.render(seed(weight));
        RecursionStep step = new RecursionStep(recursion, context);
        Column count = node.count();
        return (count == null) ? walked(seed, weight, step) : derived(seed, weight, step, count);
    }

    /** The rows by the columns of the leaf, and their weights. */
    private Operator seed(Column weight) {
        List<Operator> parts = new ArrayList<>();
        Operator base = recursion.base();
        // Within the base alone an old row and an equal new one are no change.
        Delta ofBase = context.consolidated(base);
        if (ofBase != null) {
            parts.add(positional(base.output(), ofBase));
        }
        Operator step = recursion.stepOver(node.stateAsSelf());
        Delta ofStep = context.delta(step);
        if (ofStep != null) {
            parts.add(positional(step.output(), ofStep));
        }
        return new UnionAll(Lists.append(recursion.self().output(), weight), parts);
    }

    private static Operator positional(List<Column> columns, Delta delta) {
        return new Project(
                Lists.append(
                        RecursionNode.renamed(columns, columns),
                        new NamedExpression(delta.weight(), new ColumnReference(delta.weight()))),
                delta.operator());
    }

    private Change derived(String seed, Column weight, RecursionStep step, Column count) {
        List<Column> self = recursion.self().output();
        List<Column> carried = renderer.carried();
        List<Column> columns = Lists.concat(self, carried);
        String overLost = context.render(step.over(new Relation("lost", columns), carried));
        String overGained = context.render(step.over(new Relation("gained", columns), carried));
        WithClause with = context.nextStatement();
        with.materialized("seed", seed);
        renderer.derive(with, count, weight, recursion.step().output(), overLost, overGained);
        return new Change(with, "", weight);
    }

    private Change walked(String seed, Column weight, RecursionStep step) {
        List<Column> self = recursion.self().output();
        List<Column> carried = Lists.append(renderer.carried(), weight);
        Relation walk = new Relation("walk", Lists.concat(self, carried));
        String overWalk = context.render(step.over(walk, carried));
        Column signed = context.factory().weight();
        Expression overrun = Template.text(RecursionRenderer.overrun());
        Expression enough = Template.text("NOT " + RecursionRenderer.overrun());
        Relation walked = new Relation("walked", Lists.append(self, weight));
        List<NamedExpression> items = new ArrayList<>(RecursionNode.renamed(self, recursion.output()));
        items.add(new NamedExpression(signed, new ColumnReference(weight)));
        List<Operator> parts = new ArrayList<>();
        parts.add(new Project(items, new Filter(List.of(enough), walked)));
        parts.addAll(difference(signed, overrun));
        Operator all = new UnionAll(Lists.append(recursion.output(), signed), parts);
        String net = context.render(new Consolidate(signed, all));
        WithClause with = context.nextStatement();
        with.materialized("seed", seed);
        renderer.walk(with, weight, overWalk, recursion.step().output());
        return new Change(with, net, signed);
    }

    private Change computed() {
        Column weight = context.factory().weight();
        List<Operator> parts = difference(weight, Template.text("true"));
        String net =
                context.render(new Consolidate(weight, new UnionAll(Lists.append(recursion.output(), weight), parts)));
        return new Change(context.nextStatement(), net, weight);
    }

    /** All rows of now, and those that are stored with weight -1; nothing is read unless the condition holds. */
    private List<Operator> difference(Column weight, Expression condition) {
        Operator base = new Filter(List.of(condition), context.present(recursion.base()));
        Operator now = (renderer.carried().isEmpty() || node.obstacle() != null)
                ? recursion.withInputs(List.of(base, context.present(recursion.step())))
                : limited(base);
        return List.of(
                weighted(now, weight, "1"), weighted(new Filter(List.of(condition), node.relation()), weight, "-1"));
    }

    /** All rows of now, found in no more steps than there may be; of a recursion that keeps equal rows. */
    private Operator limited(Operator base) {
        Column before = renderer.carried().get(0);
        Column counted = context.factory().weight();
        Relation self = Recursion.leaf(Lists.append(recursion.self().output(), before));
        String[] within = context.handOn().withinDepth(DEPTH).split(DEPTH, 2);
        Operator step = new Filter(
                List.of(new Template(List.of(within[0], within[1]), List.of(new ColumnReference(before)))),
                new RecursionStep(recursion, context).over(self, List.of(before)));
        Operator limited = new Recursion(
                Lists.append(recursion.output(), counted),
                numbered(base, base.output(), Template.text("0::bigint")),
                numbered(
                        step,
                        recursion.step().output(),
                        new Template(List.of("", " + 1"), List.of(new ColumnReference(before)))),
                self,
                false);
        return new Project(RecursionNode.renamed(recursion.output(), recursion.output()), limited);
    }

    private Operator numbered(Operator rows, List<Column> columns, Expression depth) {
        return new Project(
                Lists.append(
                        RecursionNode.renamed(columns, columns),
                        new NamedExpression(context.factory().weight(), depth)),
                rows);
    }

    private Operator weighted(Operator rows, Column weight, String value) {
        List<NamedExpression> items = new ArrayList<>(RecursionNode.renamed(rows.output(), rows.output()));
        items.add(new NamedExpression(weight, Template.text(value + "::bigint")));
        return new Project(items, rows);
    }
}
