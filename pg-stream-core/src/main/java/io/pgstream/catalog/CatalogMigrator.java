package io.pgstream.catalog;

import io.pgstream.ErrorCode;
import io.pgstream.RefreshFailedException;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * Creates and upgrades the catalog with a Flyway of our own: own schema, own history, own location, so that the
 * application's migrations never meet it.
 *
 * @since 0.1.0
 */
public final class CatalogMigrator {

    private static final int OLDEST = 150_000;

    private static final int NEWEST = 190_000;

    /** Instances that start together wait here: CREATE SCHEMA IF NOT EXISTS can fail when two run it at once. */
    private static final long LOCK = 0x70677374_7265616dL;

    private final DataSource dataSource;

    private final String schema;

    private final String changeBufferSchema;

    private final String stateSchema;

    public CatalogMigrator(DataSource dataSource, String schema, String changeBufferSchema, String stateSchema) {
        this.dataSource = dataSource;
        this.schema = schema;
        this.changeBufferSchema = changeBufferSchema;
        this.stateSchema = stateSchema;
    }

    /** Brings the catalog to the version of this code. */
    public void migrate() {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            Session session = new Session(connection);
            try {
                checkServer(session);
                session.list("SELECT pg_advisory_xact_lock(?)", row -> "", LOCK);
                flyway().migrate();
            } finally {
                session.rollbackQuietly();
            }
        } catch (SQLException e) {
            throw SqlErrors.translate("The catalog cannot be migrated", e);
        } catch (FlywayException e) {
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                if (cause instanceof SQLException sql) {
                    throw SqlErrors.translate("The catalog cannot be migrated", sql);
                }
            }
            throw new RefreshFailedException(
                    ErrorCode.REFRESH_FAILED,
                    "The catalog in the schema " + schema + " cannot be migrated: " + e.getMessage(),
                    "Compare the schema's history table with the version of pg-stream.",
                    null,
                    false,
                    e);
        }
    }

    private static void checkServer(Session session) throws SQLException {
        int version = session.one("SELECT current_setting('server_version_num')::int", row -> row.getInt(1));
        if (version < OLDEST || version >= NEWEST) {
            throw new RefreshFailedException(
                    ErrorCode.UNSUPPORTED_SERVER,
                    "The server is PostgreSQL " + version / 10_000 + ", outside of 15 to 18.",
                    "Use a supported version of PostgreSQL.",
                    null,
                    false,
                    null);
        }
        if (session.one(
                "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean",
                row -> row.getBoolean(1))) {
            throw new RefreshFailedException(
                    ErrorCode.READ_ONLY_SERVER,
                    "The server is a read-only standby, or its sessions are read-only.",
                    "Connect to the primary: a standby or a read-only session cannot maintain tables.",
                    null,
                    false,
                    null);
        }
    }

    private Flyway flyway() {
        return Flyway.configure(CatalogMigrator.class.getClassLoader())
                .dataSource(dataSource)
                .locations("classpath:io/pgstream/catalog/migration")
                .schemas(schema)
                .defaultSchema(schema)
                .table("pg_stream_schema_history")
                .failOnMissingLocations(true)
                .placeholders(Map.of(
                        "catalogSchema", Identifiers.quote(schema),
                        "catalogText", Identifiers.literal(schema),
                        "changeBufferSchema", Identifiers.quote(changeBufferSchema),
                        // The same as a string, for functions that put a name together.
                        "changeBufferText", Identifiers.literal(Identifiers.quote(changeBufferSchema)),
                        "stateSchema", Identifiers.quote(stateSchema),
                        // The bare name as a string.
                        "stateText", Identifiers.literal(stateSchema)))
                .load();
    }
}
