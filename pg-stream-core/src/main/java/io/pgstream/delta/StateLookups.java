package io.pgstream.delta;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.Recursion;
import io.pgstream.plan.Relation;
import io.pgstream.plan.Scan;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * By which columns the rows of states are looked for, where the index on the key does not lead to them: orders by day and customer are
 * joined by their customer. Without an index of its own such a state is read as a whole for a delta of a few rows.
 */
final class StateLookups {

    /** Each index is one more to write when a group comes or goes. */
    private static final int AT_MOST = 2;

    /** What is assumed to be found at one value of which nothing is known. */
    private static final double ROWS_PER_VALUE = 10;

    private final Map<Operator, StatefulNode> states = new HashMap<>();

    /** By the operator of the state: the keys that are compared with what one other input binds. */
    private final Map<Operator, Set<List<Column>>> columns = new LinkedHashMap<>();

    private StateLookups(List<MaintainedNode> nodes) {
        for (MaintainedNode node : nodes) {
            if (node instanceof StatefulNode state && state.ownTable()) {
                states.put(state.operator(), state);
            }
        }
    }

    static StateLookups of(Operator root, List<MaintainedNode> nodes) {
        StateLookups lookups = new StateLookups(nodes);
        lookups.collect(root);
        return lookups;
    }

    /** A node with the indexes that its state needs besides the one on its key. */
    MaintainedNode indexed(MaintainedNode node) {
        Set<List<Column>> wanted = columns.getOrDefault(node.operator(), Set.of());
        return (node instanceof StatefulNode state)
                ? state.foundBy(wanted.stream()
                        .limit(AT_MOST)
                        .map(lookup -> new Relation.Lookup(lookup, rows(state, lookup)))
                        .toList())
                : node;
    }

    /** Of what a filter leaves of a table, as many rows are counted as the whole table has; how many are left is known besides. */
    private static double rows(StatefulNode node, List<Column> lookup) {
        boolean kept = node.aggregate().keepsRows()
                && node.aggregate().input() instanceof Filter filter
                && filter.input() instanceof Scan;
        return kept
                ? ((Scan) node.aggregate().input().inputs().get(0))
                        .table()
                        .rowsPerValue(lookup.stream().map(Column::name).toList())
                : ROWS_PER_VALUE;
    }

    private void collect(Operator operator) {
        if (operator instanceof Recursion) {
            return;
        }
        if (operator instanceof Join join) {
            for (Operator input : join.inputs()) {
                for (Operator other : join.inputs()) {
                    if (other != input) {
                        add(input, other, join.conditions());
                    }
                }
            }
        } else if (operator instanceof MarkJoin join) {
            // One row of the left side is looked for in what the right side joins, in the order that is best for it.
            List<Expression> all = new ArrayList<>(join.conditions());
            conditions(join.right(), all);
            add(join.right(), join.left(), all);
            add(join.left(), join.right(), join.conditions());
        } else if (operator instanceof OuterJoin join) {
            add(join.right(), join.left(), join.conditions());
            add(join.left(), join.right(), join.conditions());
        }
        operator.inputs().forEach(this::collect);
    }

    private static void conditions(Operator operator, List<Expression> all) {
        if (operator instanceof Join join) {
            all.addAll(join.conditions());
            join.inputs().forEach(input -> conditions(input, all));
        }
    }

    /** Finds the keys of states in an input that the rows of another one say the values of. */
    private void add(Operator input, Operator other, List<Expression> conditions) {
        Set<Column> bound = new LinkedHashSet<>(other.output());
        boolean more = true;
        while (more) {
            more = false;
            for (Expression condition : conditions) {
                if (condition instanceof Equality equality) {
                    more |= bind(equality.left(), equality.right(), bound)
                            | bind(equality.right(), equality.left(), bound);
                }
            }
        }
        other.output().forEach(bound::remove);
        Map<Column, IndexLookup.Leaf> leaves = IndexLookup.leaves(input, states::containsKey);
        Map<StatefulNode, Set<Column>> found = new LinkedHashMap<>();
        for (Column column : bound) {
            IndexLookup.Leaf leaf = leaves.get(column);
            if (leaf != null) {
                StatefulNode node = Objects.requireNonNull(states.get(leaf.operator()));
                if (node.layout().keys().contains(leaf.column())) {
                    found.computeIfAbsent(node, state -> new LinkedHashSet<>()).add(leaf.column());
                }
            }
        }
        found.forEach((node, keys) -> {
            List<Column> lookup = lookup(node, keys);
            if (!lookup.isEmpty()) {
                columns.computeIfAbsent(node.operator(), key -> new LinkedHashSet<>())
                        .add(lookup);
            }
        });
    }

    private static boolean bind(Expression side, Expression other, Set<Column> bound) {
        return side instanceof ColumnReference reference
                && !other.columns().isEmpty()
                && bound.containsAll(other.columns())
                && bound.add(reference.column());
    }

    /** What an index is made on: none where the one on the key serves, a hash where a value can be too long for a btree. */
    private static List<Column> lookup(StatefulNode node, Set<Column> keys) {
        List<Column> all = node.layout().keys();
        if (node.state().fits() && keys.contains(all.get(0))) {
            return List.of();
        }
        List<Column> bounded = all.stream()
                .filter(keys::contains)
                .filter(column -> !column.type().unbounded())
                .toList();
        return bounded.isEmpty() ? all.stream().filter(keys::contains).limit(1).toList() : bounded;
    }
}
