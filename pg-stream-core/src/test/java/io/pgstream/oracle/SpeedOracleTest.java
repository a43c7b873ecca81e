package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.test.TestServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.postgresql.ds.PGPoolingDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * How a refresh compares with {@code REFRESH MATERIALIZED VIEW} for queries of every kind over tables of 20,000 to 250,000 rows of which 0.1 %, 1 %
 * and one have changed. {@code pgstream.speed} names the workloads ({@code all} for all), {@code pgstream.speed.only} is a pattern of
 * the names of queries, {@code pgstream.speed.copies} how often the rows are copied, {@code pgstream.speed.url} another server, of whose log {@code pgstream.speed.explain} asks for the plans of statements
 * of the engine that take so many milliseconds. Results are compared, too.
 */
@SuppressWarnings("deprecation")
class SpeedOracleTest {

    private static final String SPEED = "pgstream.speed";

    private static final Pattern ONLY = Pattern.compile(System.getProperty("pgstream.speed.only", ".*"));

    private static final List<String> SHARES =
            List.of(System.getProperty("pgstream.speed.shares", "0.001,0.01,0").split(","));

    private final List<String> problems = new ArrayList<>();

    private record Line(double ratio, String text) {}

    @Test
    @EnabledIfSystemProperty(named = SPEED, matches = ".+")
    void refreshes_are_faster_than_those_of_materialized_views() throws SQLException {
        String chosen = System.getProperty(SPEED);
        List<String> names = chosen.equals("all") ? SpeedWorkload.NAMES : List.of(chosen.split(","));
        List<Line> lines = new ArrayList<>();
        for (String name : names) {
            measure(SpeedWorkload.of(name), lines);
        }
        lines.sort(Comparator.comparingDouble(Line::ratio));
        System.out.println(
                "full, differential, ratio, automatic, automatic/better, full refreshes of it; for shares of "
                        + SHARES);
        lines.forEach(line -> System.out.println(line.text()));
        problems.forEach(problem -> System.out.println(problem));
        assertThat(problems).noneMatch(problem -> problem.contains("DIFFERENT") || problem.contains("FAILED"));
    }

    private void measure(SpeedWorkload workload, List<Line> lines) throws SQLException {
        PGSimpleDataSource database = database();
        PGPoolingDataSource pool = new PGPoolingDataSource();
        pool.setDataSourceName(java.util.UUID.randomUUID().toString());
        pool.setUrl(database.getUrl());
        pool.setUser(database.getUser());
        pool.setPassword(database.getPassword());
        pool.setCurrentSchema("o");
        pool.setMaxConnections(6);
        String options = Boolean.getBoolean("pgstream.speed.processor") ? "-c max_parallel_workers_per_gather=0" : "";
        String explain = System.getProperty("pgstream.speed.explain");
        if (explain != null) {
            options += (" -c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=" + explain
                    + " -c auto_explain.log_analyze=on -c auto_explain.log_buffers=off -c auto_explain.log_timing=on");
        }
        options += System.getProperty("pgstream.speed.options", "");
        pool.setOptions(options);
        StreamTableEngine engine = new StreamTableEngine(pool, EngineSettings.defaults(), List.of());
        engine.migrate();
        try (Connection connection = database.getConnection()) {
            SpeedTables tables = setup(connection, workload);
            for (Map.Entry<String, String> query : workload.queries().entrySet()) {
                if (ONLY.matcher(query.getKey()).matches()) {
                    one(
                            query.getKey(),
                            query.getValue(),
                            new SpeedTrial(engine, connection, tables, query.getValue()),
                            lines);
                }
            }
        } finally {
            pool.close();
        }
    }

    private static SpeedTables setup(Connection connection, SpeedWorkload workload) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA o; SET search_path = o; SET client_min_messages = error");
            for (String sql : workload.setup()) {
                statement.execute(sql);
            }
            SpeedTables tables = new SpeedTables(connection);
            tables.copy(workload.copies());
            tables.count();
            statement.execute("VACUUM ANALYZE");
            return tables;
        }
    }

    private void one(String name, String query, SpeedTrial trial, List<Line> lines) throws SQLException {
        StringBuilder text = new StringBuilder();
        double ratio = 0;
        try {
            if (trial.create()) {
                for (String share : SHARES) {
                    SpeedTrial.Times times = trial.measure(Double.parseDouble(share));
                    ratio = (text.length() == 0) ? times.ratio() : ratio;
                    text.append(" | ").append(times.line());
                }
            }
        } catch (RuntimeException | SQLException e) {
            problems.add(name + " FAILED: " + e + "\n    " + query);
        } finally {
            trial.drop();
        }
        if (text.length() > 0) {
            String line = String.format("%-20s", name) + text;
            System.out.println(line);
            lines.add(new Line(ratio, line));
        }
        if (!trial.problem().isEmpty()) {
            System.out.println(name + " " + trial.problem());
            problems.add(name + " " + trial.problem() + "\n    " + query);
        }
    }

    private static PGSimpleDataSource database() throws SQLException {
        String url = System.getProperty("pgstream.speed.url");
        if (url == null) {
            return (PGSimpleDataSource) TestServer.current().newDatabase();
        }
        String name = "speed_" + System.nanoTime();
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(url.substring(0, url.lastIndexOf('/') + 1) + name);
        database.setUser("postgres");
        return database;
    }
}
