package io.pgstream.delta;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.AggregateCall;
import io.pgstream.plan.AggregateFunction;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Lists;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.NamedAggregate;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Relation;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Cast;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.NullSafeEquality;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.plan.expr.Template;
import io.pgstream.sql.WeightSum;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * For which values of the left side the mark of a {@link MarkJoin} changes, from the delta of the right side.
 *
 * <p>Let n be the number of matches now and d the sum of the weights of the delta's matches, so that there were n − d
 * before. If d is positive there is a match now, and there was none before if n is d. If d is negative there was a match
 * before, and there is none now if n is 0. So the mark changes where there are no more than max(d, 0) matches, which an
 * index tells by reading d + 1 rows at most.
 *
 * <p>Where the conditions are equalities, d is summed up by the right side's expressions, and rows of the left side are
 * read only for keys that flip. Otherwise the values come from the rows of the left side that the equalities reach.
 */
final class MarkFlips {

    private static final SqlType TEXT = new SqlType(25, -1, "text", "text", false, true, true);

    private static final Pattern IDENTIFYING = Pattern.compile(
            "smallint|integer|bigint|boolean|date|timestamp.*|uuid|oid|bytea|name|text|character varying.*");

    /** What part of the left side a filter may leave so that it pays to check it first. */
    private static final double SELECTIVE = 0.5;

    private final MarkJoin join;

    private final DeltaContext context;

    private final MatchConditions match;

    private final @Nullable Delta left;

    private final Delta right;

    /** The value of each key. */
    private final List<Column> keys = new ArrayList<>();

    /** The values of the left side that the other conditions read. */
    private final Map<Column, Column> values = new HashMap<>();

    /** The texts of those of them that can be equal without being the same, such as 1.0 and 1.00. */
    private final Map<Column, Column> texts = new LinkedHashMap<>();

    private final List<Column> all = new ArrayList<>();

    private final Column difference;

    private final Column weight;

    private final Relation relation;

    private MarkFlips(MarkJoin join, @Nullable Delta left, Delta right, DeltaContext context) {
        this.join = join;
        this.context = context;
        this.left = left;
        this.right = right;
        this.match = new MatchConditions(join);
        ColumnFactory factory = context.factory();
        match.keys().forEach(key -> keys.add(factory.create("key", ColumnFactory.BIGINT, true, null)));
        match.restColumns().forEach(column -> values.put(column, factory.like(column)));
        all.addAll(keys);
        for (Column column : match.restColumns()) {
            all.add(value(column));
            if (!identifying(column.type())) {
                texts.put(column, factory.create("text", TEXT, true, null));
            }
        }
        all.addAll(texts.values());
        this.difference = factory.create("difference", ColumnFactory.BIGINT, false, 0);
        this.weight = factory.weight();
        this.relation = compute();
    }

    /**
     * @param left the consolidated delta of the left side, if it has changed
     * @param right the delta of the right side, consolidated where it is read {@linkplain #readsOnce more than once}
     */
    static MarkFlips of(MarkJoin join, @Nullable Delta left, Delta right, DeltaContext context) {
        return new MarkFlips(join, left, right, context);
    }

    /** Whether the delta of the right side is read once only, to be added up by the keys. */
    static boolean readsOnce(MarkJoin join) {
        return new MatchConditions(join).separable();
    }

    /** The flips: the values, the mark before with the weight -1 and the mark now with the weight 1. */
    Relation relation() {
        return relation;
    }

    private Relation compute() {
        Operator differences = new Filter(
                List.of(new Template(List.of("", " <> 0"), List.of(reference(difference)))),
                match.separable() ? byKey() : byValue());
        Relation changed = reached(context.materialize(differences));
        Relation flipped = context.materialize(lookUp(changed) ? looked(changed) : counted(changed));
        return context.materialize(new UnionAll(
                Lists.concat(all, List.of(join.mark(), weight)),
                List.of(side(flipped, "<", "-1"), side(flipped, ">", "1"))));
    }

    Column weight() {
        return weight;
    }

    /** Under which conditions a row of the left side has these values. */
    List<Expression> conditions() {
        List<Expression> conditions = new ArrayList<>(match.leftOnly());
        for (int i = 0; i < keys.size(); i++) {
            conditions.add(new Equality(match.keys().get(i).left(), reference(keys.get(i))));
        }
        List<Column> columns = match.restColumns();
        List<Column> nullable = columns.stream().filter(Column::nullable).toList();
        if (keys.isEmpty() && nullable.stream().anyMatch(column -> column.type().hashable())) {
            // IS NOT DISTINCT FROM cannot be hashed.
            conditions.add(new Equality(
                    hash(nullable), hash(nullable.stream().map(this::value).toList())));
        }
        for (Column column : columns) {
            conditions.add(
                    column.nullable()
                            ? NullSafeEquality.of(reference(column), reference(value(column)))
                            : new Equality(reference(column), reference(value(column))));
        }
        texts.forEach((column, text) -> conditions.add(NullSafeEquality.of(text(column), reference(text))));
        return conditions;
    }

    /** Whether values that are equal are the same. */
    private static boolean identifying(SqlType type) {
        return type.collation().isEmpty()
                && (type.hasScale() || IDENTIFYING.matcher(type.base()).matches());
    }

    private static Expression text(Column column) {
        return new Template(List.of("(", "::text COLLATE \"C\")"), List.of(reference(column)));
    }

    /** Whether a flip concerns all rows of the left side. */
    boolean unconditional() {
        return all.isEmpty();
    }

    private static Expression hash(List<Column> columns) {
        List<Column> hashable =
                columns.stream().filter(column -> column.type().hashable()).toList();
        List<String> fragments = new ArrayList<>();
        fragments.add("hash_record_extended(ROW(");
        for (int i = 1; i < hashable.size(); i++) {
            fragments.add(", ");
        }
        fragments.add("), 0)");
        return new Template(
                fragments, hashable.stream().map(MarkFlips::reference).toList());
    }

    private Column value(Column column) {
        Column value = values.get(column);
        if (value == null) {
            throw new IllegalStateException("No value is kept for " + column);
        }
        return value;
    }

    private static Expression reference(Column column) {
        return new ColumnReference(column);
    }

    private static NamedExpression same(Column column) {
        return new NamedExpression(column, reference(column));
    }

    /** The conditions with the values in the place of the left side. */
    private List<Expression> withValues() {
        List<Expression> conditions = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            conditions.add(new Equality(match.keys().get(i).right(), reference(keys.get(i))));
        }
        conditions.addAll(match.rightOnly());
        match.rest()
                .forEach(condition ->
                        conditions.add(condition.substitute(column -> reference(values.getOrDefault(column, column)))));
        return conditions;
    }

    private static AggregateCall weights(Column weight) {
        return new AggregateCall(AggregateFunction.SUM, new Cast(reference(weight), WeightSum.TYPE), null);
    }

    private NamedAggregate sum() {
        return new NamedAggregate(difference, weights(right.weight()));
    }

    /**
     * Of the keys that may flip, those that the left side has or had. A selective filter on the left side can be checked by
     * the key, which is cheaper than to look for matches of rows that are not there.
     */
    private Relation reached(Relation changed) {
        Operator present = context.present(join.left());
        if (!context.lookUp()
                || keys.isEmpty()
                || !match.separable()
                || context.sizes().selectivity(present) > SELECTIVE
                || !IndexLookup.cheap(present, new HashSet<>(changed.output()), conditions())) {
            return changed;
        }
        List<Operator> branches = new ArrayList<>();
        Operator rows = LookupOrder.of(changed, context.sizes().rows(changed), present, conditions(), context);
        branches.add(having(rows, present, Join.Order.FENCED));
        if (left == null) {
            return context.materialize(branches.get(0));
        }
        branches.add(having(changed, left.operator(), Join.Order.FREE));
        List<Column> columns = Lists.append(all, difference);
        return context.materialize(new Aggregate(
                columns.stream().map(MarkFlips::same).toList(), List.of(), new UnionAll(columns, branches)));
    }

    private Operator having(Operator changed, Operator rows, Join.Order order) {
        Column there = context.factory().create("there", MarkJoin.BOOLEAN, false, null);
        MarkJoin marked = new MarkJoin(changed, rows, conditions(), there, null, order);
        return kept(new Filter(List.of(reference(there)), marked));
    }

    private Operator byKey() {
        List<NamedExpression> groups = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            groups.add(new NamedExpression(keys.get(i), match.keys().get(i).right()));
        }
        return new Aggregate(groups, List.of(sum()), Filter.of(match.rightOnly(), right.operator()));
    }

    private Operator byValue() {
        List<Operator> deltas = List.of(context.materialize(candidates()), right.operator());
        return new Aggregate(
                all.stream().map(MarkFlips::same).toList(),
                List.of(sum()),
                new Join(deltas, withValues(), JoinOrder.betweenDeltas(deltas, withValues())));
    }

    /** The values that rows of the left side have or had which the equalities reach, each once. */
    private Operator candidates() {
        List<NamedExpression> items = new ArrayList<>();
        List<NamedExpression> groups = new ArrayList<>();
        List<Expression> conditions = new ArrayList<>(match.leftOnly());
        for (int i = 0; i < keys.size(); i++) {
            Column key = context.factory().like(keys.get(i));
            groups.add(new NamedExpression(key, match.keys().get(i).right()));
            items.add(new NamedExpression(keys.get(i), reference(key)));
            conditions.add(new Equality(match.keys().get(i).left(), reference(key)));
        }
        values(items);
        List<Operator> branches = new ArrayList<>();
        Operator present = context.present(join.left());
        if (keys.isEmpty()) {
            branches.add(new Project(items, Filter.of(conditions, present)));
        } else {
            Relation reached = context.materialize(
                    new Aggregate(groups, List.of(), Filter.of(match.rightOnly(), right.operator())));
            branches.add(new Project(items, JoinOrder.join(List.of(reached), List.of(present), conditions, context)));
        }
        if (left != null) {
            branches.add(new Project(ofLeft(), Filter.of(match.leftOnly(), left.operator())));
        }
        Operator rows = (branches.size() == 1) ? branches.get(0) : new UnionAll(all, branches);
        return new Aggregate(all.stream().map(MarkFlips::same).toList(), List.of(), rows);
    }

    private List<NamedExpression> ofLeft() {
        List<NamedExpression> items = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            items.add(new NamedExpression(keys.get(i), match.keys().get(i).left()));
        }
        values(items);
        return items;
    }

    private void values(List<NamedExpression> items) {
        match.restColumns().forEach(column -> items.add(new NamedExpression(value(column), reference(column))));
        texts.forEach((column, text) -> items.add(new NamedExpression(text, text(column))));
    }

    private boolean lookUp(Relation changed) {
        Set<Column> bound = new HashSet<>(changed.output());
        return unconditional()
                || (context.lookUp() && IndexLookup.cheap(context.present(join.right()), bound, withValues()));
    }

    /** The values with no more matches than the difference, each looked up. */
    private Operator looked(Relation changed) {
        Column more = context.factory().create("more", MarkJoin.BOOLEAN, false, null);
        Operator present = context.present(join.right());
        List<Expression> conditions = withValues();
        Operator rows = LookupOrder.of(changed, context.sizes().rows(changed), present, conditions, context);
        MarkJoin beyond = new MarkJoin(rows, present, conditions, more, difference, Join.Order.FENCED);
        return kept(new Filter(List.of(new Template(List.of("NOT ", ""), List.of(reference(more)))), beyond));
    }

    /** The same by counting, for many values or without an index. */
    private Operator counted(Relation changed) {
        Column one = context.factory().create("one", ColumnFactory.BIGINT, false, 0);
        Column count = context.factory().create("count", ColumnFactory.BIGINT, false, 0);
        List<NamedExpression> columns =
                Lists.append(all, difference).stream().map(MarkFlips::same).toList();
        List<Operator> branches = new ArrayList<>();
        branches.add(new Project(Lists.append(columns, new NamedExpression(one, Template.text("0::bigint"))), changed));
        branches.add(new Project(
                Lists.append(columns, new NamedExpression(one, Template.text("1::bigint"))),
                new Join(List.of(changed, context.present(join.right())), withValues(), Join.Order.FREE)));
        Operator grouped = new Aggregate(
                columns,
                List.of(new NamedAggregate(count, weights(one))),
                new UnionAll(Lists.append(Lists.append(all, difference), one), branches));
        Expression none =
                new Template(List.of("", " <= greatest(", ", 0)"), List.of(reference(count), reference(difference)));
        return kept(new Filter(List.of(none), grouped));
    }

    private Operator kept(Operator operator) {
        return new Project(
                Lists.append(all, difference).stream().map(MarkFlips::same).toList(), operator);
    }

    private Operator side(Relation flipped, String comparison, String sign) {
        List<NamedExpression> items =
                new ArrayList<>(all.stream().map(MarkFlips::same).toList());
        items.add(new NamedExpression(
                join.mark(), new Template(List.of("", " " + comparison + " 0"), List.of(reference(difference)))));
        items.add(new NamedExpression(weight, Template.text(sign + "::bigint")));
        return new Project(items, flipped);
    }
}
