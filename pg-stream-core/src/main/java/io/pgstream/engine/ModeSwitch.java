package io.pgstream.engine;

import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.FrontierRow;
import io.pgstream.catalog.Protection;
import io.pgstream.catalog.StoredPlan;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.delta.CompiledQuery;
import io.pgstream.delta.MaintenancePlan;
import io.pgstream.refresh.Refresher;
import io.pgstream.refresh.StateTables;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import io.pgstream.synchronous.SynchronousTables;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Gives a table that its writers maintain another mode, and nothing else: its rows and states are right at any moment at which nobody
 * writes to its sources, so that nothing is computed.
 */
final class ModeSwitch {

    private final SynchronousTables tables;

    private final Catalog catalog;

    private final Refresher refresher;

    private final EngineSettings settings;

    ModeSwitch(SynchronousTables tables, Catalog catalog, Refresher refresher, EngineSettings settings) {
        this.tables = tables;
        this.catalog = catalog;
        this.refresher = refresher;
        this.settings = settings;
    }

    /**
     * Whether a changed definition differs in nothing but the mode, as far as that can be said without looking at the sources.
     *
     * @param compiled the new definition, whose plan keeps what that of the present one keeps
     */
    static boolean suits(StreamTableRow old, DefinitionCompiler.Compiled compiled) {
        return old.circle().isEmpty()
                && old.canonicalQuery().equals(compiled.canonicalQuery())
                && old.environment().equals(compiled.environment())
                && old.keptFilters().equals(compiled.keptFilters());
    }

    /**
     * Switches. Commits.
     *
     * @param row the new definition
     * @return whether it could be done; if not, nothing has happened
     */
    boolean run(Session session, StreamTableRow old, StreamTableRow row, CompiledQuery compiled) throws SQLException {
        MaintenancePlan plan = compiled.plan();
        AtomicInteger attempts = new AtomicInteger();
        return plan != null
                && tables.patiently(session, old.name(), () -> {
                    session.execute("LOCK TABLE " + Identifiers.quote(settings.stateSchema()) + ".l" + old.id()
                            + " IN SHARE UPDATE EXCLUSIVE MODE");
                    session.execute(
                            row.effectiveMode().synchronous()
                                    ? tables.keepingOut(session, old)
                                    : tables.keepingAllOut(session, old, attempts.getAndIncrement()));
                    String hash = refresher.planHash(session, old, compiled);
                    if (!right(session, old, plan, hash)) {
                        session.rollbackQuietly();
                        return false;
                    }
                    catalog.replace(session, row);
                    if (row.effectiveMode().synchronous()) {
                        tables.follow(session, row, plan);
                        new StoredPlan(settings.catalogSchema()).note(session, row.id(), hash);
                    } else {
                        leave(session, old, row, compiled);
                    }
                    new Protection(settings.catalogSchema()).remember(session, row.id());
                    session.commit();
                    return true;
                });
    }

    private void leave(Session session, StreamTableRow old, StreamTableRow row, CompiledQuery compiled)
            throws SQLException {
        if (!row.differential()) {
            StateTables.drop(session, settings.stateSchema(), row.id());
        }
        refresher.startsHere(session, row, compiled);
        tables.leave(session, old);
    }

    /** Behind the locks: whether the rows are those of the query, and the states those of the plan. */
    private boolean right(Session session, StreamTableRow old, MaintenancePlan plan, String hash) throws SQLException {
        FrontierRow read = tables.read(session, old);
        return read.version() == old.version()
                && hash.equals(read.planHash())
                && !read.surroundings().restored()
                && !read.surroundings().targetAltered()
                && !read.surroundings().functionsReplaced()
                && tables.followed(session, old, plan);
    }
}
