package io.pgstream.engine;

import io.pgstream.Schedule;
import io.pgstream.refresh.RefreshSettings;
import java.time.Duration;

/**
 * What an engine can be told.
 *
 * @param catalogSchema the schema of the catalog
 * @param changeBufferSchema the schema of the change buffers and the capture functions
 * @param stateSchema the schema of the state that operators keep beside the stream tables
 * @param application the name that the stream tables of this application are marked with
 * @param minSchedule the shortest interval that a definition may ask for
 * @param defaultSchedule the interval of a calculated schedule that no consumer decides
 * @param maxConsecutiveErrors after how many failed refreshes in a row a stream table is set to ERROR
 * @param maxRetries how often a transient error is tried again before it counts as a failure
 * @param retryDelay the delay before the first retry; it doubles with each, up to a minute
 * @param differentialMaxChangeRatio under AUTO, the share of changed rows from which a refresh is always full; 0 for no
 *     such limit
 * @param lockTimeout how long DDL of the engine waits for a lock before it backs off and tries again
 * @param ddlTimeout how long DDL of the engine tries, in all
 * @param statementTimeout how long one statement of a refresh may run; zero for no limit
 * @param createSourceIndexes whether the indexes that are missing on the sources are created with a stream table
 * @param graph how stream tables that depend on each other are refreshed
 * @param life what to do with changed and gone definitions, and with triggers of the user's
 * @param synchronous what tables may cost the transactions that write to their sources
 * @since 0.1.0
 */
public record EngineSettings(
        String catalogSchema,
        String changeBufferSchema,
        String stateSchema,
        String application,
        Duration minSchedule,
        Schedule defaultSchedule,
        int maxConsecutiveErrors,
        int maxRetries,
        Duration retryDelay,
        double differentialMaxChangeRatio,
        Duration lockTimeout,
        Duration ddlTimeout,
        Duration statementTimeout,
        boolean createSourceIndexes,
        GraphSettings graph,
        LifeSettings life,
        SynchronousSettings synchronous) {

    /**
     * The defaults.
     *
     * @return settings
     */
    public static EngineSettings defaults() {
        return new EngineSettings(
                "pgstream",
                "pgstream_changes",
                "pgstream_state",
                "application",
                Duration.ofSeconds(1),
                new Schedule.Every(Duration.ofMinutes(1)),
                3,
                5,
                Duration.ofSeconds(1),
                0.15,
                Duration.ofSeconds(1),
                Duration.ofSeconds(30),
                Duration.ZERO,
                false,
                GraphSettings.defaults(),
                LifeSettings.defaults(),
                SynchronousSettings.defaults());
    }

    /**
     * These settings for another application, with other settings of its tables' lives.
     *
     * @param name the name of the application
     * @param other what to do with changed and gone definitions, and with triggers of the user's
     * @return settings
     */
    public EngineSettings with(String name, LifeSettings other) {
        return with(name, graph, other);
    }

    /**
     * These settings with others for tables that depend on each other.
     *
     * @param other how stream tables that depend on each other are refreshed
     * @return settings
     */
    public EngineSettings with(GraphSettings other) {
        return with(application, other, life);
    }

    private EngineSettings with(String newApplication, GraphSettings newGraph, LifeSettings newLife) {
        return new EngineSettings(
                catalogSchema,
                changeBufferSchema,
                stateSchema,
                newApplication,
                minSchedule,
                defaultSchedule,
                maxConsecutiveErrors,
                maxRetries,
                retryDelay,
                differentialMaxChangeRatio,
                lockTimeout,
                ddlTimeout,
                statementTimeout,
                createSourceIndexes,
                newGraph,
                newLife,
                synchronous);
    }

    /** The part of the settings that refreshes need. */
    RefreshSettings refreshSettings() {
        return new RefreshSettings(
                catalogSchema,
                changeBufferSchema,
                stateSchema,
                maxConsecutiveErrors,
                maxRetries,
                retryDelay,
                differentialMaxChangeRatio,
                lockTimeout,
                ddlTimeout,
                statementTimeout,
                life.userTriggers() != LifeSettings.UserTriggers.OFF,
                graph.maxIterations());
    }
}
