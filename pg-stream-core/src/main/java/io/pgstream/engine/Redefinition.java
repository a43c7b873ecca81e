package io.pgstream.engine;

import io.pgstream.QualifiedName;
import io.pgstream.StreamTableDefinition;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.Protection;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.catalog.UsedFunctions;
import io.pgstream.refresh.FreshView;
import io.pgstream.refresh.Refresher;
import io.pgstream.refresh.Replacement;
import io.pgstream.refresh.StateTables;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.function.LongFunction;

/**
 * Stores a changed definition. The table itself is changed in place, unless its writers are to maintain it and it may need other
 * columns: those are not changed in a transaction that the writers wait for, so that the changed table is made beside the old
 * one and takes its place at the end.
 */
final class Redefinition implements Replacement {

    private final TableDefiner definer;

    private final Catalog catalog;

    private final Refresher refresher;

    private final EngineSettings settings;

    private final StreamTableRow old;

    private final QualifiedName target;

    private final String keepWritersOut;

    private final LongFunction<StreamTableRow> rows;

    private final DefinitionCompiler.Compiled compiled;

    private final CircleKeeper.Circle circle;

    /**
     * @param target the table that is written
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
            QualifiedName target,
            String keepWritersOut,
            LongFunction<StreamTableRow> rows,
            DefinitionCompiler.Compiled compiled,
            CircleKeeper.Circle circle) {
        this.definer = definer;
        this.catalog = catalog;
        this.refresher = refresher;
        this.settings = settings;
        this.old = old;
        this.target = target;
        this.keepWritersOut = keepWritersOut;
        this.rows = rows;
        this.compiled = compiled;
        this.circle = circle;
    }

    /**
     * The table that a changed definition is written to: the present one, but if writers will maintain it and it may have
     * other columns. Ends the transaction.
     */
    static QualifiedName target(
            Session session,
            Refresher refresher,
            EngineSettings settings,
            StreamTableRow old,
            StreamTableDefinition definition)
            throws SQLException {
        boolean inPlace = !definition.mode().synchronous() || keepsColumns(session, refresher, old, definition);
        session.commit();
        return inPlace ? old.name() : new QualifiedName(settings.stateSchema(), "pgstream_new_" + old.id());
    }

    private static boolean keepsColumns(
            Session session, Refresher refresher, StreamTableRow old, StreamTableDefinition definition)
            throws SQLException {
        return old.query().equals(definition.query())
                && session.one(
                        "SELECT to_regclass(?)::oid::bigint IS NOT DISTINCT FROM ?",
                        row -> row.getBoolean(1),
                        Identifiers.quote(old.name()),
                        old.relid())
                && refresher.fits(session, old.name(), old.canonicalQuery());
    }

    private boolean inPlace() {
        return target.equals(old.name());
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
        if (!inPlace()) {
            definer.createTarget(session, target, compiled.canonicalQuery(), compiled.environment());
        }
        long relid = inPlace() ? definer.presentTarget(session, old, compiled) : TableDefiner.relid(session, target);
        StreamTableRow row = rows.apply(relid);
        refresher.createStates(session, row, compiled.query(), target);
        catalog.replace(session, row);
        if (circle.concerned()) {
            definer.circles().update(session, old.id(), circle.members());
        }
        new UsedFunctions(settings.catalogSchema()).store(session, old.id(), compiled.functions());
    }

    @Override
    public void finish(Session session) throws SQLException {
        boolean synchronous = rows.apply(0).effectiveMode().synchronous();
        if (!inPlace()) {
            swap(session);
        } else if (synchronous) {
            FreshView.drop(session, settings.catalogSchema(), old.id());
        } else if (old.effectiveMode().synchronous()) {
            session.execute("SET LOCAL lock_timeout = " + settings.ddlTimeout().toMillis());
            definer.synchronous().remove(session, old);
        }
        new Protection(settings.catalogSchema()).remember(session, old.id());
    }

    private void swap(Session session) throws SQLException {
        FreshView.drop(session, settings.catalogSchema(), old.id());
        session.execute("SET LOCAL lock_timeout = " + settings.ddlTimeout().toMillis() + "; DROP TABLE IF EXISTS "
                + Identifiers.quote(old.name()) + "; ALTER TABLE " + Identifiers.quote(target) + " SET SCHEMA "
                + Identifiers.quote(String.valueOf(old.name().schema())) + "; ALTER TABLE "
                + Identifiers.quote(new QualifiedName(old.name().schema(), target.name()))
                + " RENAME TO " + Identifiers.quote(old.name().name()));
    }
}
