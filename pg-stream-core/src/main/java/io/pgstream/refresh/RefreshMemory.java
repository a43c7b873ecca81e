package io.pgstream.refresh;

import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.StreamTableStatus;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.delta.MaintenancePlan;
import io.pgstream.delta.ProgramBuilder;
import io.pgstream.support.QuestionMarks;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an instance remembers of stream tables from refresh to refresh. A refresh notices what is not true any more. */
final class RefreshMemory {

    private static final Logger LOG = LoggerFactory.getLogger(RefreshMemory.class);

    /** How old the stored time of the last check may become before a refresh without changes writes it. */
    private static final Duration CHECK_PERIOD = Duration.ofSeconds(1);

    private final RefreshSettings settings;

    private final Catalog catalog;

    private final TablePreparer preparer;

    private final CostHistory costs;

    private final Map<Long, PreparedTable> prepared = new ConcurrentHashMap<>();

    private final Map<Long, Set<Long>> partitioned = new ConcurrentHashMap<>();

    private final Map<Long, Instant> checked = new ConcurrentHashMap<>();

    RefreshMemory(RefreshSettings settings, Catalog catalog, TablePreparer preparer) {
        this.settings = settings;
        this.catalog = catalog;
        this.costs = new CostHistory(catalog);
        this.preparer = preparer;
    }

    /** The programs of a stream table, compiled in a transaction of its own if they are not known. */
    PreparedTable prepared(Session session, StreamTableRow row) throws SQLException, RedefinitionNeededException {
        PreparedTable table = prepared.get(row.id());
        if (table == null
                || table.row().version() != row.version()
                || !table.row().dependencies().equals(row.dependencies())) {
            session.connection().setAutoCommit(false);
            table = preparer.prepare(session, row);
            prepared.put(row.id(), table);
            partitioned.put(row.id(), TablePreparer.partitionedSources(session, row));
            costs.read(session, row.id());
            session.commit();
        }
        return table;
    }

    /** Of states that were empty until now there are statistics only from here on. */
    void loaded(Session session, StreamTableRow row) {
        PreparedTable table = prepared.get(row.id());
        ProgramBuilder builder = (table == null) ? null : table.builder();
        if (table == null || builder == null || builder.groupTables().isEmpty()) {
            return;
        }
        try {
            session.execute(row.environment().setLocal());
            prepared.put(row.id(), loadedTable(session, table, builder));
        } catch (SQLException e) {
            LOG.debug("{}: its statistics cannot be read", row.name(), e);
        } finally {
            session.rollbackQuietly();
        }
    }

    private static PreparedTable loadedTable(Session session, PreparedTable table, ProgramBuilder builder)
            throws SQLException {
        MaintenancePlan plan = table.plan();
        return table.with(
                StatisticsReader.read(builder, session),
                (plan == null)
                        ? Explosion.NONE
                        : Explosion.of(
                                session, QuestionMarks.escaped(table.row().canonicalQuery()), plan));
    }

    /** How much to compute after a refresh has failed, or {@code null} if another one would fail, too. */
    @Nullable
    Extent extent(StreamTableRow row, Extent tried, Exception failure) {
        PreparedTable table = prepared.get(row.id());
        boolean statesCanBeLeft = table != null
                && table.queryWithoutStates() != null
                && row.circle().isEmpty();
        Extent next = tried.after(failure, statesCanBeLeft, row.status() == StreamTableStatus.INITIALIZING);
        if (next != null) {
            LOG.warn(
                    "{}: {}; it is refreshed fully instead",
                    row.name(),
                    (failure instanceof SQLException sql) ? SqlErrors.message(sql) : failure.getMessage());
        }
        if (next == Extent.QUERY_ALONE && table != null) {
            table.leaveStates();
        }
        return next;
    }

    /**
     * Where AUTO may leave the states behind, and a delta took a part of a full refresh, the query is run once, for as long as the delta took at most: what it takes by
     * itself nobody knows before, because each full refresh until then has written the states, too.
     */
    void tryQuery(Session session, PreparedTable table, RefreshResult result) {
        double micros = result.duration().toNanos() / 1e3;
        StreamTableRow row = table.row();
        RefreshCosts known = costs.of(row.id());
        String query = table.queryWithoutStates();
        if (query == null
                || result.outcome() != RefreshOutcome.DIFFERENTIAL
                || row.requestedMode() != RefreshMode.AUTO
                || !row.circle().isEmpty()
                || !known.wantsTrial(micros)) {
            return;
        }
        double took = micros;
        boolean ended = false;
        try {
            session.execute(row.environment().setLocal());
            session.execute("SET LOCAL jit = off; SET LOCAL statement_timeout = " + (long) Math.ceil(micros / 1000));
            long start = System.nanoTime();
            session.list("EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF) " + query, line -> line.getString(1));
            took = (System.nanoTime() - start) / 1e3;
            ended = true;
        } catch (SQLException e) {
            LOG.debug("{}: its query does not end as soon as its delta", row.name(), e);
        } finally {
            session.rollbackQuietly();
            known.tried(took, ended);
        }
    }

    /** What refreshes of some stream tables in one transaction may do. */
    RefreshPolicy policy(List<StreamTableRow> rows, Refresher.Request request) {
        Set<Long> partitionedTables = new HashSet<>();
        rows.forEach(row -> partitionedTables.addAll(partitioned.getOrDefault(row.id(), Set.of())));
        return RefreshPolicy.of(
                settings.catalogSchema(),
                settings.stateSchema(),
                (request == Refresher.Request.SCHEDULED) ? Duration.ZERO : settings.ddlTimeout(),
                settings.lockTimeout().multipliedBy(5),
                settings.statementTimeout(),
                settings.differentialMaxChangeRatio(),
                costs,
                settings.userTriggers(),
                partitionedTables,
                settings.maxRounds());
    }

    /**
     * Tells the status, in a transaction of its own: what it meets cannot harm the refresh. A refresh that wrote has
     * told its time with the frontier; one that found nothing tells it now and then.
     */
    void tell(Session session, StreamTableRow row, RefreshResult result) throws SQLException {
        boolean wrote = result.outcome() != RefreshOutcome.NO_DATA;
        boolean recovered = row.status() == StreamTableStatus.INITIALIZING || row.consecutiveErrors() > 0;
        Instant last = checked.get(row.id());
        boolean untold = !wrote && (last == null || last.plus(CHECK_PERIOD).isBefore(result.startedAt()));
        if (recovered || untold) {
            session.execute("SET LOCAL synchronous_commit = off");
            catalog.succeeded(session, row.id(), result.startedAt());
            session.commit();
            checked.put(row.id(), result.startedAt());
        }
    }

    /** Whether captured changes are all that a table has to follow: it runs no query, and reads no clock. */
    boolean followsChanges(long id) {
        PreparedTable table = prepared.get(id);
        return table != null && table.differential() && table.crossings().isEmpty();
    }

    void forget(long id) {
        prepared.remove(id);
        partitioned.remove(id);
        checked.remove(id);
        costs.forget(id);
    }
}
