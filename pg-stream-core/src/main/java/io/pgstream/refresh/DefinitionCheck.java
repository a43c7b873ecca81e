package io.pgstream.refresh;

import io.pgstream.RefreshResult;
import io.pgstream.catalog.FrontierRow;
import io.pgstream.cdc.Frontier;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whether what a refresh has prepared still fits what it has read at its snapshot. */
final class DefinitionCheck {

    static final String FIRST_LOAD = RefreshResult.FIRST_LOAD;

    static final String OTHER_PLAN = "the plan is another than at the last refresh";

    static final String STATES_BEHIND = "the states were left behind and are computed again, for deltas to follow";

    private DefinitionCheck() {}

    /** Refuses to go on where the table must be compiled, captured or made again first. */
    static void check(PreparedTable table, FrontierRow read) throws RedefinitionNeededException {
        if (read.version() != table.row().version()) {
            throw new RedefinitionNeededException("its definition was altered elsewhere");
        }
        FrontierRow.Surroundings surroundings = read.surroundings();
        if (surroundings.foreignKey() != null) {
            throw RedefinitionNeededException.constrained(surroundings.foreignKey());
        }
        if (surroundings.targetAltered()) {
            throw RedefinitionNeededException.targetAltered();
        }
        if (surroundings.restored()) {
            throw new RedefinitionNeededException("the database was restored from a dump");
        }
        for (FrontierRow.Source source : read.sources()) {
            if (!source.present()) {
                throw new RedefinitionNeededException("a table that it reads was dropped or replaced");
            }
            if (source.redefined()) {
                throw new RedefinitionNeededException("a table or view that it reads was altered");
            }
            if (!boundTo(table, source)) {
                throw new RedefinitionNeededException("another refresh has moved it to another capture");
            }
        }
        if (surroundings.functionsReplaced()) {
            throw new RedefinitionNeededException("a function that it calls was replaced");
        }
        for (FrontierRow.Source source : read.sources()) {
            if (source.capturedIncompletely()) {
                throw RedefinitionNeededException.captureOnly("the capture of a table that it reads is not complete");
            }
        }
    }

    /** Whether the buffers that this refresh has locked are those that the catalog says to read. */
    private static boolean boundTo(PreparedTable table, FrontierRow.Source source) {
        return table.row().dependencies().stream()
                .anyMatch(dependency -> dependency.relid() == source.relid()
                        && Objects.equals(dependency.captureId(), source.captureId()));
    }

    /** Whether the frontier was written by another server, so that what was captured there may be in the buffers. */
    static boolean foreign(FrontierRow read) {
        return read.surroundings().elsewhere() || ahead(read);
    }

    private static boolean ahead(FrontierRow read) {
        return read.frontier() != null && new Frontier(read.frontier()).ahead(new Frontier(read.snapshot()));
    }

    /** Whether full refreshes have written the table and left the states of its plan as they were. */
    static boolean statesBehind(PreparedTable table, FrontierRow read) {
        return table.differential()
                && table.row().circle().isEmpty()
                && table.planHashBehind().equals(read.planHash());
    }

    /** Why a refresh of this extent is full, or {@code null} if it follows the changes. */
    static @Nullable String fullReason(PreparedTable table, FrontierRow read, Extent extent) {
        return switch (extent) {
            case CHANGES -> fullReason(table, read);
            case WHOLE -> RefreshResult.REQUESTED;
            case QUERY_ALONE -> RefreshPolicy.STATES_FAIL;
        };
    }

    /** Why a refresh must be full, or {@code null} if the changes, and states that are right, are enough. */
    static @Nullable String fullReason(PreparedTable table, FrontierRow read) {
        if (read.frontier() == null) {
            return FIRST_LOAD;
        }
        if (!table.differential()) {
            String reason = table.row().fullReason();
            return (reason == null) ? "the mode is FULL" : reason;
        }
        if (!table.planHash().equals(read.planHash()) && !statesBehind(table, read)) {
            return OTHER_PLAN;
        }
        if (read.surroundings().elsewhere()) {
            return "the frontier is of another server or database: a dump was restored, or the server was upgraded";
        }
        if (ahead(read)) {
            return "the frontier is ahead of the server's transactions: the database was restored";
        }
        for (FrontierRow.Source source : read.sources()) {
            if (source.captureId() != null
                    && (source.fingerprint() == null || !source.fingerprint().equals(source.currentFingerprint()))) {
                return "a source or its capture was altered";
            }
        }
        return null;
    }
}
