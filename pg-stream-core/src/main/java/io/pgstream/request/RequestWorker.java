package io.pgstream.request;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshListener;
import io.pgstream.RefreshMode;
import io.pgstream.RefreshResult;
import io.pgstream.Schedule;
import io.pgstream.StreamTableAlteration;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableInfo;
import io.pgstream.Verification;
import io.pgstream.catalog.Environment;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.JsonObject;
import io.pgstream.support.Session;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what requests ask for. */
final class RequestWorker {

    private static final Logger LOG = LoggerFactory.getLogger(RequestWorker.class);

    private final StreamTableEngine engine;

    private final DataSource dataSource;

    private final List<RefreshListener> listeners;

    private final String schema;

    RequestWorker(StreamTableEngine engine, DataSource dataSource, List<RefreshListener> listeners) {
        this.engine = engine;
        this.dataSource = dataSource;
        this.listeners = List.copyOf(listeners);
        this.schema = Identifiers.quote(engine.settings().catalogSchema());
    }

    /**
     * Does the work.
     *
     * @param cancel is told how to cancel it
     * @return the result, a JSON object
     */
    JsonObject perform(Request request, Consumer<Runnable> cancel) throws SQLException {
        Thread thread = Thread.currentThread();
        cancel.accept(() -> engine.cancelRefreshes(thread));
        return switch (request.action()) {
            case "create" -> create(request, cancel);
            case "alter" -> alter(request, cancel);
            case "drop" -> drop(request);
            case "drop_all" -> dropAll();
            case "refresh" -> refresh(request);
            case "refresh_all" ->
                new JsonObject()
                        .with(
                                "refreshes",
                                engine.refreshAll().stream()
                                        .map(RequestWorker::told)
                                        .toList());
            case "verify" -> verify(request);
            case "create_fresh_view" -> createFreshView(existing(request));
            case "drop_fresh_view" -> dropFreshView(existing(request));
            case "suspend" -> setStatus(existing(request), "SUSPENDED");
            case "resume" -> setStatus(existing(request), "ACTIVE");
            case "pause_all" -> pause(true);
            case "resume_all" -> pause(false);
            default ->
                throw new InvalidDefinitionException(
                        ErrorCode.INVALID_OPTION,
                        "This engine does not know the action " + request.action() + ".",
                        "The catalog is newer than this engine: upgrade the application.");
        };
    }

    /** An engine whose sessions are set as the caller's, for what depends on that. */
    private StreamTableEngine as(Environment environment, Consumer<Runnable> cancel) {
        if (environment.searchPath().matches("(?s).*,\\s*\"?pg_catalog\"?\\s*(,.*)?")) {
            throw new InvalidDefinitionException(
                    ErrorCode.INVALID_OPTION,
                    "The search_path of the session has schemas before pg_catalog.",
                    "Leave pg_catalog out of it: objects of other schemas would take the place of PostgreSQL's own, also in the"
                            + " engine.");
        }
        StreamTableEngine other =
                new StreamTableEngine(new CallerSettings(dataSource, environment), engine.settings(), listeners);
        cancel.accept(other::cancelRefreshes);
        return other;
    }

    private JsonObject create(Request request, Consumer<Runnable> cancel) {
        QualifiedName name = QualifiedName.parse(required(request, "name"));
        String callers = request.argument("schema");
        StreamTableDefinition definition = new StreamTableDefinition(
                (callers == null) ? name : name.orInSchema(callers),
                required(request, "query"),
                Schedule.parse(required(request, "schedule")),
                mode(required(request, "refresh_mode")));
        return told(as(request.environment(), cancel).create(definition));
    }

    private JsonObject alter(Request request, Consumer<Runnable> cancel) throws SQLException {
        String name = existing(request);
        String query = request.argument("query");
        String schedule = request.argument("schedule");
        String mode = request.argument("refresh_mode");
        String status = request.argument("status");
        if (status != null) {
            checkStatus(status);
        }
        StreamTableAlteration alteration = new StreamTableAlteration(
                query, (schedule == null) ? null : Schedule.parse(schedule), (mode == null) ? null : mode(mode));
        if (query != null) {
            as(request.environment(), cancel).alter(name, alteration);
        } else if (schedule != null || mode != null) {
            engine.alter(name, alteration);
        }
        return (status == null) ? told(engine.get(name)) : setStatus(name, status);
    }

    private JsonObject drop(Request request) throws SQLException {
        String name = existing(request);
        if (request.flag("cascade")) {
            engine.dropCascading(name);
        } else {
            engine.drop(name);
        }
        return new JsonObject().with("dropped", List.of(name));
    }

    /** In rounds, because they may read each other. */
    private JsonObject dropAll() {
        List<String> dropped = new ArrayList<>();
        List<String> left =
                engine.list().stream().map(table -> table.name().toString()).toList();
        int before;
        do {
            before = left.size();
            List<String> kept = new ArrayList<>();
            for (String name : left) {
                (dropped(name) ? dropped : kept).add(name);
            }
            left = kept;
        } while (!left.isEmpty() && left.size() < before);
        return new JsonObject().with("dropped", dropped).with("kept", left);
    }

    private boolean dropped(String name) {
        try {
            engine.drop(name);
            return true;
        } catch (PgStreamException e) {
            if (e.code() != ErrorCode.HAS_DEPENDANTS) {
                throw e;
            }
            return false;
        }
    }

    private JsonObject refresh(Request request) throws SQLException {
        String name = existing(request);
        return told(request.flag("force") ? engine.refreshFully(name) : engine.refresh(name));
    }

    private JsonObject verify(Request request) throws SQLException {
        Verification verification = engine.verify(existing(request));
        return new JsonObject()
                .with("name", verification.name())
                .with("equal", verification.equal())
                .with("rows", verification.rows())
                .with("missing", verification.missing())
                .with("unexpected", verification.unexpected());
    }

    private JsonObject createFreshView(String name) {
        return new JsonObject().with("name", name).with("view", engine.createFreshView(name));
    }

    private JsonObject dropFreshView(String name) {
        engine.dropFreshView(name);
        return new JsonObject().with("name", name);
    }

    private JsonObject pause(boolean paused) {
        if (paused) {
            engine.pauseAll();
        } else {
            engine.resumeAll();
        }
        return new JsonObject().with("paused", paused);
    }

    private JsonObject setStatus(String name, String status) {
        checkStatus(status);
        if (status.equalsIgnoreCase("ACTIVE")) {
            engine.resume(name);
        } else {
            engine.suspend(name);
        }
        return told(engine.get(name));
    }

    private static void checkStatus(String status) {
        if (!status.equalsIgnoreCase("ACTIVE") && !status.equalsIgnoreCase("SUSPENDED")) {
            throw new InvalidDefinitionException(
                    ErrorCode.INVALID_OPTION,
                    "'" + status + "' is not a status that can be asked for.",
                    "Write ACTIVE or SUSPENDED.");
        }
    }

    private static RefreshMode mode(String text) {
        try {
            return RefreshMode.valueOf(text.trim().toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new InvalidDefinitionException(
                    ErrorCode.INVALID_OPTION,
                    "'" + text + "' is not a refresh mode.",
                    "Write one of " + List.of(RefreshMode.values()) + ".",
                    e);
        }
    }

    private static String required(Request request, String argument) {
        String value = request.argument(argument);
        if (value == null) {
            throw new InvalidDefinitionException(
                    ErrorCode.INVALID_OPTION, "The argument " + argument + " is NULL.", "Give it a value.");
        }
        return value;
    }

    /** The full name of the stream table that is meant, by the rules of the catalog's functions. */
    private String existing(Request request) throws SQLException {
        String name = required(request, "name");
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(true);
            return new Session(connection)
                    .one(
                            "SELECT format('%I.%I', t.schema_name, t.table_name) FROM " + schema
                                    + ".pgs_stream_tables AS t WHERE t.id = " + schema + ".find_stream_table(?)",
                            row -> row.getString(1),
                            name);
        }
    }

    private static JsonObject told(StreamTableInfo table) {
        return new JsonObject()
                .with("name", table.name())
                .with("status", table.status())
                .with("mode", table.effectiveMode())
                .with("schedule", table.schedule().text())
                .with("reason", table.fullReason());
    }

    private static JsonObject told(RefreshResult result) {
        return new JsonObject()
                .with("name", result.name())
                .with("outcome", result.outcome())
                .with("changes", result.changes())
                .with("inserted", result.inserted())
                .with("updated", result.updated())
                .with("deleted", result.deleted())
                .with("ms", result.duration().toMillis())
                .with("reason", result.reason());
    }

    /** What is to be written down for the caller. */
    @FunctionalInterface
    interface Outcome {

        void write(Session session) throws SQLException;
    }

    /** Does the work and says what came of it, whatever that is. */
    Outcome outcome(Request request, RequestQueue queue, Consumer<Runnable> cancel) {
        try {
            String result = perform(request, cancel).toString();
            return session -> queue.succeeded(session, request.id(), result);
        } catch (PgStreamException e) {
            return session -> queue.failed(session, request.id(), SqlFailure.of(e));
        } catch (SQLException e) {
            return session -> queue.failed(session, request.id(), SqlFailure.of(e));
        } catch (RuntimeException e) {
            LOG.error("The request {} of an SQL client failed unexpectedly", request.action(), e);
            return session -> queue.failed(session, request.id(), SqlFailure.unexpected(e));
        }
    }
}
