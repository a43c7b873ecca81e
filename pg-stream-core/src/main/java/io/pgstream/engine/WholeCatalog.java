package io.pgstream.engine;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshResult;
import io.pgstream.StreamTableFate;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.Declarations;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.graph.DependencyGraph;
import io.pgstream.sql.Identifiers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done to all stream tables of a catalog: pausing, draining and removing them. */
final class WholeCatalog {

    private static final Logger LOG = LoggerFactory.getLogger(WholeCatalog.class);

    private final Sessions sessions;

    private final Catalog catalog;

    private final TableRemover remover;

    private final EngineSettings settings;

    /** Quoted. */
    private final String schema;

    WholeCatalog(Sessions sessions, Catalog catalog, TableRemover remover, EngineSettings settings) {
        this.sessions = sessions;
        this.catalog = catalog;
        this.remover = remover;
        this.settings = settings;
        this.schema = Identifiers.quote(settings.catalogSchema());
    }

    void pause() {
        set("paused", "coalesce(paused_at, clock_timestamp())");
    }

    void resume() {
        set("resumed", "NULL");
    }

    private void set(String what, String pausedAt) {
        sessions.work(
                "The stream tables cannot be " + what,
                session -> session.update("UPDATE " + schema + ".pgs_control SET paused_at = " + pausedAt));
    }

    /** Refreshes all tables, those first that others read. */
    List<RefreshResult> drain(Function<QualifiedName, RefreshResult> refresh) {
        pause();
        List<RefreshResult> results = new ArrayList<>();
        for (StreamTableRow row : inOrder()) {
            try {
                results.add(refresh.apply(row.name()));
            } catch (PgStreamException e) {
                if (e.code() == ErrorCode.SERVER_UNAVAILABLE) {
                    throw e;
                }
                LOG.warn("{}: is not drained: {}", row.name(), e.getMessage());
            }
        }
        return results;
    }

    /** Each table before its readers. */
    private List<StreamTableRow> inOrder() {
        List<StreamTableRow> rows = sessions.work("The stream tables cannot be listed", catalog::all);
        Map<QualifiedName, StreamTableRow> byName = new HashMap<>();
        Map<QualifiedName, List<QualifiedName>> reads = new HashMap<>();
        for (StreamTableRow row : rows) {
            byName.put(row.name(), row);
            reads.put(
                    row.name(),
                    row.dependencies().stream()
                            .map(StreamTableRow.Dependency::name)
                            .toList());
        }
        return DependencyGraph.topological(
                        rows.stream().map(StreamTableRow::name).toList(), reads)
                .stream()
                .map(name -> Objects.requireNonNull(byName.get(name)))
                .toList();
    }

    /** Removes everything, the catalog last: what fails on the way can be tried again. */
    void uninstall(StreamTableFate tables) {
        refuseOthers();
        pause();
        List<StreamTableRow> rows = new ArrayList<>(inOrder());
        Collections.reverse(rows);
        for (StreamTableRow row : rows) {
            sessions.work("The stream table " + row.name() + " cannot be removed", session -> {
                remover.remove(
                        session,
                        row,
                        tables == StreamTableFate.KEEP ? TableRemover.Fate.KEPT : TableRemover.Fate.DROPPED);
                return row;
            });
        }
        sessions.work("pg-stream cannot be removed", session -> {
            session.execute("SET LOCAL client_min_messages = warning; SET LOCAL lock_timeout = "
                    + settings.ddlTimeout().toMillis() + "; DROP SCHEMA IF EXISTS "
                    + Identifiers.quote(settings.changeBufferSchema()) + ", "
                    + Identifiers.quote(settings.stateSchema()) + ", " + schema + " CASCADE");
            return rows;
        });
        LOG.info("pg-stream is removed from the database; {} stream tables were {}", rows.size(), tables);
    }

    private void refuseOthers() {
        List<String> others = sessions.work(
                "The declarations cannot be read",
                session -> new Declarations(settings.catalogSchema()).others(session, settings.application()));
        if (!others.isEmpty()) {
            throw new InvalidDefinitionException(
                    ErrorCode.HAS_DEPENDANTS,
                    "pg-stream cannot be removed, because other applications have stream tables in its catalog: "
                            + String.join(", ", others) + ".",
                    "Drop their stream tables first, or uninstall from the last of these applications.");
        }
    }
}
