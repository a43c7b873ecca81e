package io.pgstream.engine;

import io.pgstream.QualifiedName;
import io.pgstream.RefreshListener;
import io.pgstream.RefreshResult;
import io.pgstream.RefreshRun;
import io.pgstream.RefreshTrigger;
import io.pgstream.refresh.Refresher;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who follow refreshes from their beginning to their end. */
final class RunFollowers {

    private static final Logger LOG = LoggerFactory.getLogger(RunFollowers.class);

    private final List<RefreshListener> listeners;

    RunFollowers(List<RefreshListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    /** Runs a refresh with everybody who follows it; those that began last are told of the end first. */
    List<RefreshResult> follow(
            List<QualifiedName> tables, Refresher.Request request, Supplier<List<RefreshResult>> refresh) {
        if (listeners.isEmpty()) {
            return refresh.get();
        }
        List<RefreshRun> runs = start(tables, trigger(request));
        List<RefreshResult> results;
        try {
            results = refresh.get();
        } catch (RuntimeException e) {
            tell(runs, run -> run.failed(e));
            throw e;
        }
        tell(runs, run -> run.completed(results));
        return results;
    }

    private List<RefreshRun> start(List<QualifiedName> tables, RefreshTrigger trigger) {
        List<RefreshRun> runs = new ArrayList<>();
        for (RefreshListener listener : listeners) {
            try {
                RefreshRun run = listener.refreshStarting(tables, trigger);
                if (run != null) {
                    runs.add(run);
                }
            } catch (RuntimeException e) {
                LOG.warn("{}: a listener failed", tables, e);
            }
        }
        Collections.reverse(runs);
        return runs;
    }

    private static void tell(List<RefreshRun> runs, Consumer<RefreshRun> news) {
        for (RefreshRun run : runs) {
            try {
                news.accept(run);
            } catch (RuntimeException e) {
                LOG.warn("A listener failed", e);
            }
        }
    }

    private static RefreshTrigger trigger(Refresher.Request request) {
        return switch (request) {
            case SCHEDULED -> RefreshTrigger.SCHEDULE;
            case REQUESTED -> RefreshTrigger.REQUEST;
            case FORCED -> RefreshTrigger.FULL_REQUEST;
        };
    }
}
