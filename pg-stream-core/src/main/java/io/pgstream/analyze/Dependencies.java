package io.pgstream.analyze;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Lateral;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.OneRow;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.PartitionWise;
import io.pgstream.plan.Project;
import io.pgstream.plan.Recursion;
import io.pgstream.plan.Scan;
import io.pgstream.plan.Top;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.NullSafeEquality;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The functional dependencies that hold in the output of an operator, and the columns that tell its rows apart.
 */
final class Dependencies {

    private record Dependency(Set<Column> from, Set<Column> to) {}

    private final List<Dependency> dependencies = new ArrayList<>();

    /** Columns that no two rows share, or {@code null} where rows can be duplicates. */
    private final @Nullable Set<Column> determinant;

    Dependencies(Operator operator) {
        this.determinant = visit(operator);
    }

    private @Nullable Set<Column> visit(Operator operator) {
        if (operator instanceof Scan scan) {
            return scan(scan);
        }
        if (operator instanceof Filter filter) {
            filter.conditions().forEach(this::equality);
            return visit(filter.input());
        }
        if (operator instanceof Project project) {
            project.items().forEach(this::item);
            return visit(project.input());
        }
        if (operator instanceof Join join) {
            join.conditions().forEach(this::equality);
            return join(join);
        }
        if (operator instanceof MarkJoin join) {
            Set<Column> rows = visit(join.left());
            if (rows != null) {
                dependencies.add(new Dependency(rows, Set.of(join.mark())));
            }
            return rows;
        }
        if (operator instanceof OuterJoin join) {
            return outer(join);
        }
        if (operator instanceof OneRow) {
            return Set.of();
        }
        if (operator instanceof Lateral lateral) {
            return lateral(lateral);
        }
        if (operator instanceof PartitionWise partitionWise) {
            Set<Column> below = visit(partitionWise.input());
            if (!(operator instanceof Top top) || top.partition().isEmpty()) {
                return below;
            }
            Set<Column> partition = new LinkedHashSet<>(top.partition());
            dependencies.add(new Dependency(partition, Set.copyOf(top.output())));
            return partition;
        }
        if (operator instanceof Recursion recursion && recursion.distinct()) {
            return new LinkedHashSet<>(recursion.output());
        }
        if (operator instanceof Aggregate aggregate && aggregate.keepsRows()) {
            return visit(aggregate.input());
        }
        if (operator instanceof Aggregate aggregate) {
            Set<Column> keys = new LinkedHashSet<>();
            aggregate.keys().forEach(key -> keys.add(key.column()));
            dependencies.add(new Dependency(keys, Set.copyOf(aggregate.output())));
            return keys;
        }
        return null;
    }

    /** The numbers of a source tell apart what it makes of one row. */
    private @Nullable Set<Column> lateral(Lateral lateral) {
        Set<Column> rows = visit(lateral.input());
        Column ordinality = lateral.ordinality();
        if (rows == null || ordinality == null) {
            return null;
        }
        Set<Column> key = union(rows, Set.of(ordinality));
        dependencies.add(new Dependency(key, Set.copyOf(lateral.output())));
        return key;
    }

    private @Nullable Set<Column> outer(OuterJoin join) {
        Set<Column> kept = join.full() ? filled(join.left()) : visit(join.left());
        if (kept != null && !join.full() && onePartner(join)) {
            dependencies.add(new Dependency(kept, Set.copyOf(join.right().output())));
            return kept;
        }
        Set<Column> filled = filled(join.right());
        return (kept == null || filled == null) ? null : union(kept, filled);
    }

    /**
     * Whether the conditions bind a key of the right side, so that each row of the left side is put out once. Subqueries are joined by columns that
     * can be NULL with a null-safe comparison.
     */
    private static boolean onePartner(OuterJoin join) {
        List<Expression> conditions =
                join.conditions().stream().map(NullSafeEquality::asEquality).toList();
        return partnerKey(join.right(), conditions) != null;
    }

    /** Of the conditions, the equalities that bind a key of an operator; {@code null} if they do not. */
    static @Nullable List<Expression> partnerKey(Operator operator, List<Expression> conditions) {
        Dependencies dependencies = new Dependencies(operator);
        Set<Column> columns = new HashSet<>(operator.output());
        List<Expression> equalities = new ArrayList<>();
        Set<Column> bound = new HashSet<>();
        for (Expression condition : conditions) {
            if (condition instanceof Equality equality
                    && equality.tellsApart()
                    && (addBound(equality.left(), equality.right(), columns, bound)
                            || addBound(equality.right(), equality.left(), columns, bound))) {
                equalities.add(equality);
            }
        }
        Set<Column> key = dependencies.determinant;
        return (key != null && dependencies.closure(bound).containsAll(key)) ? equalities : null;
    }

    private static boolean addBound(Expression side, Expression other, Set<Column> columns, Set<Column> bound) {
        return side instanceof ColumnReference reference
                && columns.contains(reference.column())
                && other.columns().stream().noneMatch(columns::contains)
                && bound.add(reference.column());
    }

    /**
     * The side of an outer join that is filled with NULLs. Of what holds below, only a key with a column that is never
     * NULL there is sure to hold above: a row of NULLs is then no row of the side's own.
     */
    private @Nullable Set<Column> filled(Operator side) {
        List<Column> key = new Dependencies(side).key(side.output());
        if (key == null || key.stream().allMatch(Column::nullable)) {
            return null;
        }
        Set<Column> columns = new LinkedHashSet<>(key);
        dependencies.add(new Dependency(columns, Set.copyOf(side.output())));
        return columns;
    }

    private static Set<Column> union(Set<Column> first, Set<Column> second) {
        Set<Column> both = new LinkedHashSet<>(first);
        both.addAll(second);
        return both;
    }

    private @Nullable Set<Column> scan(Scan scan) {
        Set<Column> first = null;
        for (List<String> key : scan.table().keys()) {
            Set<Column> columns = new LinkedHashSet<>();
            for (String name : key) {
                columnOf(scan, name).ifPresent(columns::add);
            }
            if (columns.size() == key.size()) {
                dependencies.add(new Dependency(columns, Set.copyOf(scan.output())));
                first = (first == null) ? columns : first;
            }
        }
        return first;
    }

    private static Optional<Column> columnOf(Scan scan, String name) {
        return scan.output().stream()
                .filter(column -> column.name().equals(name))
                .findFirst();
    }

    private @Nullable Set<Column> join(Join join) {
        Set<Column> all = new LinkedHashSet<>();
        boolean bag = false;
        for (Operator input : join.inputs()) {
            Set<Column> columns = visit(input);
            if (columns == null) {
                bag = true;
            } else {
                all.addAll(columns);
            }
        }
        return bag ? null : all;
    }

    private void item(NamedExpression item) {
        if (item.expression() instanceof ColumnReference reference) {
            equal(item.column(), reference.column());
        }
    }

    private void equality(Expression condition) {
        if (NullSafeEquality.asEquality(condition) instanceof Equality equality
                && equality.tellsApart()
                && equality.left() instanceof ColumnReference left
                && equality.right() instanceof ColumnReference right) {
            equal(left.column(), right.column());
        }
    }

    private void equal(Column left, Column right) {
        dependencies.add(new Dependency(Set.of(left), Set.of(right)));
        dependencies.add(new Dependency(Set.of(right), Set.of(left)));
    }

    private Set<Column> closure(Set<Column> start) {
        Set<Column> closure = new HashSet<>(start);
        boolean grows = true;
        while (grows) {
            grows = false;
            for (Dependency dependency : dependencies) {
                if (closure.containsAll(dependency.from())) {
                    grows |= closure.addAll(dependency.to());
                }
            }
        }
        return closure;
    }

    /** Whether the given columns tell which row of an operator below is meant. */
    boolean determines(List<Column> columns, Operator below) {
        Set<Column> other = new Dependencies(below).determinant;
        return other != null && closure(new HashSet<>(columns)).containsAll(other);
    }

    /** A smallest set of the given columns that no two rows share, in their order; {@code null} if there is none. */
    @Nullable
    List<Column> key(List<Column> columns) {
        if (determinant == null || !closure(new HashSet<>(columns)).containsAll(determinant)) {
            return null;
        }
        List<Column> key = new ArrayList<>(columns);
        for (int i = columns.size() - 1; i >= 0; i--) {
            List<Column> smaller = new ArrayList<>(key);
            smaller.remove(columns.get(i));
            if (closure(new HashSet<>(smaller)).containsAll(determinant)) {
                key = smaller;
            }
        }
        return List.copyOf(key);
    }
}
