package io.pgstream.engine;

import io.pgstream.QualifiedName;
import io.pgstream.Schedule;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the clock must know of a stream table.
 *
 * @param name the stream table
 * @param schedule when it is refreshed: never {@link Schedule.Calculated}
 * @param age how old its data is by the server's clock, or {@code null} before the first load
 * @param sources the tables that it reads
 * @since 0.1.0
 */
public record ScheduledTable(
        QualifiedName name, Schedule schedule, @Nullable Duration age, List<QualifiedName> sources) {

    public ScheduledTable {
        sources = List.copyOf(sources);
    }
}
