package io.pgstream.engine;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.RefreshMode;
import io.pgstream.Schedule;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Refuses schedules that cannot be kept. */
final class ScheduleCheck {

    private final Duration shortest;

    ScheduleCheck(Duration shortest) {
        this.shortest = shortest;
    }

    /**
     * @param mode how the table will be refreshed
     * @param obstacle why it can only be refreshed fully
     */
    void check(Schedule schedule, RefreshMode mode, @Nullable String obstacle) {
        if (schedule instanceof Schedule.Every every && every.interval().compareTo(shortest) < 0) {
            throw new InvalidDefinitionException(
                    ErrorCode.INVALID_SCHEDULE,
                    "The schedule " + schedule.text() + " is shorter than the shortest allowed one, "
                            + new Schedule.Every(shortest).text() + ".",
                    "Ask for a longer interval, or lower pg-stream.min-schedule.");
        }
        if (schedule instanceof Schedule.Live && mode == RefreshMode.FULL) {
            throw new InvalidDefinitionException(
                    ErrorCode.INVALID_SCHEDULE,
                    "The schedule live follows captured changes, but the table can only be refreshed fully: "
                            + (obstacle == null ? "the mode is FULL" : obstacle) + ".",
                    "Give the table another schedule, such as 30s.");
        }
    }
}
