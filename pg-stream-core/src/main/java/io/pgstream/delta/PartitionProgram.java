package io.pgstream.delta;

import io.pgstream.plan.Consolidate;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Lists;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.PartitionWise;
import io.pgstream.plan.Project;
import io.pgstream.plan.Ranked;
import io.pgstream.plan.Relation;
import io.pgstream.plan.Top;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.Window;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.NullSafeEquality;
import io.pgstream.plan.expr.Template;
import io.pgstream.plan.rule.Rewriter;
import io.pgstream.sql.ApplyRenderer;
import io.pgstream.sql.HandOn;
import io.pgstream.sql.MergeRenderer;
import io.pgstream.sql.PartitionRenderer;
import io.pgstream.sql.TargetTable;
import io.pgstream.sql.WithClause;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The statement that follows a delta through an operator that is computed partition by partition. With K the partitions
 * in the consolidated delta, and X what the input is now, Δ(f(X)) = f(X restricted to K) − the stored rows of K. The
 * restriction goes below the operator, down to the tables, so that an index on the partition columns finds the rows.
 *
 * <p>With {@code rank() OVER (PARTITION BY g ORDER BY x)}, {@code (g=1, x=5, +1)} gives the old rows of the group 1
 * with weight -1 and its new ones with 1, of which those that are equal cancel.
 */
final class PartitionProgram {

    private static final String TOUCHED = "touched";

    /** The partitions of which a row has gone, where {@code touched} says it. */
    private static final String LOST = "(SELECT * FROM touched WHERE lost)";

    private final PartitionNode node;
    private final DeltaContext context;
    private final List<Column> touchedColumns;
    private final @Nullable StackedWindows stacked;

    PartitionProgram(PartitionNode node, DeltaContext context) {
        this.node = node;
        this.context = context;
        this.touchedColumns = node.operator().partition().stream()
                .map(context.factory()::like)
                .toList();
        this.stacked = (node.operator() instanceof Window window)
                ? StackedWindows.below(window, context::computedAbove)
                : null;
    }

    private PartitionRenderer renderer() {
        return new PartitionRenderer(
                node.operator(),
                node.state(),
                touchedColumns,
                (node.operator() instanceof Window window) ? UnchangedStart.of(window, stacked) : null);
    }

    /** Moves the state in a table of its own, and hands the change on. */
    String inner() {
        PartitionRenderer renderer = renderer();
        WithClause with = change(renderer);
        renderer.writeState(with);
        return renderer.handOn(with, context.handOn(), node.changes());
    }

    /** What {@link #inner} writes, as queries. */
    FreshProgram.Stage stage(String name) {
        PartitionRenderer renderer = renderer();
        return new FreshProgram.Stage(
                change(renderer).with("SELECT * FROM differing"),
                "WITH differing AS (SELECT * FROM " + name + ") " + renderer.signed(HandOn.WEIGHT),
                renderer.afterwards(name));
    }

    /**
     * A SELECT of the signed rows by which the stream table, which is the state, changes, added up.
     *
     * @return what it needs, and the SELECT
     */
    FreshProgram.Net net(Project root, Column weight) {
        PartitionRenderer renderer = renderer();
        WithClause with = change(renderer);
        return new FreshProgram.Net(
                with, context.render(new Consolidate(weight, rows(renderer, with, root, weight))), weight.sqlName());
    }

    /**
     * Moves the stream table, which is the state.
     *
     * @param merge whether it may be written by a MERGE
     */
    String top(Project root, TargetTable target, boolean merge) {
        PartitionRenderer renderer = renderer();
        WithClause with = change(renderer);
        if (renderer.pairs()) {
            return renderer.applyPairs(with, node.items(root), target);
        }
        Column weight = context.factory().weight();
        Operator rows = rows(renderer, with, root, weight);
        List<Column> key = target.key();
        if (merge && key != null) {
            return MergeRenderer.applySigned(with, context.render(rows), weight, target, key);
        }
        String net = context.render(new Consolidate(weight, rows));
        return ApplyRenderer.applySigned(with, net, weight, target);
    }

    /** The rows of the stream table that come and go. */
    private Operator rows(PartitionRenderer renderer, WithClause with, Project root, Column weight) {
        with.materialized("signed", renderer.signed(weight.sqlName()));
        Relation signed = new Relation("signed", Lists.append(node.state().columns(), weight));
        NamedExpression weightItem = new NamedExpression(weight, new ColumnReference(weight));
        return new Project(Lists.append(node.items(root), weightItem), signed);
    }

    private WithClause change(PartitionRenderer renderer) {
        PartitionWise operator = node.operator();
        Operator below = (stacked == null) ? operator.input() : stacked.base();
        Delta input = Differentiator.changed(below, context);
        List<NamedExpression> items = new ArrayList<>(references(below.output()));
        if (stacked != null) {
            for (int i = 0; i < operator.partition().size(); i++) {
                Column column = operator.partition().get(i);
                if (!below.output().contains(column)) {
                    items.add(new NamedExpression(
                            column, new ColumnReference(stacked.partition().get(i))));
                }
            }
        }
        items.add(new NamedExpression(input.weight(), new ColumnReference(input.weight())));
        String delta = context.render(new Consolidate(input.weight(), new Project(items, input.operator())));
        String weight = input.weight().sqlName();
        String fresh = renderer.arrivals() ? renderer.arrived(weight) + " UNION ALL " + fresh(LOST) : fresh(TOUCHED);
        String spared = (operator instanceof Top top && top.spare() > 0)
                ? context.render(top.withInputs(List.of(new Relation("candidates", top.output()))))
                : null;
        WithClause with = context.nextStatement();
        renderer.change(
                with,
                delta,
                weight,
                clause -> (spared == null) ? fresh : renderer.spared(clause, weight, spared, fresh));
        return with;
    }

    /** @param touched the partitions that are computed from their tables */
    private String fresh(String touched) {
        PartitionWise operator = node.operator();
        if (operator instanceof Ranked ranked) {
            RankedLookup lookup = new RankedLookup(ranked, touchedColumns, context);
            if (lookup.cheap()) {
                return lookup.select(touched);
            }
        }
        Operator whole = operator.withInputs(List.of(
                (stacked == null)
                        ? restricted(operator.input(), operator.partition(), touched)
                        : restricted(operator.input(), stacked)));
        List<NamedExpression> projection = node.projection();
        return context.render(projection == null ? whole : new Project(projection, whole));
    }

    private static List<NamedExpression> references(List<Column> columns) {
        return columns.stream()
                .map(column -> new NamedExpression(column, new ColumnReference(column)))
                .toList();
    }

    /** The windows that are computed with this one, over the present rows of the partitions that changed. */
    private Operator restricted(Operator operator, StackedWindows windows) {
        return operator.equals(windows.base())
                ? restricted(operator, windows.partition(), TOUCHED)
                : operator.withInputs(List.of(restricted(operator.inputs().get(0), windows)));
    }

    /** The present rows of the partitions that changed. */
    private Operator restricted(Operator input, List<Column> partition, String touched) {
        Operator present = context.present(input);
        if (partition.isEmpty()) {
            return new Filter(List.of(Template.text("EXISTS (SELECT FROM " + TOUCHED + ")")), present);
        }
        Operator equal = joined(present, equalities(partition), touched);
        if (partition.stream().noneMatch(Column::nullable)) {
            return equal;
        }
        return new UnionAll(input.output(), List.of(equal, joined(present, nullSafe(partition), touched)));
    }

    private List<Expression> equalities(List<Column> partition) {
        List<Expression> conditions = new ArrayList<>();
        for (int i = 0; i < partition.size(); i++) {
            conditions.add(
                    new Equality(new ColumnReference(touchedColumns.get(i)), new ColumnReference(partition.get(i))));
        }
        return conditions;
    }

    /** Equality finds no NULLs, and nothing that finds them can use an index: their partitions are looked up apart. */
    private List<Expression> nullSafe(List<Column> partition) {
        List<Expression> conditions = new ArrayList<>();
        conditions.add(Template.text("EXISTS (SELECT FROM " + TOUCHED + " WHERE "
                + touchedColumns.stream()
                        .map(column -> column.sqlName() + " IS NOT DISTINCT FROM NULL")
                        .collect(Collectors.joining(" OR "))
                + ")"));
        List<Column> hashable =
                partition.stream().filter(column -> column.type().hashable()).toList();
        if (!hashable.isEmpty()) {
            conditions.add(new Equality(
                    hash(hashable.stream()
                            .map(column -> touchedColumns.get(partition.indexOf(column)))
                            .toList()),
                    hash(hashable)));
        }
        for (int i = 0; i < partition.size(); i++) {
            conditions.add(NullSafeEquality.of(
                    new ColumnReference(touchedColumns.get(i)), new ColumnReference(partition.get(i))));
        }
        List<Column> nullable = partition.stream().filter(Column::nullable).toList();
        List<String> fragments = new ArrayList<>(List.of(""));
        nullable.forEach(column -> fragments.add(" IS NOT DISTINCT FROM NULL OR "));
        fragments.set(nullable.size(), " IS NOT DISTINCT FROM NULL");
        conditions.add(new Template(fragments, values(nullable)));
        return conditions;
    }

    private static Expression hash(List<Column> columns) {
        List<String> fragments = new ArrayList<>();
        fragments.add("hash_record_extended(ROW(");
        for (int i = 1; i < columns.size(); i++) {
            fragments.add(", ");
        }
        fragments.add("), 0)");
        return new Template(fragments, values(columns));
    }

    private static List<Expression> values(List<Column> columns) {
        return columns.stream().<Expression>map(ColumnReference::new).toList();
    }

    private Operator joined(Operator present, List<Expression> conditions, String touched) {
        Relation partitions = new Relation(touched, touchedColumns);
        Operator join = Rewriter.simplify(new Join(List.of(partitions, present), conditions, Join.Order.FREE));
        return Project.onto(present.output(), ordered(join));
    }

    /** The partitions first, then the tables behind them. */
    private Operator ordered(Operator operator) {
        if (operator instanceof Project project) {
            return new Project(project.items(), ordered(project.input()));
        }
        if (!(operator instanceof Join join)) {
            return operator;
        }
        List<Operator> first = join.inputs().stream().filter(this::touches).toList();
        List<Operator> others =
                join.inputs().stream().filter(input -> !touches(input)).toList();
        return (first.size() == 1) ? JoinOrder.touched(first.get(0), others, join.conditions(), context) : join;
    }

    private boolean touches(Operator input) {
        return input.output().equals(touchedColumns);
    }
}
