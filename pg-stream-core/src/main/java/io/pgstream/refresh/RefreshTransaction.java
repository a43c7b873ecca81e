package io.pgstream.refresh;

import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.FrontierRow;
import io.pgstream.cdc.ChangeBuffers;
import io.pgstream.cdc.Frontier;
import io.pgstream.delta.ChangeCounts;
import io.pgstream.delta.DeltaProgram;
import io.pgstream.delta.ProgramBuilder;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One refresh in one REPEATABLE READ transaction: the lock of the stream table, the locks of what it reads, and only then
 * the snapshot at which sources, buffers and frontier are read. The result and the new frontier commit together.
 */
final class RefreshTransaction {

    static final String WHOLE_TABLES = "SET LOCAL random_page_cost TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT;"
            + " SET LOCAL max_parallel_workers_per_gather TO DEFAULT; SET LOCAL plan_cache_mode TO DEFAULT";

    /** A large delta must never be looked up row by row. */
    private static final String LARGE_DELTA =
            WHOLE_TABLES + "; SET LOCAL enable_nestloop = off; SET LOCAL plan_cache_mode = force_custom_plan";

    private final Session session;

    private final PreparedTable table;

    private final RefreshPolicy policy;

    private final BeforeCommit check;

    private final Membership membership;

    private final Opening opening;

    private final long started = System.nanoTime();

    private final Conclusion conclusion;

    /** The rows that the changes are expected to touch. */
    private double work;

    /** What writing the states of a full refresh has taken. */
    private long stateNanos;

    /** Whether the program of the delta was made for it, and its statements planned. */
    private boolean firstOfItsKind;

    /** What only the first one does. */
    private long onceNanos;

    /** Whether what it takes tells what others will take. */
    private boolean typical = true;

    RefreshTransaction(
            Session session, Catalog catalog, PreparedTable table, RefreshPolicy policy, BeforeCommit check) {
        this(session, catalog, table, policy, check, Membership.ALONE);
    }

    RefreshTransaction(
            Session session,
            Catalog catalog,
            PreparedTable table,
            RefreshPolicy policy,
            BeforeCommit check,
            Membership membership) {
        this.session = session;
        this.table = table;
        this.policy = policy;
        this.check = check;
        this.membership = membership;
        this.opening = new Opening(session, catalog, table, policy);
        this.conclusion = new Conclusion(session, catalog, table, policy, membership, opening);
    }

    /** The captures that the table no longer reads after this refresh. */
    Set<Long> leftCaptures() {
        return conclusion.leftCaptures();
    }

    RefreshResult run(Extent extent)
            throws SQLException, LockedElsewhereException, RedefinitionNeededException, DriftException,
                    UnsureException {
        return refresh(extent, opening.run(), true);
    }

    /** The refresh behind its locks, in a transaction that has begun. */
    RefreshResult refresh(Extent extent)
            throws SQLException, RedefinitionNeededException, DriftException, UnsureException {
        return refresh(extent, opening.read(), false);
    }

    /** @param alone whether the refresh has begun the transaction */
    private RefreshResult refresh(Extent extent, FrontierRow first, boolean alone)
            throws SQLException, RedefinitionNeededException, DriftException, UnsureException {
        PassedTime time = new PassedTime(session, policy.catalogSchema(), table);
        FrontierRow read = time.asOf(membership.read(first));
        DefinitionCheck.check(table, read);
        if (alone) {
            opening.confirm(read);
        }
        String fullReason = DefinitionCheck.fullReason(table, read, extent);
        boolean behind = DefinitionCheck.statesBehind(table, read);
        policy.costs().of(table.row().id()).behind(behind);
        if (behind && policy.keepsStates() && fullReason == null) {
            fullReason = DefinitionCheck.STATES_BEHIND;
        }
        BufferVolume volume = table.volume();
        if (fullReason == null && !read.captured().uncounted().isEmpty()) {
            fullReason = choice(Changes.of(read, volume.changes(read.captured())));
            if (fullReason == null && !(read.knowsMarkers() && volume.suffices(read.captured()))) {
                read = read.with(opening.count());
            }
        }
        if (fullReason != null) {
            return full(read, fullReason);
        }
        Changes changes = Changes.of(read, volume.changes(read.captured()));
        if (changes.marker() != null) {
            return full(read, changes.marker());
        }
        if (!table.crossings().isEmpty()) {
            changes = changes.and(time.crossed());
        }
        if (changes.rows() == 0) {
            return nothing(read);
        }
        String choice = choice(changes);
        if (choice == null && behind) {
            choice = table.statesFail() ? RefreshPolicy.STATES_FAIL : DefinitionCheck.STATES_BEHIND;
        }
        return (choice != null)
                ? full(read, choice)
                : differential(read, new Frontier(String.valueOf(read.frontier())), changes);
    }

    /** Why the refresh is full although it need not, or {@code null}. */
    private @Nullable String choice(Changes changes) throws SQLException {
        if (policy.aboveCeiling(table, changes.rows())) {
            table.sourceRows(PresentRows.largest(session, table.row()));
        }
        work = table.work(changes);
        return table.deltaGivenUp() ? policy.givenUp(table) : policy.fullReason(table, changes);
    }

    /** Writes what a changed definition changes, in place; readers see the old rows until the commit. */
    RefreshResult replace(Replacement replacement)
            throws SQLException, LockedElsewhereException, RedefinitionNeededException, DriftException,
                    UnsureException {
        opening.lock();
        replacement.lock(session);
        replacement.prepare(session);
        PassedTime time = new PassedTime(session, policy.catalogSchema(), table);
        FrontierRow read = time.asOf(opening.read());
        session.execute(WHOLE_TABLES);
        for (ProgramBuilder.State state : table.states()) {
            WholeResult.write(session, state.query(), state.table(), true, table.sequential());
            StateTables.filled(session, state);
        }
        StateFilterIndexes.create(session, table.stateFilters());
        Migration.Counts moved = new Migration(
                        session,
                        policy.catalogSchema(),
                        table.row(),
                        table.target(),
                        table.plan(),
                        policy.ownLockMillis())
                .run(table.fullQuery());
        new FreshView(session, policy.catalogSchema(), table).renew();
        Counts counts = new Counts(moved.inserted(), moved.updated(), moved.deleted());
        return commit(RefreshOutcome.FULL, "the definition has changed", 0, counts, read);
    }

    private RefreshResult nothing(FrontierRow read) throws SQLException {
        check.run(session);
        if (!membership.shared()) {
            session.connection().rollback();
        }
        table.changing(false);
        table.volume().learn(read.captured());
        return result(RefreshOutcome.NO_DATA, null, 0, Counts.NONE, read);
    }

    private PreparedStatement bound(String sql, Frontier frontier) throws SQLException {
        PreparedStatement statement = session.prepareAgain(sql);
        ChangeBuffers.bind(statement, sql, frontier);
        return statement;
    }

    private RefreshResult differential(FrontierRow read, Frontier frontier, Changes changes)
            throws SQLException, DriftException, RedefinitionNeededException, UnsureException {
        membership.write(read);
        boolean lookUp = changes.rows() <= table.smallDelta();
        int programs = table.programs();
        DeltaProgram program = table.program(
                ChangeCounts.of(changes.sources(), lookUp),
                changes.backlog(),
                table.volume().filled(read.captured()),
                opening.foreignKeys());
        firstOfItsKind = table.programs() > programs;
        opening.handOn().provide(session, program.places());
        table.places(program.places());
        if (!lookUp) {
            session.execute(LARGE_DELTA);
        }
        DeltaLimit limit =
                membership.shared() ? DeltaLimit.NONE : DeltaLimit.set(session, table, policy, changes, work);
        Counts counts = Counts.NONE;
        for (int i = 0; i < program.statements().size(); i++) {
            try (PreparedStatement statement = bound(program.statements().get(i), frontier)) {
                if (i < program.statements().size() - 1) {
                    Counts.beSure(statement);
                } else {
                    counts = Counts.of(statement);
                }
            } catch (SQLException e) {
                limit.check(e);
                String state = SqlErrors.state(e);
                if (program.quick() && (state.equals("23505") || SqlErrors.ofData(e))) {
                    // In another order, deleted rows first, a unique index of the user's can be content, and what was
                    // computed of a group that must be read again can be a value that the query fails at.
                    throw new UnsureException(e);
                }
                throw e;
            }
        }
        limit.lift(session, policy);
        table.rewriting().learn(counts, false);
        return commit(RefreshOutcome.DIFFERENTIAL, null, changes.rows(), counts, read);
    }

    private RefreshResult full(FrontierRow read, String reason)
            throws SQLException, DriftException, RedefinitionNeededException, UnsureException {
        membership.write(read);
        session.execute(WHOLE_TABLES);
        boolean first = read.frontier() == null;
        if (first || DefinitionCheck.foreign(read)) {
            ForeignChanges.remove(session, table.buffers());
        }
        boolean left = RefreshPolicy.leavesStates(reason);
        boolean anew =
                !first && !left && table.differential() && !table.planHash().equals(read.planHash());
        if (!left) {
            long start = System.nanoTime();
            writeStates(first, anew);
            stateNanos = System.nanoTime() - start;
        }
        String whole = table.queryWithoutStates();
        String query = (left && whole != null) ? whole : table.fullQuery();
        boolean rewrite = !first
                && !reason.equals(RefreshResult.REQUESTED)
                && table.rewriting().pays(session, table);
        Counts counts = rewrite
                ? WholeResult.rewrite(session, query, table.target(), table.sequential())
                : WholeResult.write(session, query, table.target(), first, table.sequential());
        typical = !table.rewriting().confirmed(counts);
        table.rewriting().learn(counts, first || rewrite);
        long written = System.nanoTime();
        if (first) {
            StateTables.index(session, table);
        }
        if (first || anew) {
            StateFilterIndexes.create(session, table.stateFilters());
        }
        onceNanos += System.nanoTime() - written;
        return commit(RefreshOutcome.FULL, reason, 0, counts, read);
    }

    private void writeStates(boolean first, boolean anew) throws SQLException, DriftException, UnsureException {
        if (anew) {
            StateTables.drop(session, policy.stateSchema(), table.row().id());
            StateTables.create(session, table.states());
            TargetIndexes.of(session, table.target(), table.plan()).createMissing(session);
        }
        for (ProgramBuilder.State state : table.states()) {
            WholeResult.write(session, state.query(), state.table(), first || anew, table.sequential());
            if (first || anew) {
                StateTables.filled(session, state);
            }
        }
    }

    private RefreshResult commit(
            RefreshOutcome outcome, @Nullable String reason, long changes, Counts counts, FrontierRow read)
            throws SQLException, RedefinitionNeededException {
        RefreshResult result = result(outcome, reason, changes, counts, read);
        boolean last = check == BeforeCommit.NONE && !membership.shared();
        // A table that is about to be in a circle gets its rows with all of the circle, by the refresh that follows.
        String planHash = table.row().circle().isEmpty() ? table.planHash() : null;
        if (planHash != null && RefreshPolicy.leavesStates(reason)) {
            planHash = table.planHashBehind();
        }
        conclusion.record(read, planHash, result, work, last);
        if (!last) {
            check.run(session);
            if (!membership.shared()) {
                session.commit();
            }
        }
        table.changing(true);
        table.volume().learn(read.captured());
        if (typical) {
            policy.costs()
                    .learn(
                            table.row().id(),
                            result,
                            work,
                            firstOfItsKind,
                            table.queryWithoutStates() == null ? 0 : stateNanos / 1e3,
                            onceNanos / 1e3);
        }
        return result;
    }

    private RefreshResult result(
            RefreshOutcome outcome, @Nullable String reason, long changes, Counts counts, FrontierRow read) {
        return new RefreshResult(
                table.row().name(),
                outcome,
                reason,
                changes,
                counts.inserted(),
                counts.updated(),
                counts.deleted(),
                read.now(),
                Duration.ofNanos(System.nanoTime() - started));
    }
}
