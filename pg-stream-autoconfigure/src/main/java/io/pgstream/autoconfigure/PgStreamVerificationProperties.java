package io.pgstream.autoconfigure;

import io.pgstream.QualifiedName;
import io.pgstream.Schedule;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of scheduled verifications.
 *
 * @param schedule When each stream table is compared with its query: a duration of at least a minute, a cron expression, or
 *     'off'.
 * @param sampleRows How many rows of a stream table are compared at a time, the next ones each time; 0 for all.
 * @param repair Whether a stream table that differs from its query is refreshed fully.
 * @param tables Stream tables that are compared at other times.
 * @since 0.1.0
 */
@ConfigurationProperties("pg-stream.verification")
public record PgStreamVerificationProperties(
        @DefaultValue(OFF) String schedule,
        @DefaultValue("100000") long sampleRows,
        @DefaultValue("false") boolean repair,
        @DefaultValue List<Table> tables) {

    static final String OFF = "off";

    private static final Duration SHORTEST = Duration.ofMinutes(1);

    public PgStreamVerificationProperties {
        tables = List.copyOf(tables);
        SettingChecks.inRange("verification.sample-rows", sampleRows, 0, Integer.MAX_VALUE);
        parse("verification.schedule", schedule);
        for (Table table : tables) {
            if (table.name() == null) {
                throw SettingChecks.invalid(
                        "verification.tables", table, "an entry has no name", "Give each entry a name.");
            }
            parse("verification.tables", table.schedule());
        }
    }

    /** When a stream table is compared. */
    @Nullable
    Schedule scheduleOf(QualifiedName name) {
        Map<QualifiedName, String> own = new HashMap<>();
        for (Table table : tables) {
            own.put(QualifiedName.parse(String.valueOf(table.name())), table.schedule());
        }
        String text = own.getOrDefault(name, own.getOrDefault(new QualifiedName(null, name.name()), schedule));
        return parse("verification.schedule", text);
    }

    boolean anything() {
        return !schedule.equals(OFF)
                || tables.stream().anyMatch(table -> !table.schedule().equals(OFF));
    }

    private static @Nullable Schedule parse(String setting, String text) {
        if (text.equals(OFF)) {
            return null;
        }
        Schedule schedule = SettingChecks.schedule(setting, text);
        boolean possible = schedule instanceof Schedule.Cron
                || schedule instanceof Schedule.Every every && every.interval().compareTo(SHORTEST) >= 0;
        if (!possible) {
            throw SettingChecks.invalid(
                    setting,
                    text,
                    "verifications come at an interval of at least a minute, or by a cron expression",
                    "Set it to a duration such as 1d, a cron expression such as '0 3 * * *', or 'off'.");
        }
        return schedule;
    }

    /**
     * A stream table that is compared at other times.
     *
     * @param name Name of the table, with a schema if several tables have this name.
     * @param schedule When it is compared with its query, or 'off'.
     */
    public record Table(
            @Nullable String name, @DefaultValue(OFF) String schedule) {}
}
