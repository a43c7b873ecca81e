package io.pgstream.samples.quickstart.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/**
 * A PostgreSQL server of this process, with a data directory of its own below {@code java.io.tmpdir} that is deleted
 * when the server stops. It waits for the disk on every commit as a server in production does, so that the times on the
 * page mean something.
 */
final class EmbeddedServer implements JdbcConnectionDetails, AutoCloseable {

    private static final String DATABASE = "postgres";

    private static final String USER = "postgres";

    private final EmbeddedPostgres postgres;

    EmbeddedServer() {
        try {
            this.postgres = EmbeddedPostgres.builder()
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("shared_buffers", "256MB")
                    .setServerConfig("max_wal_size", "2GB")
                    .setServerConfig("max_connections", "100")
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The embedded PostgreSQL server did not start. Set spring.datasource.url to use a server of your own.",
                    e);
        }
    }

    @Override
    public String getJdbcUrl() {
        return postgres.getJdbcUrl(USER, DATABASE);
    }

    @Override
    public String getUsername() {
        return USER;
    }

    /** The server listens on the loopback interface only and trusts its connections. */
    @Override
    public String getPassword() {
        return "";
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
