package io.pgstream.engine;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.Schedule;
import io.pgstream.StreamTableDefinition;
import io.pgstream.UnsupportedQueryException;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.FrontierRow;
import io.pgstream.catalog.Protection;
import io.pgstream.catalog.StoredPlan;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.delta.CompiledQuery;
import io.pgstream.delta.KeptFilters;
import io.pgstream.delta.MaintenancePlan;
import io.pgstream.refresh.BeforeCommit;
import io.pgstream.refresh.FreshView;
import io.pgstream.refresh.LastRefresh;
import io.pgstream.refresh.Refresher;
import io.pgstream.refresh.Replacement;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import io.pgstream.synchronous.SynchronousTables;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is different about the definition of a table that its writers maintain. */
final class SynchronousDefiner {

    private static final Logger LOG = LoggerFactory.getLogger(SynchronousDefiner.class);

    /** What the planner thinks of a query that takes about as long as a writer can wait without anybody asking why. */
    private static final String COST_OF_WAITING = "10000";

    private final SynchronousTables tables;

    private final Catalog catalog;

    private final DefinitionCompiler compiler;

    private final String stateSchema;

    private final String catalogSchema;

    private final int topkMaxLimit;

    SynchronousDefiner(Catalog catalog, EngineSettings settings, DefinitionCompiler compiler) {
        this.catalog = catalog;
        this.compiler = compiler;
        this.stateSchema = settings.stateSchema();
        this.catalogSchema = settings.catalogSchema();
        this.topkMaxLimit = settings.synchronous().topkMaxLimit();
        this.tables = new SynchronousTables(
                catalog,
                settings.changeBufferSchema(),
                settings.stateSchema(),
                settings.lockTimeout(),
                settings.ddlTimeout(),
                settings.synchronous().recursiveMaxDepth());
    }

    /** Changes nothing but the mode of tables that their writers maintain. */
    ModeSwitch modeSwitch(Refresher refresher, EngineSettings settings) {
        return new ModeSwitch(tables, catalog, refresher, settings);
    }

    /** Refuses what cannot be. Ends the transaction. */
    void check(Session session, StreamTableDefinition definition, CompiledQuery compiled, RefreshMode mode)
            throws SQLException {
        if (!mode.synchronous()) {
            return;
        }
        if (definition.schedule() instanceof Schedule.Every || definition.schedule() instanceof Schedule.Cron) {
            throw new InvalidDefinitionException(
                    ErrorCode.INVALID_SCHEDULE,
                    "The stream table " + definition.name() + " has the mode " + mode + " and the schedule "
                            + definition.schedule().text() + ", but its writers keep it up to date.",
                    "Leave the schedule out, or choose the mode AUTO.");
        }
        String obstacle = SynchronousTables.obstacle(session, plan(compiled), topkMaxLimit);
        session.commit();
        if (!obstacle.isEmpty()) {
            throw new UnsupportedQueryException(
                    "The query of " + definition.name() + " cannot be maintained in the mode " + mode + ", because "
                            + obstacle + ".",
                    "Use the mode AUTO with a schedule.");
        }
    }

    private static MaintenancePlan plan(CompiledQuery compiled) {
        MaintenancePlan plan = compiled.plan();
        if (plan == null) {
            throw new IllegalStateException("A query without a plan has the mode FULL");
        }
        return plan;
    }

    <T> T patiently(Session session, QualifiedName name, SynchronousTables.Attempt<T> attempt) throws SQLException {
        return tables.patiently(session, name, attempt);
    }

    /** Makes the functions of a table whose name is that of the plan, and loads it. */
    void start(Session session, StreamTableRow row, CompiledQuery compiled) throws SQLException {
        tables.install(session, row, plan(compiled));
        tables.load(session, row, plan(compiled));
        tables.renewOrder(session);
    }

    /** Statements that keep the writers out of a table that they maintain; empty for others. Ends the transaction. */
    String keepingOut(Session session, StreamTableRow row) throws SQLException {
        String statements = row.effectiveMode().synchronous() ? tables.keepingOut(session, row) : "";
        session.commit();
        return statements;
    }

    /** Loads a changed definition into the table; readers see the old rows until the commit. Commits. */
    void replace(
            Session session,
            StreamTableRow row,
            StreamTableRow old,
            DefinitionCompiler.Compiled compiled,
            Replacement replacement)
            throws SQLException {
        MaintenancePlan plan = plan(compiled.query());
        patiently(session, row.name(), () -> {
            session.execute("LOCK TABLE " + Identifiers.quote(stateSchema) + ".l" + row.id()
                    + " IN SHARE UPDATE EXCLUSIVE MODE");
            remove(session, old);
            replacement.prepare(session);
            tables.install(session, row, plan);
            RefreshResult result = tables.migrate(session, catalogSchema, row, plan);
            replacement.finish(session);
            tables.renewOrder(session);
            session.commit();
            return result;
        });
    }

    /**
     * Whether a query takes so long that nobody should wait for it: then a table is loaded as one that is refreshed, and handed to its
     * writers afterwards. Ends the transaction.
     */
    boolean worthLoadingBeside(Session session, DefinitionCompiler.Compiled compiled) throws SQLException {
        session.execute(compiled.environment().setLocal());
        session.execute("SET LOCAL search_path = ''");
        boolean worth = tables.estimatedCost(session, compiled.canonicalQuery())
                > Double.parseDouble(System.getProperty("pgstream.test.loadBeside", COST_OF_WAITING));
        session.rollbackQuietly();
        return worth;
    }

    /**
     * Whether a table that is refreshed holds what its writers would maintain, so that it can be handed to them.
     *
     * @param compiled its query, compiled for its writers
     */
    static boolean canBeHandedOver(StreamTableRow old, DefinitionCompiler.Compiled compiled) {
        return old.differential()
                && !old.effectiveMode().synchronous()
                && old.circle().isEmpty()
                && old.canonicalQuery().equals(compiled.canonicalQuery())
                && old.environment().equals(compiled.environment());
    }

    /**
     * Hands a table that is refreshed to its writers: they are kept out only while the last changes are written and the triggers are
     * made. Commits.
     *
     * @param row the new definition
     * @param last refreshes the present one, of the same query
     * @return whether it could be done; if not, nothing has happened
     */
    boolean handOver(Session session, StreamTableRow row, LastRefresh last) throws SQLException {
        try {
            MaintenancePlan plan = last.catchUp();
            return patiently(session, row.name(), () -> {
                session.execute("LOCK TABLE " + Identifiers.quote(stateSchema) + ".l" + row.id()
                        + " IN SHARE UPDATE EXCLUSIVE MODE");
                FreshView.drop(session, catalogSchema, row.id());
                tables.takeOver(session, row, plan, last::run);
                new StoredPlan(catalogSchema).note(session, row.id(), last.planHash());
                new Protection(catalogSchema).remember(session, row.id());
                session.commit();
                return true;
            });
        } catch (LastRefresh.NotPossibleException e) {
            session.rollbackQuietly();
            LOG.debug("{} is loaded while its writers wait: {}", row.name(), e.getMessage());
            return false;
        }
    }

    private MaintenancePlan compiled(Session session, StreamTableRow row) throws SQLException {
        return plan(compiler.compile(
                        session,
                        row.query(),
                        row.name(),
                        row.id(),
                        row.environment(),
                        KeptFilters.stored(row.keptFilters()))
                .query());
    }

    /**
     * Answers for a refresh: there is nothing to bring up to date, but who insists has every row compared.
     *
     * @return {@code null} if the definition has changed meanwhile
     */
    @Nullable
    RefreshResult refresh(Session session, StreamTableRow row, boolean force, BeforeCommit check) throws SQLException {
        RefreshResult result = null;
        if (force) {
            MaintenancePlan plan = compiled(session, row);
            result = patiently(session, row.name(), () -> tables.compare(session, row, plan));
        }
        // Who looks at the snapshot may wait for somebody who empties a source: it would be empty at any snapshot then.
        String locks = (check == BeforeCommit.NONE) ? "" : "; " + tables.keepingWhole(session, row);
        session.commit();
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ" + locks);
        FrontierRow read = tables.read(session, row);
        if (read.version() != row.version()) {
            return null;
        }
        check.run(session);
        session.commit();
        return (result != null)
                ? result
                : new RefreshResult(row.name(), RefreshOutcome.NO_DATA, null, 0, 0, 0, 0, read.now(), Duration.ZERO);
    }

    /**
     * Whether its writers have passed a table by, or will: what they rely on was altered, or after a dump was restored, the functions know the sources by numbers that are
     * another server's. Ends the transaction.
     */
    boolean missedWrites(Session session, StreamTableRow row) throws SQLException {
        boolean missed = catalog.missedWrites().exist(session, row.id())
                || tables.read(session, row).surroundings().restored()
                || !tables.followed(session, row);
        session.commit();
        return missed;
    }

    /** A table is no longer in the catalog: others who waited for its writers need not. */
    void forgotten(Session session, StreamTableRow row) throws SQLException {
        if (row.effectiveMode().synchronous()) {
            tables.renewOrder(session);
        }
    }

    /** Removes the functions of a table, if it has any. */
    void remove(Session session, @Nullable StreamTableRow row) throws SQLException {
        if (row != null && row.effectiveMode().synchronous()) {
            tables.remove(session, row);
        }
    }
}
