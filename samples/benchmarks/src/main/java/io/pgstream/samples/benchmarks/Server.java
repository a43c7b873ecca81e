package io.pgstream.samples.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The server that is measured: an embedded one with the settings of a small production server, or a given one. */
final class Server implements AutoCloseable {

    private static final Map<String, String> CONFIGURATION = configuration();

    private final @Nullable EmbeddedPostgres embedded;

    private final String url;

    private final HikariDataSource pool;

    Server(String url) {
        this.embedded = url.isEmpty() ? start() : null;
        this.url = (embedded == null) ? url : embedded.getJdbcUrl("postgres", "postgres");
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(this.url);
        // The queries of TPC-H and of Nexmark name their tables without a schema; all others name it.
        config.addDataSourceProperty("currentSchema", TpchQuery.SCHEMA + "," + NexmarkQuery.SCHEMA + ",public");
        config.setMaximumPoolSize(4);
        config.setPoolName("engine");
        this.pool = new HikariDataSource(config);
    }

    private static Map<String, String> configuration() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("shared_buffers", "2GB");
        settings.put("effective_cache_size", "4GB");
        settings.put("work_mem", "64MB");
        settings.put("maintenance_work_mem", "256MB");
        settings.put("fsync", "on");
        settings.put("full_page_writes", "on");
        settings.put("synchronous_commit", "on");
        settings.put("wal_level", "replica");
        settings.put("max_wal_size", "16GB");
        settings.put("checkpoint_timeout", "30min");
        settings.put("random_page_cost", "1.1");
        settings.put("jit", "off");
        settings.put("autovacuum", "off");
        settings.put("max_connections", "100");
        return settings;
    }

    private static EmbeddedPostgres start() {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder();
        CONFIGURATION.forEach(builder::setServerConfig);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("The embedded server does not start: " + e.getMessage(), e);
        }
    }

    /** A connection of its own, outside of the pool. */
    Database connect() {
        try {
            return new Database(DriverManager.getConnection(url));
        } catch (SQLException e) {
            throw new IllegalStateException("The server cannot be reached: " + e.getMessage(), e);
        }
    }

    /** The pool that the engine gets, as an application would give it one. */
    DataSource pool() {
        return pool;
    }

    /** What the server says about itself, for the head of every table. */
    Map<String, String> settings() {
        try (Database database = connect()) {
            Map<String, String> settings = new LinkedHashMap<>();
            settings.put("server_version", database.text("SHOW server_version"));
            CONFIGURATION.keySet().forEach(name -> settings.put(name, database.text("SHOW " + name)));
            settings.put("max_parallel_workers_per_gather", database.text("SHOW max_parallel_workers_per_gather"));
            return settings;
        }
    }

    @Override
    public void close() {
        pool.close();
        if (embedded != null) {
            try {
                embedded.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
