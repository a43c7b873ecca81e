package io.pgstream.samples.benchmarks;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableOperations;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Part (t): the 22 queries of TPC-H, each as a materialized view and as a differential table, over the same cycles. */
final class TpchBenchmark {

    /** The part of a cycle that is changed, in percent of the orders. */
    private static final double CHANGED = 0.2;

    private final Database database;

    private final StreamTableOperations operations;

    private final Options options;

    private final TpchData data;

    TpchBenchmark(Database database, StreamTableOperations operations, Options options) {
        this.database = database;
        this.operations = operations;
        this.options = options;
        this.data = new TpchData(database, options.scale());
    }

    void run(Consumer<Measurement> results) {
        data.load();
        Map<Contender, List<Double>> times = new LinkedHashMap<>();
        Map<TpchQuery, List<Contender>> contenders = new LinkedHashMap<>();
        try {
            for (TpchQuery query : options.queries()) {
                List<Contender> both = List.of(
                        new MaterializedView(database, query, TpchQuery.SCHEMA, false),
                        new StreamTableContender(operations, query, RefreshMode.DIFFERENTIAL));
                contenders.put(query, both);
                both.forEach(each -> {
                    each.create();
                    database.execute("VACUUM (ANALYZE) " + each.relation());
                    times.put(each, new ArrayList<>());
                });
            }
            for (int cycle = 0; cycle <= options.cycles(); cycle++) {
                data.change(cycle);
                for (TpchQuery query : options.queries()) {
                    cycle(cycle, query, contenders.getOrDefault(query, List.of()), times);
                }
            }
        } finally {
            contenders.values().forEach(both -> both.forEach(Contender::drop));
        }
        contenders.forEach((query, both) -> both.forEach(each -> results.accept(new Measurement(
                "t",
                query.label(),
                data.orders(),
                CHANGED,
                1,
                each.label(),
                times.getOrDefault(each, List.of()),
                options.cycles() + " cycles equal"))));
    }

    private void cycle(int cycle, TpchQuery query, List<Contender> both, Map<Contender, List<Double>> times) {
        List<Contender> order = new ArrayList<>(both);
        if (cycle % 2 == 1) {
            Collections.reverse(order);
        }
        StringBuilder line = new StringBuilder(cycle + " " + query.label());
        for (Contender contender : order) {
            long start = System.nanoTime();
            contender.refresh();
            double milliseconds = (System.nanoTime() - start) / 1e6;
            // The first cycle warms up: caches, and the plans that the server keeps.
            if (cycle > 0) {
                times.getOrDefault(contender, new ArrayList<>()).add(milliseconds);
            }
            line.append(' ').append(contender.label()).append(' ').append(Report.plain(milliseconds));
        }
        System.out.println(line);
        Equality.check(database, query, "SELECT * FROM " + both.get(0).relation(), both.get(1));
    }
}
