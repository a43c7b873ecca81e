package io.pgstream.delta;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * About how many rows have changed, by table: programs are made for orders of magnitude, so that the next refresh finds
 * one that is prepared.
 *
 * @param rows an upper bound by the object identifier of each table that has changed
 * @param lookUp whether the changes are few beside the tables, so that rows are looked up
 * @since 0.1.0
 */
public record ChangeCounts(Map<Long, Long> rows, boolean lookUp) {

    /** Nothing has changed. */
    public static final ChangeCounts NONE = new ChangeCounts(Map.of(), false);

    private static final int SMALLEST = 64;

    private static final int STEP = 4;

    public ChangeCounts {
        rows = Map.copyOf(rows);
    }

    /** Rounds the exact numbers of changes up. */
    public static ChangeCounts of(Map<Long, Long> exact, boolean lookUp) {
        Map<Long, Long> rows = new TreeMap<>();
        exact.forEach((table, count) -> rows.put(table, lookUp ? magnitude(count) : Long.MAX_VALUE));
        return new ChangeCounts(rows, lookUp);
    }

    /** The same small number of changes in each of the tables. */
    public static ChangeCounts few(Set<Long> tables) {
        Map<Long, Long> rows = new TreeMap<>();
        tables.forEach(table -> rows.put(table, (long) SMALLEST));
        return new ChangeCounts(rows, true);
    }

    private static long magnitude(long count) {
        long magnitude = SMALLEST;
        while (magnitude < count) {
            magnitude *= STEP;
        }
        return magnitude;
    }

    boolean changed(long table) {
        return rows.containsKey(table);
    }

    /** What is most likely for all tables together. */
    double all() {
        return rows.values().stream().mapToDouble(count -> count / 2.0).sum();
    }

    /** What is most likely for a table, between the bound and the next lower one. */
    double of(long table) {
        return rows.getOrDefault(table, 0L) / 2.0;
    }
}
