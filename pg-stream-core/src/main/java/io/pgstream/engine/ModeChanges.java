package io.pgstream.engine;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.delta.KeptFilters;
import io.pgstream.refresh.LastRefresh;
import io.pgstream.refresh.Refresher;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;

/** Changes of the mode for which no rows have to be loaded while the writers of the sources wait. */
final class ModeChanges {

    private final TableDefiner definer;

    private final Catalog catalog;

    private final SourceCaptures captures;

    private final Refresher refresher;

    private final DefinitionCompiler compiler;

    private final ModeSwitch modeSwitch;

    ModeChanges(
            TableDefiner definer,
            Catalog catalog,
            SourceCaptures captures,
            Refresher refresher,
            DefinitionCompiler compiler,
            ModeSwitch modeSwitch) {
        this.definer = definer;
        this.catalog = catalog;
        this.captures = captures;
        this.refresher = refresher;
        this.compiler = compiler;
        this.modeSwitch = modeSwitch;
    }

    /** Whether a table could be handed to its writers as it is, instead of being loaded while they wait. */
    boolean handedOver(
            Session session, StreamTableRow old, StreamTableDefinition definition, DefinitionCompiler.Compiled compiled)
            throws SQLException {
        SynchronousDefiner synchronous = definer.synchronous();
        if (!SynchronousDefiner.canBeHandedOver(old, compiled) || !synchronous.worthLoadingBeside(session, compiled)) {
            return false;
        }
        StreamTableRow refreshed = old;
        if (!old.keptFilters().equals(compiled.keptFilters())) {
            StreamTableDefinition present =
                    new StreamTableDefinition(old.name(), old.query(), old.schedule(), old.requestedMode());
            definer.redefine(session, old, present, true, KeptFilters.stored(compiled.keptFilters()));
            refreshed = present(session, old);
        }
        StreamTableRow row =
                definer.row(old, definition, compiled, definition.mode(), compiled.dependencies(), List.of());
        LastRefresh last = refresher.lastRefresh(session, refreshed);
        if (!synchronous.handOver(session, row, last)) {
            return false;
        }
        changed(session, old);
        captures.release(session, last.row().dependencies());
        return true;
    }

    private StreamTableRow present(Session session, StreamTableRow old) throws SQLException {
        StreamTableRow present = Objects.requireNonNull(catalog.find(session, old.name()));
        session.commit();
        return present;
    }

    private void changed(Session session, StreamTableRow old) throws SQLException {
        refresher.forget(old.id());
        refresher.freshViews().renewQuietly(session, old.name());
    }

    /**
     * Whether a table that its writers maintain could get another mode as it is. Where refreshes have a better plan than writers can follow, it is
     * given that one afterwards, beside them.
     */
    boolean switched(
            Session session,
            StreamTableRow old,
            StreamTableDefinition definition,
            DefinitionCompiler.Compiled compiled,
            RefreshMode mode)
            throws SQLException {
        if (!old.effectiveMode().synchronous() || mode == old.effectiveMode()) {
            return false;
        }
        boolean same = old.keptFilters().equals(compiled.keptFilters());
        DefinitionCompiler.Compiled kept = same
                ? compiled
                : compiler.compile(
                        session,
                        definition.query(),
                        old.name(),
                        old.id(),
                        compiled.environment(),
                        KeptFilters.stored(old.keptFilters()));
        if (!ModeSwitch.suits(old, kept) || !asItIs(session, old, definition, kept, mode)) {
            return false;
        }
        changed(session, old);
        if (!same && mode != RefreshMode.FULL) {
            definer.redefine(
                    session, present(session, old), definition, true, KeptFilters.stored(compiled.keptFilters()));
        }
        return true;
    }

    private boolean asItIs(
            Session session,
            StreamTableRow old,
            StreamTableDefinition definition,
            DefinitionCompiler.Compiled compiled,
            RefreshMode mode)
            throws SQLException {
        List<StreamTableRow.Dependency> dependencies = captures.install(session, compiled, mode);
        boolean done = false;
        try {
            StreamTableRow row = definer.row(old, definition, compiled, mode, dependencies, List.of());
            done = modeSwitch.run(session, old, row, compiled.query());
        } finally {
            if (!done) {
                session.rollbackQuietly();
                captures.release(session, dependencies);
            }
        }
        return done;
    }
}
