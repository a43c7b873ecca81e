package io.pgstream.engine;

import io.pgstream.QualifiedName;
import io.pgstream.Schedule;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the clock must know of a stream table.
 *
 * @param id its number
 * @param name the stream table
 * @param schedule when it is refreshed: never {@link Schedule.Calculated}
 * @param age how old its data is by the server's clock, or {@code null} before the first load
 * @param sources the tables that it reads
 * @param group those that are refreshed at one snapshot with it, itself among them, in the order of their refreshes
 * @param together whether they wait until all of them are due
 * @since 0.1.0
 */
public record ScheduledTable(
        long id,
        QualifiedName name,
        Schedule schedule,
        @Nullable Duration age,
        List<QualifiedName> sources,
        List<QualifiedName> group,
        boolean together) {

    public ScheduledTable {
        sources = List.copyOf(sources);
        group = List.copyOf(group);
    }

    /** The same table when its data has another age. */
    ScheduledTable aged(@Nullable Duration newAge) {
        return new ScheduledTable(id, name, schedule, newAge, sources, group, together);
    }
}
