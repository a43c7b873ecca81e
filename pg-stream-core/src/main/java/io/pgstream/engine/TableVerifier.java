package io.pgstream.engine;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshFailedException;
import io.pgstream.RefreshListener;
import io.pgstream.RefreshResult;
import io.pgstream.Verification;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.catalog.VerificationQueries;
import io.pgstream.refresh.BeforeCommit;
import io.pgstream.refresh.Refresher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares stream tables with their queries, whole or part by part, and tells the catalog, the log and the listeners what it
 * has found.
 *
 * @since 0.1.0
 */
public final class TableVerifier {

    private static final Logger LOG = LoggerFactory.getLogger(TableVerifier.class);

    private final Sessions sessions;

    private final TableLookup tables;

    private final RefreshRuns runs;

    private final RowComparison comparison;

    private final VerificationQueries queries;

    private final List<RefreshListener> listeners;

    TableVerifier(
            Sessions sessions,
            TableLookup tables,
            RefreshRuns runs,
            RowComparison comparison,
            VerificationQueries queries,
            List<RefreshListener> listeners) {
        this.sessions = sessions;
        this.tables = tables;
        this.runs = runs;
        this.comparison = comparison;
        this.queries = queries;
        this.listeners = List.copyOf(listeners);
    }

    /** The stream tables that can be compared now, those first that have not been for the longest time. */
    public List<VerificationQueries.Age> ages() {
        return sessions.statement("The verifications cannot be read", queries::ages);
    }

    /** Refreshes a stream table and compares all of it with its query, at one snapshot. */
    public Verification verify(String name) {
        return verify(tables.row(name), 0, false);
    }

    /**
     * The same by the clock: only if no other instance does it or has just done it.
     *
     * @param candidate the stream table
     * @param notWithin how long ago the last comparison must be
     * @param rows how many rows to compare, the next ones in the order of the key; 0 for all
     * @param repair whether what differs is written
     * @return what differs, or {@code null} if it was not compared
     */
    public @Nullable Verification verifyScheduled(
            VerificationQueries.Age candidate, Duration notWithin, long rows, boolean repair) {
        boolean claimed = sessions.work(
                "The verification of " + candidate.name() + " cannot begin",
                session -> queries.claim(session, candidate.id(), notWithin));
        if (!claimed) {
            return null;
        }
        try {
            return verify(tables.row(candidate.name().toString()), rows, repair);
        } catch (RuntimeException e) {
            release(candidate);
            throw e;
        }
    }

    private void release(VerificationQueries.Age candidate) {
        try {
            sessions.work("The verification of " + candidate.name() + " cannot end", session -> {
                queries.release(session, candidate.id());
                return candidate;
            });
        } catch (PgStreamException e) {
            LOG.debug("{}: {}", candidate.name(), e.getMessage());
        }
    }

    private Verification verify(StreamTableRow row, long rows, boolean repair) {
        RowComparison.Columns columns = sessions.work(
                "The stream table " + row.name() + " cannot be verified",
                session -> comparison.columns(session, row, rows > 0));
        String position = (rows > 0)
                ? sessions.statement(
                                "The verification of " + row.name() + " cannot be read",
                                session -> Optional.ofNullable(queries.position(session, row)))
                        .orElse(null)
                : null;
        AtomicReference<RowComparison.@Nullable Outcome> found = new AtomicReference<>();
        runs.run(
                row.name(),
                Refresher.Request.REQUESTED,
                session -> found.set(comparison.compare(session, row, columns, rows, position)));
        RowComparison.Outcome outcome = found.get();
        if (outcome == null) {
            throw new RefreshFailedException(
                    ErrorCode.LOCK_TIMEOUT,
                    "The stream table " + row.name() + " was not verified: another refresh of it did not end in time.",
                    "Try again later.",
                    null,
                    true,
                    null);
        }
        Verification verification = outcome.verification();
        RefreshResult repaired = null;
        try {
            repaired = drifted(verification, repair);
        } finally {
            RefreshResult written = repaired;
            sessions.work("The verification of " + row.name() + " cannot be recorded", session -> {
                queries.record(session, row, verification, outcome.position(), written != null);
                return verification;
            });
            tell(verification, written);
        }
        return verification;
    }

    private @Nullable RefreshResult drifted(Verification verification, boolean repair) {
        if (verification.equal()) {
            LOG.debug("{}: {} rows equal the query", verification.name(), verification.rows());
            return null;
        }
        LOG.error(
                "{}: drifted from its query: it lacks {} rows and has {} that it should not have, among {}. {}",
                verification.name(),
                verification.missing(),
                verification.unexpected(),
                verification.rows(),
                repair ? "It is refreshed fully." : "A full refresh repairs it.");
        return repair ? runs.run(verification.name(), Refresher.Request.FORCED, BeforeCommit.NONE) : null;
    }

    private void tell(Verification verification, @Nullable RefreshResult repair) {
        for (RefreshListener listener : listeners) {
            try {
                listener.tableVerified(verification, repair);
            } catch (RuntimeException e) {
                LOG.warn("{}: a listener failed", verification.name(), e);
            }
        }
    }

    /** The same for several stream tables, all of which are refreshed and compared at one snapshot. */
    List<Verification> verifyTogether(List<QualifiedName> group) {
        List<StreamTableRow> rows =
                group.stream().map(name -> tables.row(name.toString())).toList();
        List<RowComparison.Columns> columns = rows.stream()
                .map(row -> sessions.work(
                        "The stream table " + row.name() + " cannot be verified",
                        session -> comparison.columns(session, row, false)))
                .toList();
        List<Verification> verifications = new ArrayList<>();
        runs.runTogether(group, Refresher.Request.REQUESTED, session -> {
            verifications.clear();
            for (int i = 0; i < rows.size(); i++) {
                verifications.add(comparison
                        .compare(session, rows.get(i), columns.get(i), 0, null)
                        .verification());
            }
        });
        return verifications;
    }
}
