package io.pgstream.samples.quickstart.dashboard;

import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableStatus;
import io.pgstream.samples.quickstart.database.DatabaseInfo;
import io.pgstream.samples.quickstart.workload.WorkloadStatus;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the page shows.
 *
 * @param at when it was taken
 * @param database the server and its data
 * @param workload the order entry
 * @param tables the stream tables, in the order of the page
 */
record Snapshot(Instant at, DatabaseInfo database, WorkloadStatus workload, List<Table> tables) {

    /**
     * A stream table.
     *
     * @param name its name, as the operations take it
     * @param title its heading
     * @param summary what it shows
     * @param query its defining query
     * @param schedule when it is refreshed
     * @param mode how it is refreshed
     * @param fullReason why it cannot be refreshed differentially, or {@code null}
     * @param status the state of its life
     * @param error the message of the last failure since the last success, or {@code null}
     * @param stalenessMillis the age of its data, or {@code null} before the first load
     * @param refreshCount refreshes since the start that found something to do
     * @param lastRefresh the latest of them, or {@code null}
     * @param medianMillis the median of the durations in the history, or {@code null}
     * @param recompute the latest run of the defining query in full, or {@code null}
     * @param history the latest refreshes, the oldest first
     * @param rows a few rows
     */
    record Table(
            String name,
            String title,
            String summary,
            String query,
            String schedule,
            RefreshMode mode,
            @Nullable String fullReason,
            StreamTableStatus status,
            @Nullable String error,
            @Nullable Long stalenessMillis,
            long refreshCount,
            @Nullable Refresh lastRefresh,
            @Nullable Double medianMillis,
            @Nullable Recomputation recompute,
            List<Refresh> history,
            Rows rows) {}

    /**
     * A refresh.
     *
     * @param at when it started
     * @param outcome how it was done
     * @param millis how long it took
     * @param changes the changes of the sources that it read
     * @param inserted rows inserted into the stream table
     * @param updated rows updated
     * @param deleted rows deleted
     */
    record Refresh(
            Instant at,
            RefreshOutcome outcome,
            double millis,
            long changes,
            long inserted,
            long updated,
            long deleted) {}

    /**
     * Rows of a stream table.
     *
     * @param columns the columns
     * @param keyColumns how many of the first columns tell the rows apart
     * @param values the rows' values
     */
    record Rows(List<Column> columns, int keyColumns, List<List<Object>> values) {}

    /**
     * A column.
     *
     * @param name its name
     * @param kind how the page formats its values
     */
    record Column(String name, Kind kind) {}

    /** How the page formats a value. */
    enum Kind {
        NUMBER,
        TEXT
    }
}
