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
 */
record Changes(Map<Long, Long> sources, long rows, @Nullable String marker) {

    /** What has been captured since the frontier. */
    static Changes of(FrontierRow read) {
        long rows = read.changes().values().stream().mapToLong(Long::longValue).sum();
        return new Changes(read.changes(), rows, read.marked() ? "a source was truncated or altered" : null);
    }

    /** With rows that the time changes something for; it may do so for what the changes bring, too. */
    Changes and(long crossed) {
        Map<Long, Long> all = new HashMap<>(sources);
        if (rows + crossed > 0) {
            all.put(Clock.SOURCE, crossed);
        }
        return new Changes(all, rows + crossed, marker);
    }
}
