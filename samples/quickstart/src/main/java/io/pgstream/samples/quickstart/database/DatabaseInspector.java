package io.pgstream.samples.quickstart.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Asks the server what it is. */
public final class DatabaseInspector {

    private static final List<String> SETTINGS = List.of(
            "fsync", "synchronous_commit", "shared_buffers", "work_mem", "jit", "max_parallel_workers_per_gather");

    private final JdbcClient jdbc;

    private final boolean embedded;

    DatabaseInspector(JdbcClient jdbc, boolean embedded) {
        this.jdbc = jdbc;
        this.embedded = embedded;
    }

    /**
     * Inspects the server.
     *
     * @return what it answers
     */
    public DatabaseInfo inspect() {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String name : SETTINGS) {
            settings.put(name, setting(name));
        }
        return jdbc.sql("SELECT scale, rows, seconds, loaded_at FROM tpch_load")
                .query((row, number) -> info(row, settings))
                .single();
    }

    private DatabaseInfo info(ResultSet row, Map<String, String> settings) throws SQLException {
        return new DatabaseInfo(
                embedded,
                setting("server_version"),
                settings,
                row.getDouble("scale"),
                row.getLong("rows"),
                row.getDouble("seconds"),
                row.getTimestamp("loaded_at").toInstant());
    }

    private String setting(String name) {
        return jdbc.sql("SELECT current_setting(:name)")
                .param("name", name)
                .query(String.class)
                .single();
    }
}
