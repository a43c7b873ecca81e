package io.pgstream.engine;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshFailedException;
import io.pgstream.RefreshResult;
import io.pgstream.StreamTableStatus;
import io.pgstream.UnsupportedQueryException;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.refresh.BeforeCommit;
import io.pgstream.refresh.RedefinitionNeededException;
import io.pgstream.refresh.Refresher;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Runs refreshes by what was last read of the stream tables, and adapts these where it is not true any more. */
final class RefreshRuns {

    private static final int REDEFINITIONS = 3;

    private final Sessions sessions;

    private final TableLookup tables;

    private final Refresher refresher;

    private final TableDefiner definer;

    /** What was last read of each stream table; a refresh notices when it is not true any more. */
    private final Map<QualifiedName, StreamTableRow> rows = new ConcurrentHashMap<>();

    private final Map<String, QualifiedName> names = new ConcurrentHashMap<>();

    private final RunFollowers followers;

    RefreshRuns(
            Sessions sessions, TableLookup tables, Refresher refresher, TableDefiner definer, RunFollowers followers) {
        this.followers = followers;
        this.sessions = sessions;
        this.tables = tables;
        this.refresher = refresher;
        this.definer = definer;
    }

    /** The full name of a stream table, without asking the server where it is known. */
    QualifiedName known(String name) {
        return names.computeIfAbsent(name, text -> tables.row(text).name());
    }

    void forgetAll() {
        rows.clear();
        names.clear();
    }

    void forget(QualifiedName name) {
        rows.remove(name);
    }

    private StreamTableRow row(QualifiedName name) {
        return rows.computeIfAbsent(name, unknown -> tables.row(unknown.toString()));
    }

    RefreshResult run(QualifiedName name, Refresher.Request request, BeforeCommit check) {
        StreamTableRow last = rows.get(name);
        if (last != null && !last.circle().isEmpty()) {
            return resultOf(name, runTogether(last.circle(), request, check));
        }
        return followers
                .follow(List.of(name), request, () -> List.of(runOne(name, request, check)))
                .get(0);
    }

    private static RefreshResult resultOf(QualifiedName name, List<RefreshResult> results) {
        return results.stream()
                .filter(result -> result.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private RefreshResult runOne(QualifiedName name, Refresher.Request request, BeforeCommit check) {
        String why = "";
        for (int i = 0; i < REDEFINITIONS; i++) {
            StreamTableRow row = row(name);
            if (!row.circle().isEmpty()) {
                return resultOf(name, runGroup(row.circle(), request, check));
            }
            try {
                RefreshResult result = row.effectiveMode().synchronous()
                        ? synchronous(row, request, check)
                        : refresher.refresh(row, request, check);
                if (result != null) {
                    forgetOldNews(row);
                    return result;
                }
                rows.remove(name);
            } catch (RedefinitionNeededException e) {
                why = String.valueOf(e.getMessage());
                rows.remove(name);
                adapt(row, e, request);
            } catch (PgStreamException e) {
                rows.remove(name);
                if (e.code() == ErrorCode.SOURCE_CHANGED) {
                    // Says so if the stream table itself was dropped by another instance.
                    tables.row(name.toString());
                }
                throw e;
            }
        }
        throw unsettled(name.toString(), why);
    }

    /** What can be said of a table that its writers maintain; {@code null} if it is another table by now. */
    private @Nullable RefreshResult synchronous(StreamTableRow row, Refresher.Request request, BeforeCommit check)
            throws RedefinitionNeededException {
        if (sessions.work(
                "The refresh of " + row.name() + " failed",
                session -> definer.synchronous().missedWrites(session, row))) {
            throw RedefinitionNeededException.missedWrites();
        }
        return sessions.work(
                        "The refresh of " + row.name() + " failed",
                        session -> Optional.ofNullable(definer.synchronous()
                                .refresh(session, row, request == Refresher.Request.FORCED, check)))
                .orElse(null);
    }

    /**
     * Refreshes several stream tables at one snapshot.
     *
     * @param group those that are read before their readers
     */
    List<RefreshResult> runTogether(List<QualifiedName> group, Refresher.Request request, BeforeCommit check) {
        return group.isEmpty() ? List.of() : followers.follow(group, request, () -> runGroup(group, request, check));
    }

    private List<RefreshResult> runGroup(List<QualifiedName> group, Refresher.Request request, BeforeCommit check) {
        String why = "";
        // In a circle, what one of them has become can be news for each other one.
        for (int i = 0; i < REDEFINITIONS + 2 * group.size(); i++) {
            List<StreamTableRow> current = withCircles(group);
            try {
                List<RefreshResult> results = refresher.refreshTogether(current, request, check);
                current.forEach(this::forgetOldNews);
                return results;
            } catch (RedefinitionNeededException e) {
                why = String.valueOf(e.getMessage());
                current.forEach(row -> rows.remove(row.name()));
                if (e.table() == null) {
                    // One of them: each finds out for itself, but in a circle none can.
                    for (StreamTableRow row : current) {
                        if (row.circle().isEmpty()) {
                            runOne(row.name(), request, check);
                        } else {
                            adapt(row, e, request);
                        }
                    }
                } else {
                    current.stream().filter(row -> row.name().equals(e.table())).forEach(row -> adapt(row, e, request));
                }
            } catch (PgStreamException e) {
                current.forEach(row -> rows.remove(row.name()));
                throw e;
            }
        }
        throw unsettled(group.toString(), why);
    }

    /** The stream tables of a group, with all that are in circles with them. */
    private List<StreamTableRow> withCircles(List<QualifiedName> group) {
        Map<QualifiedName, StreamTableRow> current = new LinkedHashMap<>();
        for (QualifiedName name : group) {
            StreamTableRow row = row(name);
            current.put(name, row);
            row.circle().forEach(member -> current.computeIfAbsent(member, this::row));
        }
        return List.copyOf(current.values());
    }

    private void forgetOldNews(StreamTableRow row) {
        if (row.status() == StreamTableStatus.INITIALIZING || row.consecutiveErrors() > 0) {
            rows.remove(row.name());
        }
    }

    private static RefreshFailedException unsettled(String what, String why) {
        return new RefreshFailedException(
                ErrorCode.SOURCE_CHANGED,
                "The refresh of " + what + " failed: what it reads changes all the time: " + why + ".",
                "Refresh it again when the definitions have settled.",
                null,
                true,
                null);
    }

    /** Captures, or compiles and loads, again, unless the refresh only knew an older version of the definition. */
    private void adapt(StreamTableRow row, RedefinitionNeededException reason, Refresher.Request request) {
        refresher.forget(row.id());
        StreamTableRow current = tables.find(row.name());
        if (current != null && current.definedAs(row)) {
            RefreshFailedException refusal = Refusals.of(row, reason, request == Refresher.Request.FORCED);
            if (refusal != null) {
                giveUp(row.name(), refusal);
                throw refusal;
            }
            if (reason.remedy() == RedefinitionNeededException.Remedy.DEFINITION) {
                refresher.reinitializes(row);
            }
            try {
                sessions.work(
                        row.name() + " cannot follow its sources", session -> definer.follow(session, row, reason));
            } catch (InvalidDefinitionException | UnsupportedQueryException e) {
                RefreshFailedException failure = Refusals.cannotFollow(row, reason, e);
                giveUp(row.name(), failure);
                throw failure;
            }
        }
    }

    /** Counts a failure that is not, or no longer, tried again. */
    void giveUp(QualifiedName name, PgStreamException failure) {
        StreamTableRow row = tables.find(name);
        if (row != null) {
            refresher.recordFailure(row, failure, Instant.now(), Duration.ZERO);
        }
    }
}
