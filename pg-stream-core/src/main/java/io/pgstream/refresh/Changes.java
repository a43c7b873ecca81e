package io.pgstream.refresh;

import io.pgstream.plan.expr.Clock;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a refresh has to follow.
 *
 * @param sources the tables that have changed, by their numbers
 * @param rows how many changes there are
 * @param marker why they are not all there is to know; {@code null} if they are
 */
record Changes(Set<Long> sources, long rows, @Nullable String marker) {

    static final Changes NONE = new Changes(Set.of(), 0, null);

    /** With rows that the time changes something for; it may do so for what the changes bring, too. */
    Changes and(long crossed) {
        Set<Long> all = new HashSet<>(sources);
        if (rows + crossed > 0) {
            all.add(Clock.SOURCE);
        }
        return new Changes(all, rows + crossed, marker);
    }
}
