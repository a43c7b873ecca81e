package io.pgstream.engine;

import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.Protection;
import io.pgstream.catalog.StoredPlan;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.catalog.UsedFunctions;
import io.pgstream.refresh.FreshView;
import io.pgstream.refresh.Refresher;
import io.pgstream.refresh.Replacement;
import io.pgstream.refresh.StateTables;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.function.LongFunction;

/** Stores a changed definition. The table itself is changed in place, so that what hangs on it stays. */
final class Redefinition implements Replacement {

    private final TableDefiner definer;

    private final Catalog catalog;

    private final Refresher refresher;

    private final EngineSettings settings;

    private final StreamTableRow old;

    private final String keepWritersOut;

    private final LongFunction<StreamTableRow> rows;

    private final DefinitionCompiler.Compiled compiled;

    private final CircleKeeper.Circle circle;

    /**
     * @param keepWritersOut statements that keep the writers out of a table that they maintain, or an empty text
     * @param rows the new definition, by the number of its table
     * @param circle the circle that it may be in
     */
    Redefinition(
            TableDefiner definer,
            Catalog catalog,
            Refresher refresher,
            EngineSettings settings,
            StreamTableRow old,
            String keepWritersOut,
            LongFunction<StreamTableRow> rows,
            DefinitionCompiler.Compiled compiled,
            CircleKeeper.Circle circle) {
        this.definer = definer;
        this.catalog = catalog;
        this.refresher = refresher;
        this.settings = settings;
        this.old = old;
        this.keepWritersOut = keepWritersOut;
        this.rows = rows;
        this.compiled = compiled;
        this.circle = circle;
    }

    /** What writers maintain is theirs until they are kept out; then it is ours until the commit. */
    @Override
    public void lock(Session session) throws SQLException {
        if (!keepWritersOut.isEmpty()) {
            session.execute(keepWritersOut);
        }
    }

    @Override
    public void prepare(Session session) throws SQLException {
        if (circle.concerned()) {
            definer.circles().lock(session);
        }
        StateTables.drop(session, settings.stateSchema(), old.id());
        StreamTableRow row = rows.apply(definer.presentTarget(session, old, compiled));
        refresher.createStates(session, row, compiled.query(), old.name());
        catalog.replace(session, row);
        if (circle.concerned()) {
            definer.circles().update(session, old.id(), circle.members());
        }
        new UsedFunctions(settings.catalogSchema()).store(session, old.id(), compiled.functions());
    }

    @Override
    public void finish(Session session) throws SQLException {
        StreamTableRow row = rows.apply(old.relid());
        if (row.effectiveMode().synchronous()) {
            FreshView.drop(session, settings.catalogSchema(), old.id());
            new StoredPlan(settings.catalogSchema())
                    .note(session, old.id(), refresher.planHash(session, row, compiled.query()));
        } else if (old.effectiveMode().synchronous()) {
            session.execute("SET LOCAL lock_timeout = " + settings.ddlTimeout().toMillis());
            definer.synchronous().remove(session, old);
        }
        new Protection(settings.catalogSchema()).remember(session, old.id());
    }
}
