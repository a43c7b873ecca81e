package io.pgstream.delta;

import io.pgstream.analyze.Accumulator;
import io.pgstream.analyze.AggregateLayout;
import io.pgstream.analyze.RowIdentity;
import io.pgstream.parse.ParsedQuery;
import io.pgstream.parse.UnsupportedConstructException;
import io.pgstream.plan.Aggregate;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.FreshCopy;
import io.pgstream.plan.Lists;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.PartitionWise;
import io.pgstream.plan.Project;
import io.pgstream.plan.Recursion;
import io.pgstream.plan.Top;
import io.pgstream.plan.Window;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.ConstantScale;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.plan.rule.KeepFilters;
import io.pgstream.plan.rule.KeepSpareRows;
import io.pgstream.plan.rule.Rewriter;
import io.pgstream.sql.TargetTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is kept for a query, and where.
 *
 * @since 0.1.0
 */
public final class MaintenancePlanner {

    private final Function<Operator, List<SqlType>> types;

    private final KeepFilters.Decision keeps;

    private final Predicate<Top> spares;

    private final String target;

    private final String stateSchema;

    private final String id;

    /**
     * @param types asks PostgreSQL for the types of an operator's output
     * @param keeps which filtered tables are kept as states
     * @param spares of which limits more rows are kept than they show
     * @param target the stream table as SQL writes it
     * @param stateSchema the schema of states, quoted
     * @param id tells the states of stream tables apart
     */
    public MaintenancePlanner(
            Function<Operator, List<SqlType>> types,
            KeepFilters.Decision keeps,
            Predicate<Top> spares,
            String target,
            String stateSchema,
            String id) {
        this.types = types;
        this.keeps = keeps;
        this.spares = spares;
        this.target = target;
        this.stateSchema = stateSchema;
        this.id = id;
    }

    /** The plan of a parsed query. */
    public MaintenancePlan plan(ParsedQuery query) {
        ColumnFactory unused = new ColumnFactory(query.nextColumn());
        Operator rewritten = new ClockPlacement(types, unused).placed(Rewriter.rewrite(query.root(), unused));
        Operator placed = KeepSpareRows.apply(KeepFilters.apply(rewritten, keeps, unused), spares);
        // Columns that nobody reads have numbers, too: with one more in a source the plan shall be the same.
        ColumnFactory factory = new ColumnFactory(1);
        Operator numbered = SharedAggregates.in(new FreshCopy(factory).of(placed));
        // Above what reads the clock, so that no state takes its columns for its own.
        Project root = rooted(Crossings.readsClock(numbered) ? named(numbered, factory) : numbered, factory);
        new MatchChecker(types, factory).check(root);
        // What is put together of parts of expressions must be SQL.
        for (Operator operator : Crossings.all(root)) {
            checkedTypes(Crossings.asQuery(operator, factory));
        }
        RowIdentity identity = RowIdentity.of(root);
        TargetTable table = new TargetTable(target, root.output(), query.names(), identity.key());
        List<MaintainedNode> nodes = new ArrayList<>();
        collect(root, root, table, query.names(), factory, nodes, StackedWindows.all(root));
        StateLookups lookups = StateLookups.of(root, nodes);
        nodes.replaceAll(lookups::indexed);
        return new MaintenancePlan(root, identity, nodes, table, factory.next());
    }

    /** Lets PostgreSQL read an operator; an error is thrown on. */
    private void checkedTypes(Operator operator) {
        if (types.apply(operator).isEmpty()) {
            throw new IllegalStateException("No column in " + operator.describe());
        }
    }

    private static Project rooted(Operator operator, ColumnFactory factory) {
        return (operator instanceof Project project) ? project : named(operator, factory);
    }

    private static Project named(Operator operator, ColumnFactory factory) {
        return new Project(
                operator.output().stream()
                        .map(column -> new NamedExpression(factory.like(column), new ColumnReference(column)))
                        .toList(),
                operator);
    }

    private void collect(
            Operator operator,
            Project root,
            TargetTable table,
            List<String> names,
            ColumnFactory factory,
            List<MaintainedNode> nodes,
            Set<Operator> computedAbove) {
        operator.inputs().forEach(input -> collect(input, root, table, names, factory, nodes, computedAbove));
        if (!operator.stateful()
                || computedAbove.contains(operator)
                || Recursion.within(operator)
                || nodes.stream().anyMatch(node -> node.operator().equals(operator))) {
            return;
        }
        if (operator instanceof PartitionWise partitionWise) {
            String suffix = id + "_" + (nodes.size() + 1);
            PartitionNode projected = (partitionWise instanceof Window window && root.input() == window)
                    ? ProjectedWindow.node(
                            window,
                            StackedWindows.below(window, computedAbove::contains),
                            root,
                            table,
                            names,
                            MaintainedNode.changes(suffix, window))
                    : null;
            nodes.add((projected == null) ? node(partitionWise, root, names, suffix) : projected);
        }
        if (operator instanceof Recursion recursion) {
            Column count = factory.create("derivations", ColumnFactory.BIGINT, false, 0);
            nodes.add(RecursionNode.of(recursion, count, stateSchema, id + "_" + (nodes.size() + 1)));
        }
        if (operator instanceof Aggregate aggregate) {
            nodes.add(node(aggregate, root, names, factory, nodes.size() + 1));
        }
    }

    private PartitionNode node(PartitionWise operator, Project root, List<String> names, String suffix) {
        List<Column> columns = operator.output();
        List<String> stored = new ArrayList<>();
        for (Column column : columns) {
            int position = position(root, column);
            if (position >= 0) {
                stored.add(names.get(position));
            }
        }
        boolean shared = root.input() == operator && stored.size() == columns.size();
        storable(columns);
        List<Column> unique = RowIdentity.of(operator).key();
        TargetTable state = shared
                ? TargetTable.partitioned(target, columns, stored, operator.partition(), unique)
                : TargetTable.partitioned(
                        stateSchema + ".s" + suffix,
                        columns,
                        columns.stream().map(Column::sqlName).toList(),
                        operator.partition(),
                        unique);
        return new PartitionNode(operator, state, !shared, MaintainedNode.changes(suffix, operator), null);
    }

    /** Rows of a subquery have no type that a table could have. */
    private static void storable(List<Column> columns) {
        if (columns.stream().anyMatch(column -> column.type().base().startsWith("record"))) {
            throw new UnsupportedConstructException(
                    "it uses a whole row of a subquery where rows would have to be stored",
                    "Name the columns, or build the row as JSON in the subquery.");
        }
    }

    private StatefulNode node(
            Aggregate aggregate, Project root, List<String> names, ColumnFactory factory, int number) {
        List<Expression> arguments = AggregateLayout.arguments(aggregate);
        List<NamedExpression> items = new ArrayList<>(aggregate.keys());
        List<NamedExpression> untyped = arguments.stream()
                .map(argument ->
                        new NamedExpression(factory.create("argument", ColumnFactory.BIGINT, true, null), argument))
                .toList();
        List<SqlType> argumentTypes =
                arguments.isEmpty() ? List.of() : types.apply(new Project(untyped, aggregate.input()));
        for (int i = 0; i < untyped.size(); i++) {
            Column column = untyped.get(i).column();
            items.add(new NamedExpression(
                    new Column(
                            column.id(), column.name(), argumentTypes.get(i), true, ConstantScale.of(arguments.get(i))),
                    arguments.get(i)));
        }
        AggregateLayout layout = AggregateLayout.of(aggregate, argumentTypes, factory);
        TargetTable shared = shared(layout, root, names);
        String suffix = id + "_" + number;
        return new StatefulNode(
                aggregate,
                layout,
                (shared == null) ? ownTable(layout, suffix) : shared,
                shared == null,
                items,
                MaintainedNode.changes(suffix, aggregate),
                List.of());
    }

    private TargetTable ownTable(AggregateLayout layout, String suffix) {
        List<Column> columns = Lists.concat(
                layout.keys(),
                layout.accumulators().stream().map(Accumulator::column).toList());
        storable(columns);
        return new TargetTable(
                stateSchema + ".s" + suffix,
                columns,
                columns.stream().map(Column::sqlName).toList(),
                layout.keys());
    }

    /** The stream table as its own state: every key and every accumulator is one of its columns. */
    private @Nullable TargetTable shared(AggregateLayout layout, Project root, List<String> names) {
        if (root.input() != layout.aggregate()) {
            return null;
        }
        List<Column> columns = new ArrayList<>();
        List<String> columnNames = new ArrayList<>();
        for (Column key : layout.keys()) {
            int position = position(root, key);
            if (position < 0) {
                return null;
            }
            columns.add(key);
            columnNames.add(names.get(position));
        }
        for (Accumulator accumulator : layout.accumulators()) {
            int position = layout.outputs().stream()
                    .filter(output -> output.expression().equals(new ColumnReference(accumulator.column())))
                    .mapToInt(output -> position(root, output.column()))
                    .filter(found -> found >= 0)
                    .findFirst()
                    .orElse(-1);
            if (position < 0) {
                return null;
            }
            columns.add(accumulator.column());
            columnNames.add(names.get(position));
        }
        return new TargetTable(target, columns, columnNames, layout.keys());
    }

    private static int position(Project root, Column column) {
        for (int i = 0; i < root.items().size(); i++) {
            if (root.items().get(i).expression().equals(new ColumnReference(column))) {
                return i;
            }
        }
        return -1;
    }
}
