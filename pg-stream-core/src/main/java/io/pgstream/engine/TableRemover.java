package io.pgstream.engine;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshFailedException;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.Protection;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.cdc.TriggerCapture;
import io.pgstream.feed.FeedTables;
import io.pgstream.refresh.FreshView;
import io.pgstream.refresh.Refresher;
import io.pgstream.refresh.StateTables;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Drops stream tables, or makes ordinary tables of them, with everything that was made for them. */
final class TableRemover {

    private final Sessions sessions;

    private final Catalog catalog;

    private final TriggerCapture capture;

    private final Refresher refresher;

    private final TableDefiner definer;

    private final EngineSettings settings;

    private final Protection protection;

    TableRemover(
            Sessions sessions,
            Catalog catalog,
            TriggerCapture capture,
            Refresher refresher,
            TableDefiner definer,
            EngineSettings settings) {
        this.sessions = sessions;
        this.catalog = catalog;
        this.capture = capture;
        this.refresher = refresher;
        this.definer = definer;
        this.settings = settings;
        this.protection = new Protection(settings.catalogSchema());
    }

    /** What becomes of the table itself. */
    enum Fate {
        DROPPED,
        DROPPED_WITH_DEPENDANTS,
        KEPT
    }

    /**
     * Drops a stream table.
     *
     * @param cascade whether stream tables and other objects that depend on it are dropped, too
     * @return the stream tables that were dropped
     */
    List<QualifiedName> drop(StreamTableRow row, boolean cascade) {
        return drop(row, cascade, Set.of());
    }

    /** @param others those that are dropped next */
    List<QualifiedName> drop(StreamTableRow row, boolean cascade, Set<QualifiedName> others) {
        return sessions.work("The stream table " + row.name() + " cannot be dropped", session -> {
            List<StreamTableRow> readers = readers(session, row).stream()
                    .filter(reader -> !others.contains(reader.name()))
                    .toList();
            if (!readers.isEmpty() && !cascade) {
                throw new InvalidDefinitionException(
                        ErrorCode.HAS_DEPENDANTS,
                        "The stream table " + row.name() + " is read by "
                                + readers.stream().map(StreamTableRow::name).toList() + ".",
                        "Drop those first, or drop it with what depends on it.");
            }
            List<QualifiedName> dropped = new ArrayList<>();
            if (cascade) {
                dropAll(session, row, dropped, new HashSet<>());
            } else {
                remove(session, row, Fate.DROPPED);
                dropped.add(row.name());
            }
            return dropped;
        });
    }

    private List<StreamTableRow> readers(Session session, StreamTableRow row) throws SQLException {
        List<StreamTableRow> readers = catalog.all(session).stream()
                .filter(other -> other.id() != row.id()
                        && other.dependencies().stream().anyMatch(dependency -> dependency.relid() == row.relid()))
                .toList();
        session.commit();
        return readers;
    }

    /** Readers first; in a circle the last one that is reached. */
    private void dropAll(Session session, StreamTableRow row, List<QualifiedName> dropped, Set<QualifiedName> seen)
            throws SQLException {
        if (!seen.add(row.name())) {
            return;
        }
        for (StreamTableRow reader : readers(session, row)) {
            dropAll(session, reader, dropped, seen);
        }
        remove(session, row, Fate.DROPPED_WITH_DEPENDANTS);
        dropped.add(row.name());
    }

    /** Removes a stream table that no other one reads, or that only goes first. Commits. */
    void remove(Session session, StreamTableRow row, Fate fate) throws SQLException {
        String states = Identifiers.quote(settings.stateSchema());
        try {
            session.execute("SET LOCAL lock_timeout = " + settings.ddlTimeout().toMillis());
            if (!row.circle().isEmpty()) {
                definer.circles().lock(session);
            }
            definer.synchronous().remove(session, row);
            session.execute("LOCK TABLE " + states + ".l" + row.id() + " IN ACCESS EXCLUSIVE MODE");
            new FeedTables(settings.catalogSchema(), settings.stateSchema()).close(session, row.id());
            settle(session, row, fate);
            FreshView.drop(session, settings.catalogSchema(), row.id());
            StateTables.drop(session, settings.stateSchema(), row.id());
            session.execute("DROP TABLE " + states + ".l" + row.id());
            catalog.delete(session, row.id());
            if (!row.circle().isEmpty()) {
                definer.circles().update(session, row.id(), List.of());
            }
            definer.synchronous().forgotten(session, row);
            session.commit();
        } catch (SQLException e) {
            session.rollbackQuietly();
            if (SqlErrors.state(e).equals("2BP01")) {
                throw new RefreshFailedException(
                        ErrorCode.HAS_DEPENDANTS,
                        "The stream table " + row.name() + " cannot be dropped, because other objects depend on it: "
                                + SqlErrors.dependants(e) + ".",
                        "Drop those first, or drop it with what depends on it.",
                        SqlErrors.state(e),
                        false,
                        e);
            }
            throw e;
        }
        refresher.forget(row.id());
        capture.removeUnused(session, SourceCaptures.captures(row.dependencies()));
    }

    private void settle(Session session, StreamTableRow row, Fate fate) throws SQLException {
        Long relid = session.first(
                "SELECT oid::bigint FROM pg_class WHERE oid = to_regclass(?)",
                found -> found.getLong(1),
                Identifiers.quote(row.name()));
        if (relid == null || relid != row.relid()) {
            // Somebody has dropped or renamed it; what has its name now is not ours.
            return;
        }
        if (fate == Fate.KEPT) {
            protection.release(session, row.name());
        } else {
            if (fate == Fate.DROPPED) {
                FreshView.drop(session, settings.catalogSchema(), row.id());
            }
            session.execute("SET LOCAL client_min_messages = warning; DROP TABLE " + Identifiers.quote(row.name())
                    + (fate == Fate.DROPPED ? "" : " CASCADE"));
        }
    }
}
