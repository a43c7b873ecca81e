package io.pgstream.engine;

import io.pgstream.Explanation;
import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshListener;
import io.pgstream.RefreshResult;
import io.pgstream.ResultColumn;
import io.pgstream.StreamTableAlteration;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableFate;
import io.pgstream.StreamTableInfo;
import io.pgstream.StreamTableMonitor;
import io.pgstream.StreamTableOperations;
import io.pgstream.StreamTableStatus;
import io.pgstream.TransactionToken;
import io.pgstream.Verification;
import io.pgstream.Watermarks;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.CatalogMigrator;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.catalog.VerificationQueries;
import io.pgstream.catalog.WatchQueries;
import io.pgstream.cdc.TriggerCapture;
import io.pgstream.refresh.BeforeCommit;
import io.pgstream.refresh.Refresher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * The engine: the compiler, the capture, the catalog and the refresher of one database, put together. Safe for use by
 * several threads, and by several instances on one database.
 *
 * @since 0.1.0
 */
public final class StreamTableEngine implements StreamTableOperations {

    private final DataSource dataSource;

    private final EngineSettings settings;

    private final Catalog catalog;

    private final Refresher refresher;

    private final TableDefiner definer;

    private final TableInspector inspector;

    private final TableCreator creator;

    private final DefinitionKeeper keeper;

    private final TableRemover remover;

    private final WholeCatalog wholeCatalog;

    private final Sessions sessions;

    private final TableLookup tables;

    private final RefreshRuns runs;

    private final TableWatch watch;

    private final TableVerifier verifier;

    private final FreshReads freshReads;

    /**
     * Creates an engine; it does nothing until {@link #migrate()}.
     *
     * @param dataSource connections of the role that owns the catalog and the stream tables, best from a pool of its own
     * @param settings what to do differently from the defaults
     * @param listeners who is told of refreshes
     */
    public StreamTableEngine(DataSource dataSource, EngineSettings settings, List<RefreshListener> listeners) {
        this.dataSource = dataSource;
        this.settings = settings;
        this.catalog = new Catalog(settings.catalogSchema());
        TriggerCapture capture = new TriggerCapture(
                settings.catalogSchema(), settings.changeBufferSchema(), settings.lockTimeout(), settings.ddlTimeout());
        this.refresher = new Refresher(dataSource, catalog, capture, settings.refreshSettings(), listeners);
        DefinitionCompiler compiler = new DefinitionCompiler(settings);
        this.definer = new TableDefiner(catalog, capture, refresher, settings, compiler);
        this.inspector = new TableInspector(catalog, compiler);
        this.sessions = new Sessions(dataSource);
        this.tables = new TableLookup(sessions, catalog, definer);
        this.runs = new RefreshRuns(sessions, tables, refresher, definer, new RunFollowers(listeners));
        this.verifier = new TableVerifier(
                sessions,
                tables,
                runs,
                new RowComparison(compiler),
                new VerificationQueries(settings.catalogSchema()),
                listeners);
        this.remover = new TableRemover(sessions, catalog, capture, refresher, definer, settings);
        this.wholeCatalog = new WholeCatalog(sessions, catalog, remover, settings);
        this.keeper = new DefinitionKeeper(sessions, catalog, definer, remover, settings);
        this.creator = new TableCreator(
                sessions,
                tables,
                definer,
                keeper,
                remover,
                inspector,
                runs,
                new CircleCreator(sessions, tables, definer, remover, inspector),
                settings);
        this.freshReads = new FreshReads(sessions, refresher.freshViews());
        this.watch = new TableWatch(
                sessions, tables, new WatchQueries(settings.catalogSchema()), settings, refresher::followsChanges);
    }

    private <T> T work(String what, Sessions.Work<T> work) {
        return sessions.work(what, work);
    }

    /** Creates or upgrades the catalog; safe when several instances start at once. */
    public void migrate() {
        new CatalogMigrator(dataSource, settings.catalogSchema(), settings.changeBufferSchema(), settings.stateSchema())
                .migrate();
        work("Captures that nobody reads cannot be removed", definer::removeUnusedCaptures);
        work("Stream tables cannot be protected", definer::protectAll);
    }

    /** The settings of this engine. */
    public EngineSettings settings() {
        return settings;
    }

    @Override
    public StreamTableInfo create(StreamTableDefinition definition) {
        return get(creator.create(definition).toString());
    }

    @Override
    public List<StreamTableInfo> createTogether(List<StreamTableDefinition> definitions) {
        return infos(creator.createTogether(definitions));
    }

    @Override
    public List<StreamTableInfo> synchronize(List<StreamTableDefinition> definitions) {
        return infos(creator.synchronize(definitions));
    }

    private List<StreamTableInfo> infos(List<QualifiedName> names) {
        return names.stream().map(name -> get(name.toString())).toList();
    }

    @Override
    public List<QualifiedName> retire(List<StreamTableDefinition> definitions) {
        Map<QualifiedName, StreamTableDefinition> byName =
                work("The definitions cannot be read", session -> definer.byName(session, definitions));
        return keeper.retire(byName.keySet());
    }

    @Override
    public StreamTableInfo alter(String name, StreamTableAlteration alteration) {
        StreamTableRow row = tables.row(name);
        keeper.alter(row, alteration);
        runs.forget(row.name());
        StreamTableRow altered = tables.row(name);
        if (!altered.circle().isEmpty() && altered.version() != row.version()) {
            run(row.name(), Refresher.Request.REQUESTED, BeforeCommit.NONE);
        }
        return get(name);
    }

    @Override
    public void drop(String name) {
        remover.drop(tables.row(name), false).forEach(runs::forget);
    }

    @Override
    public void dropCascading(String name) {
        remover.drop(tables.row(name), true).forEach(runs::forget);
    }

    @Override
    public RefreshResult refresh(String name) {
        return run(runs.known(name), Refresher.Request.REQUESTED, BeforeCommit.NONE);
    }

    @Override
    public RefreshResult refreshFully(String name) {
        return run(runs.known(name), Refresher.Request.FORCED, BeforeCommit.NONE);
    }

    @Override
    public void awaitFresh(String name, TransactionToken token, Duration timeout) {
        new FreshnessWait(sessions, tables, runs).await(runs.known(name), token, timeout);
    }

    @Override
    public QualifiedName createFreshView(String name) {
        return freshReads.create(tables.row(name));
    }

    @Override
    public void dropFreshView(String name) {
        freshReads.drop(tables.row(name));
    }

    @Override
    public List<RefreshResult> refreshTogether(Collection<String> names) {
        return runs.runTogether(
                SnapshotGroups.of(tables.all(), names.stream().map(runs::known).toList()),
                Refresher.Request.REQUESTED,
                BeforeCommit.NONE);
    }

    @Override
    public List<RefreshResult> refreshAll() {
        return runs.runTogether(SnapshotGroups.all(tables.all()), Refresher.Request.REQUESTED, BeforeCommit.NONE);
    }

    /**
     * Refreshes a stream table if no other refresh of it is running.
     *
     * @param name the stream table, with its schema
     * @return what the refresh did
     */
    public RefreshResult refreshScheduled(QualifiedName name) {
        return run(name, Refresher.Request.SCHEDULED, watch.gate(List.of(name)));
    }

    /**
     * Refreshes several stream tables at one snapshot, if no other refresh of any of them is running.
     *
     * @param names the stream tables, with their schemas, those that are read before their readers
     * @return what the refreshes did
     */
    public List<RefreshResult> refreshScheduled(List<QualifiedName> names) {
        return (names.size() == 1)
                ? List.of(refreshScheduled(names.get(0)))
                : runs.runTogether(names, Refresher.Request.SCHEDULED, watch.gate(names));
    }

    /** What those see who watch over the stream tables. */
    public StreamTableMonitor monitor() {
        return new TableMonitor(sessions, catalog, tables, settings);
    }

    /** Up to which times tables are loaded. */
    public Watermarks watermarks() {
        return new WatermarkRegistry(sessions, settings.catalogSchema());
    }

    /** What the clock asks which tables are due. */
    public TableWatch watch() {
        return watch;
    }

    /**
     * Counts a transient failure that has been tried again often enough.
     *
     * @param name the stream table, with its schema
     * @param failure the last failure
     */
    public void giveUp(QualifiedName name, PgStreamException failure) {
        runs.giveUp(name, failure);
    }

    /** Waits until what refreshes left to clean is cleaned, so that the connections can be closed. */
    public void awaitHousekeeping(Duration time) throws InterruptedException {
        refresher.awaitHousekeeping(time);
    }

    /** Cancels the refreshes that run now in this instance; they roll back, nothing is lost. */
    public void cancelRefreshes() {
        refresher.cancel();
    }

    /** Cancels the refresh that runs on a thread. */
    public void cancelRefreshes(Thread thread) {
        refresher.cancel(thread);
    }

    private RefreshResult run(QualifiedName name, Refresher.Request request, BeforeCommit check) {
        return runs.run(name, request, check);
    }

    @Override
    public void suspend(String name) {
        setStatus(name, StreamTableStatus.SUSPENDED);
    }

    @Override
    public void resume(String name) {
        setStatus(name, StreamTableStatus.ACTIVE);
    }

    private void setStatus(String name, StreamTableStatus status) {
        StreamTableRow row = tables.row(name);
        // A circle is refreshed as one.
        List<StreamTableRow> all = row.circle().isEmpty()
                ? List.of(row)
                : row.circle().stream()
                        .map(member -> tables.row(member.toString()))
                        .toList();
        work("The status of " + row.name() + " cannot be changed", session -> {
            for (StreamTableRow member : all) {
                catalog.setStatus(session, member.id(), status);
            }
            return row;
        });
        all.forEach(member -> runs.forget(member.name()));
    }

    @Override
    public void pauseAll() {
        wholeCatalog.pause();
    }

    @Override
    public void resumeAll() {
        wholeCatalog.resume();
    }

    @Override
    public List<RefreshResult> drain() {
        return wholeCatalog.drain(name -> run(name, Refresher.Request.REQUESTED, BeforeCommit.NONE));
    }

    @Override
    public void uninstall(StreamTableFate tables) {
        wholeCatalog.uninstall(tables);
        runs.forgetAll();
    }

    @Override
    public Explanation explain(String name) {
        StreamTableRow row = tables.row(name);
        return work(
                "The stream table " + row.name() + " cannot be explained", session -> inspector.explain(session, row));
    }

    @Override
    public Explanation explainQuery(String query) {
        return work("The query cannot be explained", session -> inspector.explain(session, query));
    }

    @Override
    public List<ResultColumn> columns(String query) {
        return work("The columns of the query cannot be read", session -> inspector.columns(session, query));
    }

    @Override
    public Verification verify(String name) {
        return verifier.verify(name);
    }

    /** Compares stream tables with their queries. */
    public TableVerifier verifier() {
        return verifier;
    }

    /**
     * Refreshes several stream tables at one snapshot and compares each with its query at that snapshot.
     *
     * @param names the stream tables
     * @return what differs, for these and those between two of them
     */
    public List<Verification> verifyTogether(Collection<String> names) {
        return verifier.verifyTogether(
                SnapshotGroups.of(tables.all(), names.stream().map(runs::known).toList()));
    }

    @Override
    public StreamTableInfo get(String name) {
        StreamTableRow row = tables.row(name);
        return work("The stream table " + row.name() + " cannot be read", session -> inspector.info(session, row));
    }

    @Override
    public List<StreamTableInfo> list() {
        return work("The stream tables cannot be listed", session -> {
            List<StreamTableInfo> infos = new ArrayList<>();
            for (StreamTableRow row : catalog.all(session)) {
                infos.add(inspector.info(session, row));
            }
            return infos;
        });
    }

    @Override
    public List<RefreshResult> history(String name, int limit) {
        StreamTableRow row = tables.row(name);
        return work(
                "The history of " + row.name() + " cannot be read", session -> catalog.history(session, row, limit));
    }
}
