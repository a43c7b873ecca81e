package io.pgstream.delta;

import io.pgstream.analyze.RowIdentity;
import io.pgstream.plan.Aggregate;
import io.pgstream.plan.Filter;
import io.pgstream.plan.ForeignKey;
import io.pgstream.plan.Lists;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Scan;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a foreign key tells about rows P that meet an input Z by the key which it refers to. A key of ΔZ with a positive row alone has come: before
 * the changes no row of P referred to it, so that all that do now are in ΔP. A key with a negative row alone has gone: no row of P refers to
 * it any more. So P is looked up only by keys that have both, with Δ(P ⋈ Z) = (ΔP ▷ keys(ΔZ)) ⋈ Z + P ⋈ ΔZ± + ΔP ⋈ (Z⁺ - ΔZ⁻), where ΔZ± are
 * the rows of keys that have both, and Z⁺ the positive rows of keys that have come: the lines of an order that came or went are not
 * looked for.
 *
 * <p>It takes that the foreign key holds before the changes and behind them, and that ΔZ shows all rows of the table at a
 * changed key: a row that a filter let through only now has not come.
 *
 * @param altered the rows of keys that have both, a relation of the statement
 * @param met what meets the changed rows of P, with weights below 0 where it was there before, above 0 where it has come, all negated
 */
record ReferencedKeys(Delta altered, Delta met) {

    /** What a split must save, in the cost of one row fetched by an index: about what planning it takes. */
    private static final double WORTH_PLANNING = 1_000;

    /** What a row costs that is split off by hash. */
    private static final double SPLIT = 1;

    /** Tests split whatever can be. */
    private static boolean always() {
        return Boolean.getBoolean("pgstream.test.references");
    }

    /**
     * Splits the delta of an input by what has become of its keys.
     *
     * @param before what has been joined so far
     * @param next the input
     * @param delta its delta
     * @param keys the consolidated delta of the table, of which the input may be a filter
     * @param crossing the conditions between it and what has been joined so far
     * @param order tells what it costs to look up what has been joined so far
     * @return {@code null} if no foreign key tells anything, or nothing is gained by it
     */
    static @Nullable ReferencedKeys of(
            List<Operator> before,
            Operator next,
            Delta delta,
            @Nullable Delta keys,
            List<Expression> crossing,
            JoinOrder order,
            DeltaContext context) {
        Delta all = (next instanceof Scan) ? delta : keys;
        if (all == null || context.foreignKeys().isEmpty() || !worthwhile(before, next, delta, order, context)) {
            return null;
        }
        List<Expression> key = RowIdentity.partnerKey(next, crossing);
        return (key == null || context.foreignKeys().stream().noneMatch(foreign -> refers(foreign, key, before, next)))
                ? null
                : split(key, next, delta, all, context);
    }

    private static boolean worthwhile(
            List<Operator> before, Operator next, Delta delta, JoinOrder order, DeltaContext context) {
        if (always()) {
            return true;
        }
        double rows = context.sizes().rows(delta.operator());
        List<Operator> present = before.stream().map(context::present).toList();
        JoinStep step = order.single(present, new HashSet<>(next.output()), rows);
        return step != null && !step.whole() && step.cost() > SPLIT * rows + WORTH_PLANNING;
    }

    /** Whether the equalities of a key are those of a foreign key. */
    private static boolean refers(ForeignKey foreign, List<Expression> key, List<Operator> before, Operator next) {
        Map<String, String> pairs = new HashMap<>();
        Scan referencing = null;
        for (Expression condition : key) {
            if (!(condition instanceof Equality equality
                    && equality.left() instanceof ColumnReference left
                    && equality.right() instanceof ColumnReference right)) {
                return false;
            }
            boolean first = next.output().contains(left.column());
            KeyOrigin.Leaf own = KeyOrigin.leaf(next, first ? left.column() : right.column());
            KeyOrigin.Leaf other = origin(before, first ? right.column() : left.column());
            if (own == null
                    || other == null
                    || own.scan().table().oid() != foreign.referenced()
                    || other.scan().table().oid() != foreign.referencing()
                    || (referencing != null && !referencing.equals(other.scan()))) {
                return false;
            }
            referencing = other.scan();
            pairs.put(own.column().name(), other.column().name());
        }
        Map<String, String> wanted = new HashMap<>();
        for (int i = 0; i < foreign.key().size(); i++) {
            wanted.put(foreign.key().get(i), foreign.columns().get(i));
        }
        return pairs.equals(wanted);
    }

    /** Which table's column is read here as it is. What has been kept of a table, or grouped, has no other values. */
    private static KeyOrigin.@Nullable Leaf origin(List<Operator> inputs, Column column) {
        for (Operator input : inputs) {
            if (input.output().contains(column)) {
                return origin(input, column);
            }
        }
        return null;
    }

    private static KeyOrigin.@Nullable Leaf origin(Operator operator, Column column) {
        if (!(operator instanceof Aggregate aggregate)) {
            return KeyOrigin.leaf(operator, column);
        }
        for (NamedExpression key : aggregate.keys()) {
            if (key.column().equals(column) && key.expression() instanceof ColumnReference reference) {
                return origin(aggregate.input(), reference.column());
            }
        }
        return null;
    }

    private static ReferencedKeys split(
            List<Expression> key, Operator next, Delta delta, Delta all, DeltaContext context) {
        Column gone = mark("gone", context);
        Column came = mark("came", context);
        Column altered = mark("altered", context);
        List<NamedExpression> others = new ArrayList<>();
        List<Expression> same = new ArrayList<>();
        for (Expression condition : key) {
            Column own = condition.columns().stream()
                    .filter(next.output()::contains)
                    .findFirst()
                    .orElseThrow();
            Column other = context.factory().create(own.name(), own.type(), false, null);
            others.add(new NamedExpression(other, new ColumnReference(own)));
            same.add(new Equality(new ColumnReference(own), new ColumnReference(other)));
        }
        // Rows of the other sign, by equalities alone, so that they meet in a hash table.
        others.add(new NamedExpression(came, text("", all.weight(), " > 0")));
        same.add(new Equality(new ColumnReference(gone), new ColumnReference(came)));
        List<Column> columns = delta.operator().output();
        Operator signed = new Project(
                Lists.append(
                        Project.onto(columns, delta.operator()).items(),
                        new NamedExpression(gone, text("", delta.weight(), " < 0"))),
                delta.operator());
        Operator marked = context.materialize(new MarkJoin(signed, new Project(others, all.operator()), same, altered));
        double rows = context.sizes().rows(delta.operator());
        Operator both = context.materialize(context.sizes()
                .remember(Project.onto(columns, new Filter(List.of(new ColumnReference(altered)), marked)), rows));
        Column weight = context.factory().weight();
        List<NamedExpression> items = new ArrayList<>(Project.onto(columns, marked).items().stream()
                .filter(item -> !item.column().equals(delta.weight()))
                .toList());
        items.add(new NamedExpression(weight, text("-abs(", delta.weight(), ")")));
        Expression once = new Template(
                List.of("(", " OR NOT ", ")"), List.of(new ColumnReference(gone), new ColumnReference(altered)));
        return new ReferencedKeys(
                new Delta(both, delta.weight()),
                new Delta(new Project(items, new Filter(List.of(once), marked)), weight));
    }

    private static Column mark(String name, DeltaContext context) {
        return context.factory().create(name, MarkJoin.BOOLEAN, false, null);
    }

    private static Expression text(String before, Column column, String behind) {
        return new Template(List.of(before, behind), List.of(new ColumnReference(column)));
    }
}
