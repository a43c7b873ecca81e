package io.pgstream.delta;

import io.pgstream.analyze.RowIdentity;
import io.pgstream.plan.Aggregate;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.PartitionWise;
import io.pgstream.plan.Project;
import io.pgstream.plan.Ranked;
import io.pgstream.plan.Scan;
import io.pgstream.plan.SortKey;
import io.pgstream.plan.SourceTable;
import io.pgstream.plan.Top;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.rule.KeepFilters;
import io.pgstream.plan.rule.KeepSpareRows;
import io.pgstream.sql.TargetTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is known of a query that can be maintained differentially.
 *
 * @param root the operator tree, a projection at the top
 * @param identity how a row of the result is found again
 * @param nodes the operators that have a state, those below before those above
 * @param target the stream table
 * @param nextColumn a number behind those of all columns
 * @since 0.1.0
 */
public record MaintenancePlan(
        Project root, RowIdentity identity, List<MaintainedNode> nodes, TargetTable target, int nextColumn) {

    public MaintenancePlan {
        nodes = List.copyOf(nodes);
    }

    /**
     * The aggregate whose groups are the rows of the result, if only projections and filters are above it; or the
     * operator whose state is the stream table itself.
     */
    @Nullable
    MaintainedNode topNode() {
        Operator operator = root.input();
        if (operator instanceof PartitionWise) {
            MaintainedNode node = nodesByOperator().get(operator);
            return (node == null || node.ownTable()) ? null : node;
        }
        if (operator instanceof Filter filter && !Crossings.readsClock(filter)) {
            operator = filter.input();
        }
        if (operator instanceof Aggregate aggregate) {
            return nodesByOperator().get(aggregate);
        }
        return null;
    }

    /** The stream table as the state of the operator at the top, if it is one that is looked up by partitions. */
    public @Nullable TargetTable lookedUp() {
        return (topNode() instanceof PartitionNode node) ? node.state() : null;
    }

    /** The conditions between the projection and the top aggregate. */
    List<Expression> topConditions() {
        return (root.input() instanceof Filter filter) ? filter.conditions() : List.of();
    }

    /** The filtered tables that are kept as states, and the limits with rows to spare, as {@link KeptFilters} stores them. */
    public List<String> keptFilters() {
        return nodes.stream()
                .map(MaintainedNode::operator)
                .flatMap(MaintenancePlan::kept)
                .distinct()
                .toList();
    }

    private static Stream<String> kept(Operator operator) {
        if (operator instanceof Top top && top.input() instanceof Top kept && kept.spare() > 0) {
            return Stream.of(KeepSpareRows.text(top));
        }
        return (operator instanceof Aggregate aggregate
                        && aggregate.keepsRows()
                        && aggregate.input() instanceof Filter filter)
                ? Stream.of(KeepFilters.text(filter))
                : Stream.empty();
    }

    Map<Operator, MaintainedNode> nodesByOperator() {
        Map<Operator, MaintainedNode> result = new LinkedHashMap<>();
        nodes.forEach(node -> result.put(node.operator(), node));
        return result;
    }

    /** The tables that the query reads, with the columns that it uses. */
    public Map<SourceTable, Set<String>> sources() {
        Map<Long, SourceTable> tables = new LinkedHashMap<>();
        Map<SourceTable, Set<String>> result = new LinkedHashMap<>();
        collect(root, tables, result);
        return result;
    }

    /** Whether every column that is read has a hash. */
    public boolean hashes() {
        return hashes(root);
    }

    private static boolean hashes(Operator operator) {
        return (operator instanceof Scan scan)
                ? scan.output().stream().allMatch(column -> column.type().hashable())
                : operator.inputs().stream().allMatch(MaintenancePlan::hashes);
    }

    private static void collect(
            Operator operator, Map<Long, SourceTable> tables, Map<SourceTable, Set<String>> result) {
        if (operator instanceof Scan scan) {
            SourceTable table = tables.computeIfAbsent(scan.table().oid(), oid -> scan.table());
            Set<String> columns = result.computeIfAbsent(table, key -> new LinkedHashSet<>());
            scan.output().stream().map(Column::name).forEach(columns::add);
        }
        operator.inputs().forEach(input -> collect(input, tables, result));
    }

    /** Whether the result can be another one because time has passed. */
    public boolean readsClock() {
        return Crossings.anyReadsClock(root);
    }

    /** Indexes on the sources that would let small deltas look rows up, as DDL. */
    public List<String> missingIndexes() {
        Set<String> missing = new LinkedHashSet<>();
        collectMissing(root, missing);
        for (MaintainedNode node : nodes) {
            // A group is read again when its largest value leaves, for example.
            if (node instanceof StatefulNode group && group.layout().rescans()) {
                missing.addAll(IndexLookup.missing(group.aggregate().input(), grouped(group.aggregate()), List.of()));
            }
        }
        return new ArrayList<>(missing);
    }

    /** The columns of the input by which an aggregate groups; none if it groups by something else as well. */
    private static List<Column> grouped(Aggregate aggregate) {
        List<Column> columns = aggregate.keys().stream()
                .map(NamedExpression::expression)
                .filter(ColumnReference.class::isInstance)
                .map(expression -> ((ColumnReference) expression).column())
                .toList();
        return (columns.size() == aggregate.keys().size()) ? columns : List.of();
    }

    /** Whether an operator reads one table alone: the first rows of a join are no first rows of a table. */
    private static boolean ofTable(Operator operator) {
        return operator instanceof Scan
                || ((operator instanceof Filter || operator instanceof Project)
                        && ofTable(operator.inputs().get(0)));
    }

    /** The order of which an operator reads the first rows alone. */
    private static List<SortKey> order(PartitionWise operator) {
        if (operator instanceof Top top) {
            return top.order();
        }
        return (operator instanceof Ranked ranked) ? ranked.order() : List.of();
    }

    private static void collectMissing(Operator operator, Set<String> missing) {
        if (operator instanceof Join join) {
            missing.addAll(IndexLookup.missing(join.inputs(), join.conditions()));
        }
        if (operator instanceof OuterJoin join) {
            missing.addAll(IndexLookup.missing(join.inputs(), join.conditions()));
        }
        if (operator instanceof MarkJoin join) {
            missing.addAll(IndexLookup.missing(join.inputs(), join.conditions()));
            SingleRowRange range = SingleRowRange.of(join);
            if (range != null) {
                missing.addAll(IndexLookup.missing(join.left(), new ColumnReference(range.column())));
            }
        }
        missing.addAll(Crossings.missingIndexes(operator));
        if (operator instanceof PartitionWise wise && (!wise.partition().isEmpty() || ofTable(wise.input()))) {
            missing.addAll(IndexLookup.missing(wise.input(), wise.partition(), order(wise)));
        }
        operator.inputs().forEach(input -> collectMissing(input, missing));
    }
}
