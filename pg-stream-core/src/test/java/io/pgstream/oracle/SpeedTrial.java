package io.pgstream.oracle;

import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.Schedule;
import io.pgstream.StreamTableDefinition;
import io.pgstream.UnsupportedQueryException;
import io.pgstream.engine.StreamTableEngine;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** One query, refreshed in three ways after the same changes: as a materialized view, differentially, and as AUTO chooses. */
final class SpeedTrial {

    /** Medians in milliseconds, and what AUTO did. */
    record Times(double full, double differential, double automatic, String choices) {

        double ratio() {
            return full / differential;
        }

        String line() {
            double better = Math.min(full, differential);
            return String.format(
                    Locale.ROOT,
                    "%8.1f %8.1f %7.2f %8.1f %5.2f %-8s",
                    full,
                    differential,
                    ratio(),
                    automatic,
                    automatic / better,
                    choices);
        }
    }

    private static final int MEASURED = Integer.getInteger("pgstream.speed.cycles", 5);

    private static final int WARM = Integer.getInteger("pgstream.speed.warm", 2);

    private final StreamTableEngine engine;

    private final Connection connection;

    private final SpeedTables tables;

    private final String query;

    private final SpeedClock clock;

    private String problem = "";

    /** Whether deltas take so long that they are not waited for any more. */
    private boolean hopeless;

    SpeedTrial(StreamTableEngine engine, Connection connection, SpeedTables tables, String query) throws SQLException {
        this.engine = engine;
        this.connection = connection;
        this.tables = tables;
        this.query = query;
        this.clock = new SpeedClock(connection, Boolean.getBoolean("pgstream.speed.processor"));
    }

    /** What is wrong, or empty. */
    String problem() {
        return problem;
    }

    /** Makes the three tables; whether there is something to measure. */
    boolean create() throws SQLException {
        try {
            execute("SET statement_timeout = 6000; SET work_mem = '4MB'");
            execute("CREATE MATERIALIZED VIEW mv AS " + query);
        } catch (SQLException e) {
            problem = "not measured: " + e.getMessage();
            return false;
        } finally {
            execute("SET statement_timeout = 0");
        }
        try {
            create("d", RefreshMode.DIFFERENTIAL);
            create("a", RefreshMode.AUTO);
            return true;
        } catch (UnsupportedQueryException e) {
            problem = "REFUSED: " + e.getMessage();
            return false;
        } catch (RuntimeException e) {
            problem = "FAILED: " + e;
            return false;
        }
    }

    private void create(String name, RefreshMode mode) {
        engine.create(new StreamTableDefinition(
                StreamTableDefinition.of("o." + name, query).name(), query, Schedule.parse("manual"), mode));
    }

    void drop() throws SQLException {
        for (String name : List.of("d", "a")) {
            try {
                engine.drop("o." + name);
            } catch (RuntimeException e) {
                // It was never made.
            }
        }
        execute("DROP MATERIALIZED VIEW IF EXISTS mv");
    }

    /** @param share of the rows that change; 0 for a single row */
    Times measure(double share) throws SQLException {
        List<String> sources = sources();
        int warm = (share == 0) ? sources.size() : WARM;
        int measured = (share == 0) ? Math.max(3, sources.size() * Math.min(2, MEASURED / 2)) : MEASURED;
        double[][] times = new double[3][measured];
        double[][] wall = new double[3][measured];
        int full = 0;
        String reason = "";
        String written = "";
        for (int i = -warm; i < measured; i++) {
            if (share == 0) {
                tables.changeOne(sources, i + warm);
            } else {
                tables.change(sources, share);
            }
            int cycle = Math.max(0, i);
            clock.start();
            execute("REFRESH MATERIALIZED VIEW mv");
            times[0][cycle] = clock.stop();
            wall[0][cycle] = clock.wall();
            clock.start();
            if (!hopeless) {
                engine.refresh("o.d");
            }
            times[1][cycle] = clock.stop();
            wall[1][cycle] = clock.wall();
            hopeless |= times[1][cycle] > 500 + 10 * times[0][cycle];
            times[1][cycle] = hopeless ? 99999 : times[1][cycle];
            clock.start();
            RefreshResult result = engine.refresh("o.a");
            times[2][cycle] = clock.stop();
            wall[2][cycle] = clock.wall();
            if (Boolean.getBoolean("pgstream.speed.cyclesShown")) {
                System.out.printf(
                        "    %d: %.1f %.1f %.1f %s %s%n",
                        i, times[0][cycle], times[1][cycle], times[2][cycle], result.outcome(), result.reason());
            }
            written = " " + result.inserted() + "+ " + result.updated() + "~ " + result.deleted() + "-";
            if (i >= 0 && result.outcome() == RefreshOutcome.FULL) {
                full++;
                reason = " " + result.reason();
            }
        }
        compare();
        return new Times(
                median(times[0]),
                median(times[1]),
                median(times[2]),
                full + "F/" + measured
                        + String.format(Locale.ROOT, " wall %.1f %.1f", median(wall[0]), median(wall[2]))
                        + written + reason
                        + (Boolean.getBoolean("pgstream.speed.learned")
                                ? " LEARNED " + engine.explain("o.a").notes()
                                : ""));
    }

    private List<String> sources() throws SQLException {
        List<String> sources = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT DISTINCT coalesce(pg_partition_root(d.source_relid), d.source_relid)::regclass::text"
                                + " FROM pgstream.pgs_dependencies AS d JOIN pg_class AS c ON c.oid = d.source_relid AND c.relkind IN ('r', 'p') ORDER BY 1")) {
            while (rows.next()) {
                sources.add(rows.getString(1));
            }
        }
        return sources;
    }

    private void compare() throws SQLException {
        if (query.contains("now()") || query.contains("CURRENT_") || query.contains("current_")) {
            return;
        }
        for (String name : hopeless ? List.of("a") : List.of("d", "a")) {
            String columns = columns();
            String sql = "SELECT count(*) FROM ((SELECT " + columns + " FROM mv EXCEPT ALL SELECT " + columns
                    + " FROM " + name + ") UNION ALL (SELECT " + columns + " FROM " + name + " EXCEPT ALL SELECT "
                    + columns + " FROM mv)) AS q";
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                rows.next();
                if (rows.getLong(1) > 0 && problem.isEmpty()) {
                    problem = "DIFFERENT: " + rows.getLong(1) + " rows of " + name;
                }
            }
        }
    }

    /** What compares rows: floats that were summed up in another order are equal in their first digits. */
    private String columns() throws SQLException {
        List<String> columns = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT * FROM mv LIMIT 0")) {
            ResultSetMetaData data = rows.getMetaData();
            for (int i = 1; i <= data.getColumnCount(); i++) {
                String name = "\"" + data.getColumnName(i).replace("\"", "\"\"") + "\"";
                boolean floats = data.getColumnType(i) == Types.DOUBLE || data.getColumnType(i) == Types.REAL;
                columns.add(floats ? name + "::float4::text" : name + "::text");
            }
        }
        return columns.isEmpty() ? "1" : String.join(", ", columns);
    }

    private void execute(String statement) throws SQLException {
        try (Statement it = connection.createStatement()) {
            it.execute(statement);
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
