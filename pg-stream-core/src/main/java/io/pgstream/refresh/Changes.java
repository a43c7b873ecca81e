package io.pgstream.refresh;

import io.pgstream.catalog.FrontierRow;
import io.pgstream.plan.expr.Clock;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a refresh has to follow.
 *
 * @param sources how many changes each table has that has changed, by their numbers
 * @param rows how many changes there are
 * @param marker why they are not all there is to know; {@code null} if they are
 * @param counted whether they were counted; otherwise the sizes of the buffers say how many there may be
 * @param backlog whether some of them wait in a backlog
 */
record Changes(Map<Long, Long> sources, long rows, @Nullable String marker, boolean counted, boolean backlog) {

    /** What has been captured since the frontier. */
    static Changes of(FrontierRow read) {
        FrontierRow.Captured captured = read.captured();
        return of(
                captured.changes(),
                captured.marked() ? "a source was truncated or altered" : null,
                true,
                captured.backlog());
    }

    /** What the buffers hold by their sizes. */
    static Changes estimated(Map<Long, Long> sources) {
        return of(sources, null, false, true);
    }

    private static Changes of(Map<Long, Long> sources, @Nullable String marker, boolean counted, boolean backlog) {
        long rows = sources.values().stream().mapToLong(Long::longValue).sum();
        return new Changes(sources, rows, marker, counted, backlog);
    }

    /** With rows that the time changes something for; it may do so for what the changes bring, too. */
    Changes and(long crossed) {
        Map<Long, Long> all = new HashMap<>(sources);
        if (rows + crossed > 0) {
            all.put(Clock.SOURCE, crossed);
        }
        return new Changes(all, rows + crossed, marker, counted, backlog);
    }
}
