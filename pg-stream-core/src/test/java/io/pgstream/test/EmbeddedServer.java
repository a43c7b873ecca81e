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
