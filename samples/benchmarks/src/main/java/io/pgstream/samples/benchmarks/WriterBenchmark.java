package io.pgstream.samples.benchmarks;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableOperations;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Part (b): what capture costs the writers of a table. */
final class WriterBenchmark {

    static final String BARE = "bare";

    static final String FEW_COLUMNS = "captured, 4 columns";

    static final String ALL_COLUMNS = "captured, 9 columns";

    private static final Map<String, String> TABLES = tables();

    private static final List<Integer> WRITERS = List.of(1, 4);

    private final Server server;

    private final Database database;

    private final StreamTableOperations operations;

    private final Options options;

    private final Map<String, List<Double>> times = new LinkedHashMap<>();

    private final List<Measurement> cells = new ArrayList<>();

    WriterBenchmark(Server server, Database database, StreamTableOperations operations, Options options) {
        this.server = server;
        this.database = database;
        this.operations = operations;
        this.options = options;
    }

    private static Map<String, String> tables() {
        Map<String, String> tables = new LinkedHashMap<>();
        tables.put(BARE, "bench.written_bare");
        tables.put(FEW_COLUMNS, "bench.written_few");
        tables.put(ALL_COLUMNS, "bench.written_all");
        return tables;
    }

    void run(Consumer<Measurement> results) {
        long rows = Math.min(100_000, options.largest());
        new SampleData(database).load(rows);
        TABLES.values().forEach(table -> {
            database.execute("CREATE TABLE " + table + " (LIKE bench.sale INCLUDING ALL)");
            database.execute("INSERT INTO " + table + " SELECT * FROM bench.sale");
        });
        create("streamtables.written_few", Shape.AGGREGATE_10K, TABLES.getOrDefault(FEW_COLUMNS, ""));
        create("streamtables.written_all", Shape.SCAN, TABLES.getOrDefault(ALL_COLUMNS, ""));
        try {
            for (int writers : WRITERS) {
                try (Writers connections = new Writers(server, writers)) {
                    measure(connections, WriteLoad.singleRows(), rows);
                    measure(connections, WriteLoad.bulk(rows), rows);
                }
            }
        } finally {
            operations.drop("streamtables.written_few");
            operations.drop("streamtables.written_all");
        }
        cells.forEach(results);
    }

    private void create(String name, Shape shape, String source) {
        operations.create(StreamTableDefinition.of(name, shape.query().replace("bench.sale", source))
                .withSchedule("manual")
                .withMode(RefreshMode.DIFFERENTIAL));
    }

    private void measure(Writers connections, WriteLoad load, long rows) {
        times.clear();
        List<String> order = new ArrayList<>(TABLES.keySet());
        for (int round = 0; round <= options.repetitions(); round++) {
            for (String kind : order) {
                for (String statement : WriteLoad.STATEMENTS) {
                    double milliseconds = connections.time(load, statement, TABLES.getOrDefault(kind, ""));
                    if (round > 0) {
                        times.computeIfAbsent(statement + "/" + kind, key -> new ArrayList<>())
                                .add(milliseconds);
                    }
                }
            }
            settle();
            Collections.rotate(order, 1);
        }
        for (String statement : WriteLoad.STATEMENTS) {
            for (String kind : TABLES.keySet()) {
                List<Double> measured = times.getOrDefault(statement + "/" + kind, List.of());
                cells.add(new Measurement(
                        "b", statement, rows, load.rowsPerStatement(), connections.size(), kind, measured, ""));
            }
        }
    }

    /** Applies what was captured, so that buffers are cleaned as in production, and removes dead rows everywhere. */
    private void settle() {
        operations.refresh("streamtables.written_few");
        operations.refresh("streamtables.written_all");
        TABLES.values().forEach(table -> database.execute("VACUUM (ANALYZE) " + table));
    }
}
