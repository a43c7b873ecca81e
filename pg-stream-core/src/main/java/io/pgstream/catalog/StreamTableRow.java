package io.pgstream.catalog;

import io.pgstream.QualifiedName;
import io.pgstream.RefreshMode;
import io.pgstream.Schedule;
import io.pgstream.StreamTableStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stream table as the catalog holds it.
 *
 * @param id its number
 * @param name its name
 * @param application the application that defined it
 * @param query the query as it was given
 * @param canonicalQuery the query as PostgreSQL resolved it
 * @param requestedMode the mode that was asked for
 * @param effectiveMode the mode that refreshes run in
 * @param fullReason why it cannot be refreshed differentially
 * @param schedule when it is refreshed
 * @param version how often its definition was changed, from 1
 * @param relid the table
 * @param environment the settings that its query runs under
 * @param status the state of its life
 * @param consecutiveErrors failures since the last success
 * @param lastError the last of them
 * @param dependencies what it reads
 * @param keptFilters the filtered tables that its plan keeps as states
 * @param circle the stream tables that read each other in a circle with it, itself included, in the order of their numbers; none
 *     for most
 * @since 0.1.0
 */
public record StreamTableRow(
        long id,
        QualifiedName name,
        String application,
        String query,
        String canonicalQuery,
        RefreshMode requestedMode,
        RefreshMode effectiveMode,
        @Nullable String fullReason,
        Schedule schedule,
        int version,
        long relid,
        Environment environment,
        StreamTableStatus status,
        int consecutiveErrors,
        @Nullable String lastError,
        List<Dependency> dependencies,
        List<String> keptFilters,
        List<QualifiedName> circle) {

    public StreamTableRow {
        dependencies = List.copyOf(dependencies);
        keptFilters = List.copyOf(keptFilters);
        circle = List.copyOf(circle);
    }

    StreamTableRow withDependencies(List<Dependency> newDependencies) {
        return new StreamTableRow(
                id,
                name,
                application,
                query,
                canonicalQuery,
                requestedMode,
                effectiveMode,
                fullReason,
                schedule,
                version,
                relid,
                environment,
                status,
                consecutiveErrors,
                lastError,
                newDependencies,
                keptFilters,
                circle);
    }

    /** Whether the definition, and what it is captured by, are the same as in another reading of the catalog. */
    public boolean definedAs(StreamTableRow other) {
        return version == other.version && dependencies.equals(other.dependencies);
    }

    /** Whether refreshes can be differential. */
    public boolean differential() {
        return effectiveMode != RefreshMode.FULL;
    }

    /**
     * A table that a stream table reads.
     *
     * @param relid the table
     * @param name its name when the stream table was defined
     * @param columns the columns that are used
     * @param captureId the capture that its changes are read from, or {@code null} if they are not
     */
    public record Dependency(
            long relid,
            QualifiedName name,
            List<String> columns,
            @Nullable Long captureId) {

        public Dependency {
            columns = List.copyOf(columns);
        }
    }
}
