package io.pgstream.refresh;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The queries for which the planner wanted no parallel workers, so that it need not be asked at each full refresh: to plan a join of eight tables takes as long as a
 * small refresh. It is asked again now and then, because tables grow.
 */
final class SequentialQueries {

    private static final int TRUSTED = 10;

    private final Map<String, Integer> left = new ConcurrentHashMap<>();

    /** Whether the planner wanted none lately. */
    boolean isKnown(String query) {
        return left.computeIfPresent(query, (key, times) -> (times <= 1) ? null : times - 1) != null;
    }

    void learn(String query) {
        left.put(query, TRUSTED);
    }
}
