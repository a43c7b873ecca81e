package io.pgstream.test;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.sql.DataSource;

/** A PostgreSQL server from the binaries that the build copied. */
final class EmbeddedServer implements ServerOfTests {

    private final EmbeddedPostgres postgres;

    EmbeddedServer(int version) {
        try {
            this.postgres = EmbeddedPostgres.builder()
                    .setPgBinaryResolver((system, machine) -> TestServer.binaries(version, system, machine))
                    .setServerConfig("max_connections", "200")
                    .setServerConfig("max_prepared_transactions", "20")
                    .setServerConfig("wal_level", "logical")
                    .setServerConfig("fsync", "off")
                    .setServerConfig("synchronous_commit", "off")
                    .setServerConfig("full_page_writes", "off")
                    // Databases and tables that come and go keep it busy for half of the time, and what it counts
                    // makes the plans of a test differ from run to run.
                    .setServerConfig("autovacuum", "off")
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public DataSource database(String name) {
        return postgres.getDatabase("postgres", name);
    }

    @Override
    public int port() {
        return postgres.getPort();
    }
}
