package io.pgstream.engine;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshFailedException;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.cdc.TriggerCapture;
import io.pgstream.refresh.Refresher;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.List;

/** Drops stream tables. */
final class TableDropper {

    private final Catalog catalog;

    private final TriggerCapture capture;

    private final Refresher refresher;

    private final EngineSettings settings;

    private final SynchronousDefiner synchronous;

    TableDropper(
            Catalog catalog,
            TriggerCapture capture,
            Refresher refresher,
            EngineSettings settings,
            SynchronousDefiner synchronous) {
        this.catalog = catalog;
        this.capture = capture;
        this.refresher = refresher;
        this.settings = settings;
        this.synchronous = synchronous;
    }

    /** Drops what operators remember for a stream table. */
    void dropStates(Session session, long id) throws SQLException {
        for (String state : session.list(
                "SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname"
                        + " = ? AND c.relkind = 'r' AND starts_with(c.relname, ?)",
                row -> row.getString(1),
                settings.stateSchema(),
                "s" + id + "_")) {
            session.execute("DROP TABLE " + Identifiers.quote(settings.stateSchema()) + "." + Identifiers.quote(state));
        }
    }

    /** Drops a stream table with everything that was made for it. Commits. */
    void drop(Session session, StreamTableRow row) throws SQLException {
        List<QualifiedName> readers = catalog.all(session).stream()
                .filter(other ->
                        other.dependencies().stream().anyMatch(dependency -> dependency.relid() == row.relid()))
                .map(StreamTableRow::name)
                .toList();
        session.commit();
        if (!readers.isEmpty()) {
            throw new InvalidDefinitionException(
                    ErrorCode.HAS_DEPENDANTS,
                    "The stream table " + row.name() + " is read by " + readers + ".",
                    "Drop those first.");
        }
        try {
            session.execute("SET LOCAL lock_timeout = " + settings.ddlTimeout().toMillis());
            synchronous.remove(session, row);
            session.execute("LOCK TABLE " + Identifiers.quote(settings.stateSchema()) + ".l" + row.id()
                    + " IN ACCESS EXCLUSIVE MODE");
            session.execute("DROP TABLE IF EXISTS " + Identifiers.quote(row.name()));
            dropStates(session, row.id());
            session.execute("DROP TABLE " + Identifiers.quote(settings.stateSchema()) + ".l" + row.id());
            catalog.delete(session, row.id());
            session.commit();
        } catch (SQLException e) {
            session.rollbackQuietly();
            if ("2BP01".equals(e.getSQLState())) {
                throw new RefreshFailedException(
                        ErrorCode.HAS_DEPENDANTS,
                        "The stream table " + row.name()
                                + " cannot be dropped, because views or other objects depend on it.",
                        "Drop those first.",
                        e.getSQLState(),
                        false,
                        e);
            }
            throw e;
        }
        refresher.forget(row.id());
        capture.removeUnused(session, TableDefiner.captures(row.dependencies()));
    }
}
