package io.pgstream.delta;

import io.pgstream.analyze.RowIdentity;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Lists;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Of the changed rows of an input, those without a partner in an input W that is joined later come to nothing. Where W leaves little, by a filter of its
 * own or by small tables behind it, they are dropped before they look up what has been joined so far: of the changed orders, those of customers of
 * two nations ask for their lines.
 *
 * <p>Let at most one row of W meet a row of ΔZ, by a key. Where no row of W with that key has changed, W had the same partner before as it has now, and
 * that is looked for. Rows whose key is in ΔW are all kept, because their partner may be the one from before. Every later term joins what came of a row with
 * W as it is now, or with ΔW; so a row that is dropped adds nothing to any.
 */
final class SemiJoinReduction {

    /** Fewer changed rows are not worth another relation in the statement. */
    private static final double MANY_ROWS = 1_000;

    /** What a reduction must save, in the cost of one row fetched by an index: about what planning it takes. */
    private static final double WORTH_PLANNING = 2_000;

    private final List<Expression> conditions;

    private final DeltaContext context;

    /** The keys that have changed of a changed input. */
    private final UnaryOperator<Operator> keys;

    /**
     * @param conditions those of the join
     * @param keys tells of an input that has changed the consolidated delta of it, or of what it filters
     */
    SemiJoinReduction(List<Expression> conditions, UnaryOperator<Operator> keys, DeltaContext context) {
        this.conditions = conditions;
        this.keys = keys;
        this.context = context;
    }

    /** Tests reduce whatever can be. */
    private static boolean always() {
        return Boolean.getBoolean("pgstream.test.reductions");
    }

    /**
     * The partners by which a delta is reduced.
     *
     * @param inputs a later input, as it is now, and small ones behind it that have not changed
     * @param of the later input as the tree has it
     * @param key by which a row meets at most one of it
     * @param part which part of the rows they leave
     * @param cost what it costs to look them up for one row
     */
    private record Partners(List<Operator> inputs, Operator of, List<Expression> key, double part, double cost) {}

    /**
     * The delta of an input without rows that come to nothing.
     *
     * @param delta a relation of the statement
     * @param input whose delta it is
     * @param before what has been joined so far, and is looked up by the delta
     * @param later what will be joined
     * @return the delta as it is, where there is nothing to gain
     */
    Delta of(Delta delta, Operator input, List<Operator> before, List<Operator> later) {
        double rows = context.sizes().rows(delta.operator());
        if (!context.lookUp() || context.handOn().plansAreKept() || (rows < MANY_ROWS && !always())) {
            return delta;
        }
        List<Operator> present = before.stream().map(context::present).toList();
        JoinStep step = new JoinOrder(conditions, context).single(present, new HashSet<>(input.output()), rows);
        double whole = (step == null) ? 0 : step.cost();
        Partners best = null;
        double saved = WORTH_PLANNING;
        for (Operator candidate : later) {
            Partners partners = partners(input, candidate, before, later);
            if (partners != null) {
                double gain = whole * (1 - partners.part()) - rows * partners.cost();
                if (gain > saved || (best == null && always())) {
                    best = partners;
                    saved = gain;
                }
            }
        }
        return (best == null) ? delta : reduced(delta, input, best, rows);
    }

    private @Nullable Partners partners(
            Operator input, Operator candidate, List<Operator> before, List<Operator> later) {
        Operator present = context.present(candidate);
        Set<Column> columns = new HashSet<>(input.output());
        List<Expression> key = key(candidate, columns);
        if (key == null
                || (Branch.read(present, context.sizes()) <= 0 && !always())
                || (context.changed(candidate) && Crossings.readsClock(candidate))) {
            return null;
        }
        IndexLookup lookup = IndexLookup.of(present, columns, conditions);
        if (Double.isInfinite(lookup.fetched()) && !always()) {
            return null;
        }
        Set<Column> met = JoinOrder.columns(before);
        met.addAll(columns);
        List<Operator> open = later.stream()
                .filter(other -> other != candidate && !context.changed(other))
                .map(context::present)
                .toList();
        Branch branch = Branch.of(present, Lists.append(open, present), met, conditions, context.sizes());
        double part = context.sizes().selectivity(present);
        double cost = JoinOrder.DESCENT + lookup.fetched();
        if (branch == null || !unique(branch.members())) {
            return (part < 1 || always()) ? new Partners(List.of(present), candidate, key, part, cost) : null;
        }
        return new Partners(branch.members(), candidate, key, part * branch.part(), cost + part * branch.lookUp());
    }

    /** The equalities by which a row of what has these columns meets at most one row of an input; {@code null} if it can meet several. */
    private @Nullable List<Expression> key(Operator input, Collection<Column> columns) {
        Set<Column> both = new HashSet<>(columns);
        both.addAll(input.output());
        List<Expression> key = RowIdentity.partnerKey(input, JoinOrder.within(conditions, both));
        return (key == null || key.isEmpty()) ? null : key;
    }

    private boolean unique(List<Operator> members) {
        for (int i = 1; i < members.size(); i++) {
            if (key(members.get(i), JoinOrder.columns(members.subList(0, i))) == null) {
                return false;
            }
        }
        return true;
    }

    private Delta reduced(Delta delta, Operator input, Partners partners, double rows) {
        List<Column> columns = delta.operator().output();
        Set<Column> inside = new HashSet<>(input.output());
        List<Expression> own = JoinOrder.within(conditions, inside);
        inside.addAll(JoinOrder.columns(partners.inputs()));
        List<Expression> on = JoinOrder.within(conditions, inside).stream()
                .filter(condition -> !own.contains(condition))
                .toList();
        Operator result;
        if (context.changed(partners.of())) {
            Column touched = context.factory().create("touched", MarkJoin.BOOLEAN, false, null);
            Operator marked = context.materialize(
                    new MarkJoin(delta.operator(), keys.apply(partners.of()), partners.key(), touched));
            Operator kept = Project.onto(columns, new Filter(List.of(mark("", touched)), marked));
            Operator others = context.sizes()
                    .remember(Project.onto(columns, new Filter(List.of(mark("NOT ", touched)), marked)), rows);
            result = new UnionAll(columns, List.of(kept, Project.onto(columns, joined(others, partners, on))));
        } else {
            result = Project.onto(columns, joined(delta.operator(), partners, on));
        }
        Operator relation = context.materialize(context.sizes().remember(result, Math.max(1, rows * partners.part())));
        return new Delta(relation, delta.weight());
    }

    private Operator joined(Operator rows, Partners partners, List<Expression> on) {
        return JoinOrder.join(List.of(rows), partners.inputs(), on, context);
    }

    private static Template mark(String sign, Column touched) {
        return new Template(List.of(sign, ""), List.of(new ColumnReference(touched)));
    }
}
