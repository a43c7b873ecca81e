package io.pgstream.samples.benchmarks;

import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableOperations;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Part (p): a warm refresh of each query of TPC-H with one changed row in one of its tables, held against the time that
 * the server needs to execute its statements. What is between them is planning, round trips, bookkeeping and the commit.
 */
final class OneRowBenchmark {

    static final String WALL = "refresh";

    static final String EXECUTION = "execution";

    private static final int WARM_UP = 3;

    private static final List<String> CHANGES = Database.statements("/tpch/one-row.sql");

    private final Database database;

    private final StreamTableOperations operations;

    private final StreamTableOperations observed;

    private final ExecutionTimes executions;

    private final Options options;

    private final TpchData data;

    /**
     * @param operations what is timed
     * @param observed the same through {@code executions}
     */
    OneRowBenchmark(
            Database database,
            StreamTableOperations operations,
            StreamTableOperations observed,
            ExecutionTimes executions,
            Options options) {
        this.database = database;
        this.operations = operations;
        this.observed = observed;
        this.executions = executions;
        this.options = options;
        this.data = new TpchData(database, options.oneRowScale());
    }

    void run(Consumer<Measurement> results) {
        data.load();
        for (TpchQuery query : options.queries()) {
            Contender table = new StreamTableContender(operations, query, RefreshMode.DIFFERENTIAL);
            try {
                table.create();
                database.execute("VACUUM (ANALYZE) " + table.relation());
                for (String change : CHANGES) {
                    String source = source(change);
                    if (Pattern.compile("\\b" + source + "\\b")
                            .matcher(query.query())
                            .find()) {
                        measure(query, table, source, change, results);
                    }
                }
                Equality.check(database, query, query.query(), table);
            } finally {
                table.drop();
            }
        }
    }

    /** The table that a statement of the script updates; the first statement stands below a comment. */
    private static String source(String change) {
        return change.replaceAll("(?s)^.*?UPDATE (\\w+) .*$", "$1");
    }

    private void measure(
            TpchQuery query, Contender table, String source, String change, Consumer<Measurement> results) {
        List<Double> wall = new ArrayList<>();
        List<Double> execution = new ArrayList<>();
        RefreshOutcome outcome = RefreshOutcome.NO_DATA;
        for (int round = -WARM_UP; round < options.repetitions(); round++) {
            database.execute(change);
            long start = System.nanoTime();
            outcome = operations.refresh(table.relation()).outcome();
            double milliseconds = (System.nanoTime() - start) / 1e6;
            database.execute(change);
            observed.refresh(table.relation());
            double executed = executions.take();
            if (round >= 0) {
                wall.add(milliseconds);
                execution.add(executed);
            }
        }
        String note = outcome.name();
        results.accept(new Measurement("p", query.label() + " " + source, data.orders(), 1, 1, WALL, wall, note));
        results.accept(
                new Measurement("p", query.label() + " " + source, data.orders(), 1, 1, EXECUTION, execution, note));
    }
}
