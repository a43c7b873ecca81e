package io.pgstream.autoconfigure;

import io.pgstream.DiamondConsistency;
import io.pgstream.DiamondPolicy;
import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.RefreshMode;
import io.pgstream.Schedule;
import io.pgstream.engine.GraphSettings;
import io.pgstream.engine.LifeSettings;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of pg-stream.
 *
 * @param enabled Whether pg-stream is on. Without it there are no beans of pg-stream at all.
 * @param tables Stream tables to maintain. An entry overrides, setting by setting, what code declares under its name.
 * @param schedulerInterval How often the clock looks for stream tables that are due, from 100ms to 60s.
 * @param minSchedule Shortest interval that a definition may ask for, from 1s to 1d.
 * @param defaultSchedule Schedule of a stream table that asks for a calculated one and has no consumer that decides.
 * @param maxConcurrentRefreshes How many refreshes run at a time in this application, from 1 to 32.
 * @param maxConsecutiveErrors After how many failed refreshes in a row a stream table is set to ERROR, from 1 to 100.
 * @param maxRetries How often a transient error is tried again before it counts as a failure, from 0 to 100.
 * @param differentialMaxChangeRatio Share of changed source rows from which the mode AUTO always runs a full refresh;
 *     0 leaves it to the costs alone.
 * @param createSourceIndexes Whether indexes that are missing on the sources are created with a stream table.
 * @param diamondConsistency Whether stream tables between a table and a reader that reaches it on several ways are
 *     refreshed in one transaction, at one snapshot.
 * @param diamondPolicy When such a group is due, as soon as one of its tables is or as soon as all are.
 * @param allowCircular Whether stream tables may read each other in a circle, if more rows of any of them can only mean
 *     more rows of the others.
 * @param fixpointMaxIterations In how many rounds such a circle must come to an end, from 1 to 1000000.
 * @param topkMaxLimit How many rows a LIMIT may leave, with those before its OFFSET, in the modes IMMEDIATE and
 *     ON_COMMIT, from 0 to 1000000.
 * @param recursiveMaxDepth How many steps a recursion may take with a change, in the modes IMMEDIATE and ON_COMMIT; 0 is
 *     any number.
 * @param changeBufferSchema Schema of the change buffers and the capture functions.
 * @param stateSchema Schema of the state that is kept beside the stream tables.
 * @param directUrl JDBC URL of the server for an application that reaches it through a transaction pooler.
 * @param dedicatedPool Whether the engine has a small connection pool of its own and leaves the application's alone.
 * @param userTriggers Whether triggers of your own on stream tables fire when a refresh writes.
 * @param bufferGrowthWarning Size from which on a change buffer is warned of.
 * @param slotLagWarning Lag of a replication slot from which on it is warned of.
 * @param catalog Settings of the catalog.
 * @param scheduler Settings of the clock.
 * @param startup Settings of the start of the application.
 * @param alerts Settings of what operators are told.
 * @param sqlApi Settings of the work that SQL clients hand in by CALL.
 * @param changeFeed Settings of the change feed.
 * @since 0.1.0
 */
@ConfigurationProperties("pg-stream")
public record PgStreamProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue List<Table> tables,
        @DefaultValue("1s") Duration schedulerInterval,
        @DefaultValue("1s") Duration minSchedule,
        @DefaultValue("1m") String defaultSchedule,
        @DefaultValue("4") int maxConcurrentRefreshes,
        @DefaultValue("3") int maxConsecutiveErrors,
        @DefaultValue("5") int maxRetries,
        @DefaultValue("0.15") double differentialMaxChangeRatio,
        @DefaultValue("false") boolean createSourceIndexes,
        @DefaultValue("atomic") GraphSettings.Consistency diamondConsistency,
        @DefaultValue("fastest") GraphSettings.Policy diamondPolicy,
        @DefaultValue("false") boolean allowCircular,
        @DefaultValue("100") int fixpointMaxIterations,
        @DefaultValue("1000") int topkMaxLimit,
        @DefaultValue("100") int recursiveMaxDepth,
        @DefaultValue("pgstream_changes") String changeBufferSchema,
        @DefaultValue("pgstream_state") String stateSchema,
        @Nullable String directUrl,
        @DefaultValue("true") boolean dedicatedPool,
        @DefaultValue("auto") LifeSettings.UserTriggers userTriggers,
        @DefaultValue("1GB") DataSize bufferGrowthWarning,
        @DefaultValue("1GB") DataSize slotLagWarning,
        @DefaultValue Catalog catalog,
        @DefaultValue Scheduler scheduler,
        @DefaultValue Startup startup,
        @DefaultValue Alerting alerts,
        @DefaultValue SqlApi sqlApi,
        @DefaultValue ChangeFeed changeFeed) {

    public PgStreamProperties {
        tables = List.copyOf(tables);
        SettingChecks.inRange("scheduler-interval", schedulerInterval, Duration.ofMillis(100), Duration.ofSeconds(60));
        SettingChecks.inRange("min-schedule", minSchedule, Duration.ofSeconds(1), Duration.ofDays(1));
        checkDefaultSchedule(defaultSchedule);
        SettingChecks.inRange("max-concurrent-refreshes", maxConcurrentRefreshes, 1, 32);
        SettingChecks.inRange("max-consecutive-errors", maxConsecutiveErrors, 1, 100);
        SettingChecks.inRange("max-retries", maxRetries, 0, 100);
        SettingChecks.inRange("differential-max-change-ratio", differentialMaxChangeRatio, 0, 1);
        SettingChecks.inRange("fixpoint-max-iterations", fixpointMaxIterations, 1, 1_000_000);
        SettingChecks.inRange("topk-max-limit", topkMaxLimit, 0, 1_000_000);
        SettingChecks.inRange("recursive-max-depth", recursiveMaxDepth, 0, 100_000);
        SettingChecks.inRange("buffer-growth-warning", bufferGrowthWarning.toBytes(), 1, Long.MAX_VALUE);
        SettingChecks.inRange("slot-lag-warning", slotLagWarning.toBytes(), 1, Long.MAX_VALUE);
        SettingChecks.schemaName("change-buffer-schema", changeBufferSchema);
        SettingChecks.schemaName("state-schema", stateSchema);
        if (directUrl != null) {
            SettingChecks.postgresUrl("direct-url", directUrl);
            if (!dedicatedPool) {
                throw new InvalidDefinitionException(
                        ErrorCode.INVALID_OPTION,
                        "pg-stream.direct-url is set, but pg-stream.dedicated-pool is false: a direct URL needs a"
                                + " connection pool of the engine's own.",
                        "Remove one of the two settings.");
            }
        }
        checkDistinct(catalog.schema(), changeBufferSchema, stateSchema);
    }

    private static void checkDefaultSchedule(String defaultSchedule) {
        if (SettingChecks.schedule("default-schedule", defaultSchedule) instanceof Schedule.Calculated) {
            throw SettingChecks.invalid(
                    "default-schedule",
                    defaultSchedule,
                    "it stands in where a calculated schedule has nothing to be calculated from",
                    "Set it to a duration such as 1m, a cron expression, or 'manual'.");
        }
    }

    private static void checkDistinct(String catalogSchema, String changeBufferSchema, String stateSchema) {
        if (Set.copyOf(List.of(catalogSchema, changeBufferSchema, stateSchema)).size() < 3) {
            throw new InvalidDefinitionException(
                    ErrorCode.INVALID_OPTION,
                    "pg-stream.catalog.schema, pg-stream.change-buffer-schema and pg-stream.state-schema are '"
                            + catalogSchema + "', '" + changeBufferSchema + "' and '" + stateSchema
                            + "': they have to differ.",
                    "Give each of the three settings a schema of its own.");
        }
    }

    /**
     * A stream table; what is left out is taken from the declaration of the same name in code.
     *
     * @param name Name of the table, with a schema if it should not be in the first one of the search path.
     * @param query Defining query, one SELECT.
     * @param queryResource Resource that holds the defining query.
     * @param schedule When the table is refreshed: a duration, a cron expression, 'live', 'calculated' or 'manual'.
     * @param mode How the table is refreshed.
     * @param diamondConsistency Whether the table is refreshed with the others of a diamond; the strictest of them wins.
     * @param diamondPolicy When the tables of a diamond are due; the slowest of them wins.
     */
    public record Table(
            @Nullable String name,
            @Nullable String query,
            @Nullable String queryResource,
            @Nullable String schedule,
            @Nullable RefreshMode mode,
            @Nullable DiamondConsistency diamondConsistency,
            @Nullable DiamondPolicy diamondPolicy) {}

    /**
     * Settings of the catalog.
     *
     * @param schema Schema of the catalog.
     * @param migrate Whether the catalog is created and upgraded when the application starts.
     * @param url JDBC URL to create and upgrade the catalog with. Defaults to the one of the data source.
     * @param user Role to create and upgrade the catalog with. Defaults to the one of the data source.
     * @param password Password of the role to create and upgrade the catalog with.
     */
    public record Catalog(
            @DefaultValue("pgstream") String schema,
            @DefaultValue("true") boolean migrate,
            @Nullable String url,
            @Nullable String user,
            @Nullable String password) {

        public Catalog {
            SettingChecks.schemaName("catalog.schema", schema);
            if (url != null) {
                SettingChecks.postgresUrl("catalog.url", url);
            }
            if (password != null && user == null) {
                throw new InvalidDefinitionException(
                        ErrorCode.INVALID_OPTION,
                        "pg-stream.catalog.password is set without pg-stream.catalog.user.",
                        "Set pg-stream.catalog.user to the role that owns the catalog, or remove the password.");
            }
        }

        /** Without the password, since records are printed. */
        @Override
        public String toString() {
            return "Catalog[schema=" + schema + ", migrate=" + migrate + ", user=" + user + "]";
        }

        boolean hasOwnConnection() {
            return url != null || user != null;
        }
    }

    /**
     * Settings of the clock.
     *
     * @param enabled Whether stream tables are refreshed on their schedules. Without it they are refreshed on request.
     * @param shutdownTimeout How long running refreshes may take to finish when the application stops, before they are
     *     cancelled.
     */
    public record Scheduler(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("20s") Duration shutdownTimeout) {

        public Scheduler {
            SettingChecks.inRange("scheduler.shutdown-timeout", shutdownTimeout, Duration.ZERO, Duration.ofHours(1));
        }
    }

    /**
     * Settings of the start of the application.
     *
     * @param onInvalidDefinition What to do with a definition that cannot be made a stream table.
     * @param changedDefinitions What to do with a definition that differs from the stored one.
     * @param supersededDefinitions What to do with a definition that a later one has replaced, as an older instance declares
     *     it in a rolling deployment.
     * @param goneDefinitions What to do with stream tables that this application once declared and no longer does.
     */
    public record Startup(
            @DefaultValue("fail") OnInvalidDefinition onInvalidDefinition,
            @DefaultValue("migrate") LifeSettings.Changed changedDefinitions,
            @DefaultValue("keep") LifeSettings.Superseded supersededDefinitions,
            @DefaultValue("keep") LifeSettings.Gone goneDefinitions) {}

    /**
     * Settings of the change feed.
     *
     * @param enabled Whether methods with {@code @StreamTableListener} are told of changes by this instance.
     * @param interval How often listeners look for changes that another instance or a writer has made, from 100ms to 60s.
     * @param maxConcurrentListeners How many listeners are told something at a time, each on a connection of the engine's,
     *     from 1 to 32.
     * @param retention How long changes wait for a listener, and how long one may be away, from 1m to 365d.
     * @param resetAbove How many changes of one transaction are told one by one; above it a listener is told to read the
     *     table.
     */
    public record ChangeFeed(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("1s") Duration interval,
            @DefaultValue("2") int maxConcurrentListeners,
            @DefaultValue("1d") Duration retention,
            @DefaultValue("100000") int resetAbove) {

        public ChangeFeed {
            SettingChecks.inRange("change-feed.interval", interval, Duration.ofMillis(100), Duration.ofSeconds(60));
            SettingChecks.inRange("change-feed.max-concurrent-listeners", maxConcurrentListeners, 1, 32);
            SettingChecks.inRange("change-feed.retention", retention, Duration.ofMinutes(1), Duration.ofDays(365));
            SettingChecks.inRange("change-feed.reset-above", resetAbove, 1, 10_000_000);
        }

        int connections() {
            return enabled ? maxConcurrentListeners : 0;
        }
    }

    /**
     * Settings of what operators are told.
     *
     * @param enabled Whether alerts are sent, by NOTIFY and as application events.
     */
    public record Alerting(@DefaultValue("true") boolean enabled) {}

    /**
     * Settings of the work that SQL clients hand in.
     *
     * @param enabled Whether this application does work that SQL clients hand in by CALL, and shows them that it is there.
     */
    public record SqlApi(@DefaultValue("true") boolean enabled) {}

    /** What to do with a definition that cannot be made a stream table. */
    public enum OnInvalidDefinition {

        /** The application does not start. */
        FAIL,

        /** The application starts without that stream table; the log and the health say why. */
        DISABLE
    }
}
