package io.pgstream.plan;

import io.pgstream.QualifiedName;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A table that a query reads, as the catalog of PostgreSQL describes it.
 *
 * @param oid the table's object identifier
 * @param name the table, with its schema
 * @param keys the column sets that are unique and never NULL, the primary key first
 * @param indexes the leading columns of each valid, complete btree index
 * @param rows the planner's estimate of its rows; not positive if unknown
 * @param distinct the planner's estimate of the number of different values, by column, as far as it knows
 * @since 0.1.0
 */
public record SourceTable(
        long oid,
        QualifiedName name,
        List<List<String>> keys,
        List<List<String>> indexes,
        long rows,
        Map<String, Double> distinct) {

    /** What is assumed to be found at one value of a column of which nothing is known. */
    private static final double ROWS_PER_VALUE = 10;

    /** Fewer rows are cheaper to look at than to look for in two indexes. */
    private static final double FEW_ROWS = 100;

    public SourceTable {
        keys = keys.stream().map(List::copyOf).toList();
        indexes = indexes.stream().map(List::copyOf).toList();
        distinct = Map.copyOf(distinct);
    }

    /** Whether an index starts with exactly these columns, in any order, or with some of them. */
    public boolean canProbe(Collection<String> columns) {
        return indexes.stream().anyMatch(index -> columns.contains(index.get(0)));
    }

    /**
     * How many rows the best index finds for one value of each of these columns.
     *
     * @return an estimate, or infinity if no index starts with one of them
     */
    public double fetched(Collection<String> columns) {
        List<String> best = found(columns);
        return best.isEmpty() ? Double.POSITIVE_INFINITY : rowsPerValue(best);
    }

    /** The first column of the index that finds the fewest rows by some columns; none if there is no such index. */
    public Optional<String> foundBy(Collection<String> columns) {
        return found(columns).stream().findFirst();
    }

    /** Those of some columns that the index which finds the fewest rows by them begins with; none if there is no such index. */
    private List<String> found(Collection<String> columns) {
        List<String> best = List.of();
        for (List<String> index : indexes) {
            List<String> bound = index.stream().takeWhile(columns::contains).toList();
            if (!bound.isEmpty() && (best.isEmpty() || rowsPerValue(bound) < rowsPerValue(best))) {
                best = bound;
            }
        }
        return best;
    }

    /**
     * Those of some columns that are not needed to find few rows, and for which the planner would read another index as well.
     *
     * @param columns the columns that have a value
     */
    public Set<String> besides(Collection<String> columns) {
        List<String> found = found(columns);
        Set<String> others = new TreeSet<>(columns);
        others.removeAll(found);
        return (!found.isEmpty() && rowsPerValue(found) <= FEW_ROWS && canProbe(others)) ? others : Set.of();
    }

    /** An estimate of how many rows have the same values in these columns. */
    public double rowsPerValue(Collection<String> columns) {
        if (keys.stream().anyMatch(columns::containsAll)) {
            return 1;
        }
        double values = 1;
        boolean known = rows > 0;
        for (String column : columns) {
            Double different = distinct.get(column);
            known &= different != null;
            values *= (different == null) ? 1 : different;
        }
        return known ? Math.max(1, rows / values) : ROWS_PER_VALUE;
    }
}
