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
 * tables of its own with the same rows; turns of all contenders alternate.
 */
final class SynchronousBenchmark {

    static final String BARE = "bare";

    static final String PG_IVM = "pg_ivm";

    private static final List<Integer> WRITERS = List.of(1, 4);

    private static final int CUSTOMERS = 10_000;

    private static final int BULK = 1_000;

    /** How many statements of each kind a writer has in one turn. */
    private static final int SINGLE_ROWS_OF_A_TURN = 40;

    private static final int BULKS_OF_A_TURN = 4;

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

    /**
     * All contenders have their connections open, and write in turns that are short: what the machine does meanwhile meets all of them. The
     * first turn does not count.
     */
    private void measure(
            String subject, List<String> contenders, int writers, int rows, Consumer<Measurement> results) {
        int turns = (rows == 1) ? 2 * options.repetitions() : options.repetitions();
        Map<String, List<Double>> times = new LinkedHashMap<>();
        Map<String, List<Writer>> connected = new LinkedHashMap<>();
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        try {
            for (String contender : contenders) {
                List<Writer> all = connected.computeIfAbsent(contender, key -> new ArrayList<>());
                for (int i = 0; i < writers; i++) {
                    all.add(new Writer(server.connect(), schema(contender) + ".o", i, rows));
                }
            }
            for (int turn = 0; turn <= turns; turn++) {
                boolean counts = turn > 0;
                connected.forEach((contender, all) -> {
                    turn(threads, all, rows == 1 ? SINGLE_ROWS_OF_A_TURN : BULKS_OF_A_TURN)
                            .forEach((operation, measured) -> {
                                if (counts) {
                                    times.computeIfAbsent(operation + "/" + contender, key -> new ArrayList<>())
                                            .addAll(measured);
                                }
                            });
                    vacuum(contender);
                });
            }
        } finally {
            threads.shutdown();
            connected.values().forEach(all -> all.forEach(Writer::close));
        }
        times.forEach((key, measured) -> {
            String[] cell = key.split("/", 2);
            results.accept(new Measurement(
                    "s", subject + " " + cell[0], options.largest(), rows, writers, cell[1], measured, ""));
        });
    }

    /** The next turn writes the same rows again, and shall not meet what this one has left behind. */
    private void vacuum(String contender) {
        database.execute("VACUUM " + schema(contender) + ".o");
        if (!contender.equals(BARE)) {
            database.execute("VACUUM " + schema(contender) + ".st");
        }
    }

    private static Map<String, List<Double>> turn(ExecutorService threads, List<Writer> writers, int statements) {
        try {
            List<Future<Map<String, List<Double>>>> running = writers.stream()
                    .map(writer -> threads.submit(() -> writer.write(statements)))
                    .toList();
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
        }
    }

    /**
     * A connection that writes rows of its own.
     *
     * @param number tells the writers apart; each has customers of its own
     * @param rows of a statement
     */
    private record Writer(Database database, String table, int number, int rows) {

        Map<String, List<Double>> write(int statements) throws SQLException {
            Map<String, List<Double>> times = new LinkedHashMap<>();
            Connection connection = database.connection();
            // The driver keeps what was prepared under the same text.
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + table
                            + " SELECT i, ? * 2500 + i % 2500, 7 FROM generate_series(?::bigint, ?::bigint) AS i");
                    PreparedStatement update = connection.prepareStatement(
                            "UPDATE " + table + " SET amount = amount + ? WHERE id BETWEEN ? AND ?");
                    PreparedStatement delete = connection.prepareStatement(
                            "DELETE FROM " + table + " WHERE ? > -1 AND id BETWEEN ? AND ?")) {
                times.put("INSERT", time(insert, number, statements));
                times.put("UPDATE", time(update, 1, statements));
                times.put("DELETE", time(delete, 1, statements));
            }
            return times;
        }

        private List<Double> time(PreparedStatement statement, int argument, int statements) throws SQLException {
            long first = 1_000_000_000L * (number + 1);
            List<Double> measured = new ArrayList<>();
            for (int i = 0; i < statements; i++) {
                statement.setInt(1, argument);
                statement.setLong(2, first + (long) i * rows);
                statement.setLong(3, first + (long) (i + 1) * rows - 1);
                long started = System.nanoTime();
                statement.executeUpdate();
                measured.add((System.nanoTime() - started) / 1e6);
            }
            return measured;
        }

        void close() {
            database.close();
        }
    }
}
