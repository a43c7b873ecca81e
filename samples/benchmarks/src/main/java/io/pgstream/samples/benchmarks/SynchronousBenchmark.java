package io.pgstream.samples.benchmarks;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableOperations;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Part (s): what a table that is right within the transaction costs each statement, against pg_ivm on the same server. Every contender has
 * tables of its own with the same rows; rounds of all contenders alternate.
 */
final class SynchronousBenchmark {

    static final String BARE = "bare";

    static final String PG_IVM = "pg_ivm";

    private static final List<Integer> WRITERS = List.of(1, 4);

    private static final int CUSTOMERS = 10_000;

    private static final int BULK = 1_000;

    private static final Map<String, String> QUERIES = queries();

    private final Server server;

    private final Database database;

    private final StreamTableOperations operations;

    private final Options options;

    SynchronousBenchmark(Server server, Database database, StreamTableOperations operations, Options options) {
        this.server = server;
        this.database = database;
        this.operations = operations;
        this.options = options;
    }

    private static Map<String, String> queries() {
        Map<String, String> queries = new LinkedHashMap<>();
        queries.put(
                "aggregate",
                "SELECT customer_id, count(*) AS n, sum(amount) AS total FROM %1$s.o GROUP BY customer_id");
        // With both keys pg_ivm makes an index by which it finds rows again.
        queries.put(
                "join",
                "SELECT o.id, o.amount, c.id AS customer_id, c.name FROM %1$s.o AS o JOIN %1$s.c AS c"
                        + " ON c.id = o.customer_id");
        queries.put(
                "join, aggregate",
                "SELECT c.region, count(*) AS n, sum(o.amount) AS total FROM %1$s.o AS o JOIN %1$s.c AS c"
                        + " ON c.id = o.customer_id GROUP BY c.region");
        queries.put(
                "EXISTS",
                "SELECT c.id, c.name FROM %1$s.c AS c WHERE EXISTS (SELECT 1 FROM %1$s.o AS o WHERE o.customer_id ="
                        + " c.id)");
        return queries;
    }

    void run(Consumer<Measurement> results) {
        List<String> contenders = new ArrayList<>(List.of(BARE, "IMMEDIATE", "ON_COMMIT"));
        boolean available = database.number("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_ivm'") > 0;
        if (available) {
            database.execute("CREATE EXTENSION IF NOT EXISTS pg_ivm");
            contenders.add(PG_IVM);
        } else {
            System.out.println("(s) The server has no pg_ivm: it is left out.");
        }
        for (Map.Entry<String, String> query : QUERIES.entrySet()) {
            contenders.forEach(contender -> prepare(contender, query.getValue()));
            for (int writers : WRITERS) {
                measure(query.getKey(), contenders, writers, 1, results);
                measure(query.getKey(), contenders, writers, BULK, results);
            }
            contenders.forEach(this::remove);
        }
    }

    private static String schema(String contender) {
        return "bench_s_" + contender.toLowerCase(Locale.ROOT);
    }

    private void prepare(String contender, String query) {
        String schema = schema(contender);
        database.execute("DROP SCHEMA IF EXISTS " + schema + " CASCADE; CREATE SCHEMA " + schema + ";"
                + " CREATE TABLE " + schema + ".c (id int PRIMARY KEY, name text NOT NULL, region int NOT NULL);"
                + " CREATE TABLE " + schema + ".o (id bigint PRIMARY KEY, customer_id int NOT NULL,"
                + " amount numeric(10,2) NOT NULL); CREATE INDEX ON " + schema + ".o (customer_id);"
                + " INSERT INTO " + schema + ".c SELECT i, 'customer ' || i, i % 100 FROM generate_series(0, "
                + (CUSTOMERS - 1) + ") AS i; INSERT INTO " + schema + ".o SELECT i, i % " + CUSTOMERS
                + ", i % 1000 FROM generate_series(1, " + options.largest() + ") AS i; ANALYZE " + schema
                + ".c; ANALYZE "
                + schema + ".o");
        String text = String.format(Locale.ROOT, query, schema);
        if (contender.equals(PG_IVM)) {
            String extension = database.text("SELECT n.nspname FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid ="
                    + " p.pronamespace WHERE p.proname = 'create_immv'");
            database.execute(
                    "SELECT " + extension + ".create_immv('" + schema + ".st', '" + text.replace("'", "''") + "')");
        } else if (!contender.equals(BARE)) {
            operations.create(StreamTableDefinition.of(schema + ".st", text).withMode(RefreshMode.valueOf(contender)));
        }
    }

    private void remove(String contender) {
        if (!contender.equals(BARE) && !contender.equals(PG_IVM)) {
            operations.drop(schema(contender) + ".st");
        }
        database.execute("DROP SCHEMA " + schema(contender) + " CASCADE");
    }

    private void measure(
            String subject, List<String> contenders, int writers, int rows, Consumer<Measurement> results) {
        int repetitions = (rows == 1) ? options.repetitions() * 40 : options.repetitions();
        Map<String, List<Double>> times = new LinkedHashMap<>();
        for (int round = 0; round <= 2; round++) {
            for (String contender : contenders) {
                for (Map.Entry<String, List<Double>> cell : round(
                                contender, writers, rows, round == 0 ? 8 : repetitions)
                        .entrySet()) {
                    if (round > 0) {
                        times.computeIfAbsent(cell.getKey() + "/" + contender, key -> new ArrayList<>())
                                .addAll(cell.getValue());
                    }
                }
                database.execute("VACUUM " + schema(contender) + ".o");
            }
        }
        times.forEach((key, measured) -> {
            String[] cell = key.split("/", 2);
            results.accept(new Measurement(
                    "s", subject + " " + cell[0], options.largest(), rows, writers, cell[1], measured, ""));
        });
    }

    private Map<String, List<Double>> round(String contender, int writers, int rows, int repetitions) {
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        try {
            List<Future<Map<String, List<Double>>>> running = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                int writer = i;
                running.add(threads.submit(() -> write(contender, writer, rows, repetitions)));
            }
            Map<String, List<Double>> all = new LinkedHashMap<>();
            for (Future<Map<String, List<Double>>> each : running) {
                each.get()
                        .forEach((operation, measured) -> all.computeIfAbsent(operation, key -> new ArrayList<>())
                                .addAll(measured));
            }
            return all;
        } catch (ExecutionException e) {
            throw new IllegalStateException("A writer failed: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        } finally {
            threads.shutdown();
        }
    }

    /** Each writer has rows and customers of its own. */
    private Map<String, List<Double>> write(String contender, int writer, int rows, int repetitions)
            throws SQLException {
        Map<String, List<Double>> times = new LinkedHashMap<>();
        String table = schema(contender) + ".o";
        try (Database own = server.connect()) {
            Connection connection = own.connection();
            long first = 1_000_000_000L * (writer + 1);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + table
                            + " SELECT i, ? * 2500 + i % 2500, 7 FROM generate_series(?::bigint, ?::bigint) AS i");
                    PreparedStatement update = connection.prepareStatement(
                            "UPDATE " + table + " SET amount = amount + ? WHERE id BETWEEN ? AND ?");
                    PreparedStatement delete = connection.prepareStatement(
                            "DELETE FROM " + table + " WHERE ? > -1 AND id BETWEEN ? AND ?")) {
                time("INSERT", insert, writer, first, rows, repetitions, times);
                time("UPDATE", update, 1, first, rows, repetitions, times);
                time("DELETE", delete, 1, first, rows, repetitions, times);
            }
        }
        return times;
    }

    private static void time(
            String operation,
            PreparedStatement statement,
            int argument,
            long first,
            int rows,
            int repetitions,
            Map<String, List<Double>> times)
            throws SQLException {
        List<Double> measured = times.computeIfAbsent(operation, key -> new ArrayList<>());
        for (int i = 0; i < repetitions; i++) {
            statement.setInt(1, argument);
            statement.setLong(2, first + (long) i * rows);
            statement.setLong(3, first + (long) (i + 1) * rows - 1);
            long started = System.nanoTime();
            statement.executeUpdate();
            measured.add((System.nanoTime() - started) / 1e6);
        }
    }
}
