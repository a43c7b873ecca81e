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
        return of(read, read.captured().changes());
    }

    /**
     * The same where not all was counted.
     *
     * @param sources how many changes each table has that has changed, or about how many
     */
    static Changes of(FrontierRow read, Map<Long, Long> sources) {
        FrontierRow.Captured captured = read.captured();
        return of(
                sources,
                captured.marked() ? "a source was truncated or altered" : null,
                captured.uncounted().isEmpty(),
                captured.backlog());
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
