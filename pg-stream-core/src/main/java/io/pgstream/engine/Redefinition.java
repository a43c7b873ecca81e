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
 * Stores a changed definition. The table itself is changed in place, unless its writers maintain it before or afterwards:
 * they write to it at any time, so that the changed one is made beside it and takes its place at the end.
 */
final class Redefinition implements Replacement {

    private final TableDefiner definer;

    private final Catalog catalog;

    private final Refresher refresher;

    private final EngineSettings settings;

    private final StreamTableRow old;

    private final QualifiedName target;

    private final LongFunction<StreamTableRow> rows;

    private final DefinitionCompiler.Compiled compiled;

    private final CircleKeeper.Circle circle;

    /**
     * @param target the table that is written
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
            LongFunction<StreamTableRow> rows,
            DefinitionCompiler.Compiled compiled,
            CircleKeeper.Circle circle) {
        this.definer = definer;
        this.catalog = catalog;
        this.refresher = refresher;
        this.settings = settings;
        this.old = old;
        this.target = target;
        this.rows = rows;
        this.compiled = compiled;
        this.circle = circle;
    }

    /** The table that a changed definition is written to. */
    static QualifiedName target(EngineSettings settings, StreamTableRow old, StreamTableDefinition definition) {
        return old.effectiveMode().synchronous() || definition.mode().synchronous()
                ? new QualifiedName(settings.stateSchema(), "pgstream_new_" + old.id())
                : old.name();
    }

    private boolean inPlace() {
        return target.equals(old.name());
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
        if (!inPlace()) {
            swap(session);
        }
        new Protection(settings.catalogSchema()).remember(session, old.id());
    }

    private void swap(Session session) throws SQLException {
        if (!rows.apply(0).effectiveMode().synchronous()) {
            definer.synchronous().remove(session, old);
        }
        FreshView.drop(session, settings.catalogSchema(), old.id());
        session.execute("SET LOCAL lock_timeout = " + settings.ddlTimeout().toMillis() + "; DROP TABLE IF EXISTS "
                + Identifiers.quote(old.name()) + "; ALTER TABLE " + Identifiers.quote(target) + " SET SCHEMA "
                + Identifiers.quote(String.valueOf(old.name().schema())) + "; ALTER TABLE "
                + Identifiers.quote(new QualifiedName(old.name().schema(), target.name()))
                + " RENAME TO " + Identifiers.quote(old.name().name()));
    }
}
