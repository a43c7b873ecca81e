package io.pgstream.engine;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.Watermarks;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;

/** Watermarks by the functions of the catalog, which any other client can call as well. */
final class WatermarkRegistry implements Watermarks {

    private static final Set<String> WRONG = Set.of("22023", "22004", "42P01", "3F000");

    private final Sessions sessions;

    private final String catalog;

    /** @param catalogSchema not quoted */
    WatermarkRegistry(Sessions sessions, String catalogSchema) {
        this.sessions = sessions;
        this.catalog = Identifiers.quote(catalogSchema);
    }

    @Override
    public void advance(String source, Instant watermark) {
        translated(
                "The watermark of " + source + " cannot be advanced",
                () -> sessions.attempt(session -> {
                    advance(session, source, watermark);
                    return true;
                }));
    }

    @Override
    public void advance(Connection connection, String source, Instant watermark) {
        translated("The watermark of " + source + " cannot be advanced", () -> {
            advance(new Session(connection), source, watermark);
            return true;
        });
    }

    private void advance(Session session, String source, Instant watermark) throws SQLException {
        session.list(
                "SELECT " + catalog + ".advance_watermark(?::regclass, ?::timestamptz)",
                row -> "",
                quoted(source),
                Timestamp.from(watermark));
    }

    @Override
    public void createGroup(String name, Collection<String> sources, Duration tolerance) {
        translated(
                "The watermark group " + name + " cannot be created",
                () -> sessions.attempt(session -> {
                    session.list(
                            "SELECT " + catalog
                                    + ".create_watermark_group(?, ?::text[]::regclass[], make_interval(secs =>"
                                    + " ?::float8))",
                            row -> "",
                            name,
                            sources.stream().map(WatermarkRegistry::quoted).toArray(String[]::new),
                            tolerance.toNanos() / 1e9);
                    return true;
                }));
    }

    @Override
    public boolean dropGroup(String name) {
        return translated(
                "The watermark group " + name + " cannot be dropped",
                () -> sessions.attempt(session ->
                        session.one("SELECT " + catalog + ".drop_watermark_group(?)", row -> row.getBoolean(1), name)));
    }

    private static String quoted(String name) {
        return Identifiers.quote(QualifiedName.parse(name));
    }

    @FunctionalInterface
    private interface Call {

        boolean run() throws SQLException;
    }

    private static boolean translated(String what, Call call) {
        try {
            return call.run();
        } catch (SQLException e) {
            throw failure(what, e);
        }
    }

    private static PgStreamException failure(String what, SQLException e) {
        if (WRONG.contains(SqlErrors.state(e))) {
            return new InvalidDefinitionException(
                    ErrorCode.INVALID_OPTION,
                    what + ": " + SqlErrors.message(e) + ".",
                    "Name tables that exist, and watermarks that do not go back.",
                    e);
        }
        return SqlErrors.translate(what, e);
    }
}
