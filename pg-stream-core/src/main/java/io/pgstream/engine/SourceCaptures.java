package io.pgstream.engine;

import io.pgstream.RefreshMode;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.cdc.TriggerCapture;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Has the sources of stream tables captured for as long as somebody reads their changes. */
final class SourceCaptures {

    private final TriggerCapture capture;

    private final ForeignKeyCheck foreignKeys;

    SourceCaptures(TriggerCapture capture, ForeignKeyCheck foreignKeys) {
        this.capture = capture;
        this.foreignKeys = foreignKeys;
    }

    /** Installs capture on every source of a differential table. */
    List<StreamTableRow.Dependency> install(Session session, DefinitionCompiler.Compiled compiled, RefreshMode mode)
            throws SQLException {
        if (mode == RefreshMode.FULL || mode.synchronous()) {
            return compiled.dependencies();
        }
        List<StreamTableRow.Dependency> captured = new ArrayList<>();
        Set<Long> read = DefinitionCompiler.readByPlan(compiled.query());
        try {
            for (StreamTableRow.Dependency dependency : compiled.dependencies()) {
                captured.add(
                        !read.contains(dependency.relid())
                                ? dependency
                                : new StreamTableRow.Dependency(
                                        dependency.relid(),
                                        dependency.name(),
                                        dependency.columns(),
                                        capture.ensure(
                                                session, dependency.relid(), dependency.name(), dependency.columns())));
            }
            foreignKeys.run(session, captured);
            return captured;
        } catch (SQLException | RuntimeException e) {
            session.rollbackQuietly();
            release(session, captured);
            throw e;
        }
    }

    /** Removes the captures of sources that nobody reads by now. Commits. */
    void release(Session session, List<StreamTableRow.Dependency> dependencies) throws SQLException {
        capture.removeUnused(session, captures(dependencies));
    }

    /** Makes the captures complete, upon which refreshes move to new ones by themselves. Commits. */
    void complete(Session session, StreamTableRow row) throws SQLException {
        for (StreamTableRow.Dependency dependency : row.dependencies()) {
            if (dependency.captureId() != null) {
                capture.ensure(session, dependency.relid(), dependency.name(), dependency.columns());
            }
        }
    }

    /** Removes the captures that were left behind, by a drop that met a lock or by an instance that died. Commits. */
    void removeUnused(Session session) throws SQLException {
        capture.removeUnused(session);
    }

    static Set<Long> captures(List<StreamTableRow.Dependency> dependencies) {
        Set<Long> captures = new LinkedHashSet<>();
        for (StreamTableRow.Dependency dependency : dependencies) {
            if (dependency.captureId() != null) {
                captures.add(dependency.captureId());
            }
        }
        return captures;
    }
}
