package io.pgstream.delta;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Lateral;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.OneRow;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.Project;
import io.pgstream.plan.Relation;
import io.pgstream.plan.Scan;
import io.pgstream.plan.SortKey;
import io.pgstream.plan.SourceTable;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import io.pgstream.sql.Identifiers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether an input can be looked up by equalities, through an index of a table or of a state below it.
 *
 * @param fetched how many rows one lookup fetches; infinite if there is no index
 * @param matched how many rows of the table below one row of the other side meets
 * @param equated whether an equality binds a column of a table below
 * @param constant whether the input reads no table
 */
record IndexLookup(double fetched, double matched, boolean equated, boolean constant) {

    /** Tables of up to this many rows are as cheap to read as to look up. */
    private static final long TINY_TABLE = 200;

    /** Of what part of a table on it pays to find it by an index. */
    private static final double SMALL_PART = 0.02;

    /** A column of an input as the column of the table or state that it comes from. */
    record Leaf(Operator operator, Column column) {}

    /** What is assumed to be found in a state by its index. */
    private static final double STATE_ROWS = 2;

    /** Whether an input can be looked up by equalities with what is bound, or is as cheap to read as to look up. */
    static boolean cheap(Operator input, Set<Column> bound, List<Expression> conditions) {
        return of(input, bound, conditions).fetched() < Double.POSITIVE_INFINITY;
    }

    /** What is known of looking an input up by equalities with what is bound. */
    static IndexLookup of(Operator input, Set<Column> bound, List<Expression> conditions) {
        if (constant(input)) {
            return new IndexLookup(1, 1, false, true);
        }
        double fetched = Double.POSITIVE_INFINITY;
        double matched = Double.POSITIVE_INFINITY;
        Map<Operator, Set<String>> equated = equated(input, bound, conditions);
        for (Map.Entry<Operator, Set<String>> entry : equated.entrySet()) {
            Set<String> names = entry.getValue();
            if (entry.getKey() instanceof Scan scan) {
                SourceTable table = scan.table();
                boolean tiny = table.rows() > 0 && table.rows() <= TINY_TABLE;
                fetched = Math.min(fetched, tiny ? Math.min(table.fetched(names), table.rows()) : table.fetched(names));
                matched = Math.min(matched, table.rowsPerValue(names));
            } else if (entry.getKey() instanceof Relation relation) {
                for (Relation.Lookup index : indexes(relation, names)) {
                    fetched = Math.min(fetched, Math.min(index.rows(), STATE_ROWS));
                    matched = Math.min(matched, index.rows());
                }
            }
        }
        return new IndexLookup(fetched, matched, !equated.isEmpty(), false);
    }

    /** The indexes of a state that find rows by columns of these names. */
    private static List<Relation.Lookup> indexes(Relation relation, Set<String> names) {
        List<Relation.Lookup> usable = new ArrayList<>();
        if (!relation.indexed().isEmpty()
                && names.contains(relation.indexed().get(0).name())) {
            // The index of a state is on all of its key.
            boolean one = relation.indexed().stream().allMatch(column -> names.contains(column.name()));
            usable.add(new Relation.Lookup(relation.indexed(), one ? 1 : STATE_ROWS));
        }
        relation.lookups().stream()
                .filter(index -> names.contains(index.columns().get(0).name()))
                .forEach(usable::add);
        return usable;
    }

    /** Whether an input reads no table: a list of values, say. */
    private static boolean constant(Operator operator) {
        return operator instanceof OneRow
                || (!operator.inputs().isEmpty() && operator.inputs().stream().allMatch(IndexLookup::constant));
    }

    /** The names of the columns of each leaf that an equality binds. */
    private static Map<Operator, Set<String>> equated(Operator input, Set<Column> bound, List<Expression> conditions) {
        Map<Column, Leaf> leaves = leaves(input);
        Map<Operator, Set<String>> names = new LinkedHashMap<>();
        for (Expression condition : conditions) {
            if (condition instanceof Equality equality) {
                add(equality.left(), equality.right(), leaves, bound, names);
                add(equality.right(), equality.left(), leaves, bound, names);
            }
        }
        return names;
    }

    private static void add(
            Expression side,
            Expression other,
            Map<Column, Leaf> leaves,
            Set<Column> bound,
            Map<Operator, Set<String>> names) {
        if (side instanceof ColumnReference reference && bound.containsAll(other.columns())) {
            Leaf leaf = leaves.get(reference.column());
            if (leaf != null) {
                names.computeIfAbsent(leaf.operator(), key -> new TreeSet<>())
                        .add(leaf.column().name());
            }
        }
    }

    /** Where the columns come from whose values a condition can be checked by before the operator is computed. */
    private static Map<Column, Leaf> leaves(Operator operator) {
        return leaves(operator, leaf -> leaf instanceof Scan || leaf instanceof Relation);
    }

    /** @param isLeaf what rows are looked up in, in this tree */
    static Map<Column, Leaf> leaves(Operator operator, Predicate<Operator> isLeaf) {
        if (isLeaf.test(operator)) {
            Map<Column, Leaf> result = new HashMap<>();
            operator.output().forEach(column -> result.put(column, new Leaf(operator, column)));
            return result;
        }
        if (operator instanceof Filter || operator instanceof MarkJoin || operator instanceof Lateral) {
            return leaves(operator.inputs().get(0), isLeaf);
        }
        if (operator instanceof OuterJoin join) {
            return join.full() ? Map.of() : leaves(join.left(), isLeaf);
        }
        if (operator instanceof Join join) {
            Map<Column, Leaf> result = new HashMap<>();
            join.inputs().forEach(input -> result.putAll(leaves(input, isLeaf)));
            return result;
        }
        if (operator instanceof Project project) {
            Map<Column, Leaf> below = leaves(project.input(), isLeaf);
            Map<Column, Leaf> result = new HashMap<>();
            for (NamedExpression item : project.items()) {
                if (item.expression() instanceof ColumnReference reference && below.containsKey(reference.column())) {
                    result.put(item.column(), below.get(reference.column()));
                }
            }
            return result;
        }
        return Map.of();
    }

    /**
     * The column of a row in whose order rows meet those of an input through the index that finds the fewest; {@code null} if there is none.
     *
     * @param bound the columns of the row
     * @param large which tables and states matter
     */
    static @Nullable Column order(
            Operator input, List<Column> bound, List<Expression> conditions, Predicate<Operator> large) {
        Map<Column, Leaf> leaves = leaves(input);
        Map<Operator, Set<String>> equated = equated(input, new HashSet<>(bound), conditions);
        return conditions.stream()
                .filter(Equality.class::isInstance)
                .map(Equality.class::cast)
                .flatMap(equality -> Stream.of(equality, new Equality(equality.right(), equality.left())))
                .filter(equality -> equality.left() instanceof ColumnReference met
                        && equality.right() instanceof ColumnReference other
                        && bound.contains(other.column())
                        && other.column().type().brief()
                        && leaves.containsKey(met.column())
                        && large.test(leaves.get(met.column()).operator())
                        && leads(leaves.get(met.column()), equated))
                .map(equality -> ((ColumnReference) equality.right()).column())
                .findFirst()
                .orElse(null);
    }

    /** Whether the index that finds the fewest rows by what is equated begins with a column. */
    private static boolean leads(Leaf leaf, Map<Operator, Set<String>> equated) {
        Set<String> names = equated.getOrDefault(leaf.operator(), Set.of());
        if (leaf.operator() instanceof Scan scan) {
            return scan.table()
                    .foundBy(names)
                    .filter(leaf.column().name()::equals)
                    .isPresent();
        }
        return leaf.operator() instanceof Relation relation
                && indexes(relation, names).stream()
                        .min(Comparator.comparingDouble(Relation.Lookup::rows))
                        .filter(index -> index.columns().get(0).equals(leaf.column()))
                        .isPresent();
    }

    /** The lookups between these inputs that have no index: each as the statement that would make one. */
    static List<String> missing(List<Operator> inputs, List<Expression> conditions) {
        List<String> missing = new ArrayList<>();
        for (Operator input : inputs) {
            Set<Column> others = new HashSet<>();
            inputs.stream().filter(other -> other != input).forEach(other -> others.addAll(other.output()));
            if (cheap(input, others, conditions)) {
                continue;
            }
            equated(input, others, conditions).forEach((leaf, names) -> {
                if (leaf instanceof Scan scan && scan.table().rows() > TINY_TABLE) {
                    missing.add("CREATE INDEX ON "
                            + Identifiers.quote(scan.table().name()) + " (" + Identifiers.quoteAll(names) + ")");
                }
            });
        }
        return missing;
    }

    /** Whether an index of a table finds the rows of an input by a range of one column. */
    static boolean ranged(Operator input, ColumnReference column) {
        Leaf leaf = leaves(input).get(column.column());
        return leaf != null
                && leaf.operator() instanceof Scan scan
                && scan.table().canProbe(Set.of(leaf.column().name()));
    }

    /** The index that would find the rows of an input by a range of one column, if a table that is not tiny has none. */
    static List<String> missing(Operator input, Expression column) {
        Leaf leaf =
                (column instanceof ColumnReference reference) ? leaves(input).get(reference.column()) : null;
        if (leaf == null
                || !(leaf.operator() instanceof Scan scan)
                || scan.table().rows() <= TINY_TABLE
                || scan.table().canProbe(Set.of(leaf.column().name()))) {
            return List.of();
        }
        return List.of("CREATE INDEX ON " + Identifiers.quote(scan.table().name()) + " ("
                + Identifiers.quoteAll(Set.of(leaf.column().name())) + ")");
    }

    /**
     * The index that would give the first rows of a partition, or all of a small one, if a table that is not tiny has none for its columns.
     *
     * @param partition the columns by which rows are asked for
     * @param order the order in which they are asked for, if only the first ones are read
     */
    static List<String> missing(Operator input, List<Column> partition, List<SortKey> order) {
        Map<Column, Leaf> leaves = leaves(input);
        Set<Column> columns = new LinkedHashSet<>(partition);
        order.forEach(key -> columns.add(key.column()));
        List<Leaf> found = columns.stream().map(leaves::get).toList();
        if (found.isEmpty() || found.contains(null) || !(found.get(0).operator() instanceof Scan scan)) {
            return List.of();
        }
        SourceTable table = scan.table();
        List<String> names = found.stream().map(leaf -> leaf.column().name()).toList();
        boolean one = found.stream().allMatch(leaf -> leaf.operator() == scan);
        // Of large parts of a table it is as well to read all.
        boolean large = order.isEmpty() && table.rowsPerValue(names) > SMALL_PART * table.rows();
        return (!one
                        || large
                        || table.rows() <= TINY_TABLE
                        || table.canProbe(names.subList(0, Math.max(1, partition.size()))))
                ? List.of()
                : List.of("CREATE INDEX ON " + Identifiers.quote(table.name()) + " (" + Identifiers.quoteAll(names)
                        + ")");
    }
}
