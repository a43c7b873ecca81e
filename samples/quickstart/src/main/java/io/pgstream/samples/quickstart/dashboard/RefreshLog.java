package io.pgstream.samples.quickstart.dashboard;

import io.pgstream.QualifiedName;
import io.pgstream.RefreshListener;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps the latest refreshes of each stream table in memory: pg-stream calls every {@link RefreshListener} bean. */
final class RefreshLog implements RefreshListener {

    private static final int CAPACITY = 60;

    private final Map<QualifiedName, Entries> tables = new ConcurrentHashMap<>();

    @Override
    public void refreshCompleted(RefreshResult result) {
        if (result.outcome() == RefreshOutcome.DIFFERENTIAL || result.outcome() == RefreshOutcome.FULL) {
            tables.computeIfAbsent(result.name(), name -> new Entries()).add(result);
        }
    }

    /**
     * Returns the latest refreshes that found something to do.
     *
     * @param name the stream table
     * @return the refreshes, the oldest first
     */
    List<RefreshResult> latest(QualifiedName name) {
        Entries entries = tables.get(name);
        return (entries != null) ? entries.list() : List.of();
    }

    /**
     * Returns how many refreshes found something to do.
     *
     * @param name the stream table
     * @return the number since the start of the application
     */
    long count(QualifiedName name) {
        Entries entries = tables.get(name);
        return (entries != null) ? entries.count() : 0;
    }

    private static final class Entries {

        private final Deque<RefreshResult> results = new ArrayDeque<>();

        private long count;

        synchronized void add(RefreshResult result) {
            count++;
            results.addLast(result);
            if (results.size() > CAPACITY) {
                results.removeFirst();
            }
        }

        synchronized List<RefreshResult> list() {
            return List.copyOf(results);
        }

        synchronized long count() {
            return count;
        }
    }
}
