package io.pgstream.samples.benchmarks;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableOperations;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Part (a): all contenders keep the same query up to date over the same changes, one after the other. */
final class RefreshBenchmark {

    private static final double SLOW_MILLISECONDS = 10_000;

    private final Database database;

    private final StreamTableOperations operations;

    private final Options options;

    private final SampleData data;

    RefreshBenchmark(Database database, StreamTableOperations operations, Options options) {
        this.database = database;
        this.operations = operations;
        this.options = options;
        this.data = new SampleData(database);
    }

    void run(Consumer<Measurement> results) {
        for (long rows : options.rows()) {
            for (Shape shape : options.shapes()) {
                data.load(rows);
                List<Contender> contenders = contenders(shape);
                try {
                    contenders.forEach(Contender::create);
                    vacuum(contenders);
                    for (double percent : options.changes()) {
                        measure(shape, rows, percent, contenders).forEach(results);
                    }
                } finally {
                    contenders.forEach(Contender::drop);
                }
            }
        }
    }

    private List<Contender> contenders(Shape shape) {
        List<Contender> all = List.of(
                new MaterializedView(database, shape, "bench", false),
                new MaterializedView(database, shape, "bench", true),
                new HandWritten(database, shape),
                new StreamTableContender(operations, shape, RefreshMode.DIFFERENTIAL),
                new StreamTableContender(operations, shape, RefreshMode.FULL),
                new StreamTableContender(operations, shape, RefreshMode.AUTO));
        return all.stream().filter(each -> options.includes(each.label())).toList();
    }

    private List<Measurement> measure(Shape shape, long rows, double percent, List<Contender> contenders) {
        Map<Contender, List<Double>> times = new LinkedHashMap<>();
        contenders.forEach(each -> times.put(each, new ArrayList<>()));
        List<Contender> slow = new ArrayList<>();
        List<Contender> order = new ArrayList<>(contenders);
        for (int round = 0; round <= options.repetitions(); round++) {
            change(shape, percent);
            for (Contender contender : order) {
                if (round > options.slowRepetitions() && slow.contains(contender)) {
                    continue;
                }
                double milliseconds = time(contender);
                if (round > 0) {
                    times.getOrDefault(contender, new ArrayList<>()).add(milliseconds);
                } else if (milliseconds > SLOW_MILLISECONDS) {
                    slow.add(contender);
                }
                if (round >= options.repetitions()) {
                    Equality.check(database, shape, contender);
                } else {
                    Equality.checkSums(database, shape, contender);
                }
            }
            contenders.forEach(Contender::afterRound);
            vacuum(contenders);
            Collections.rotate(order, 1);
        }
        return contenders.stream()
                .map(each -> new Measurement(
                        "a", shape.label(), rows, percent, 1, each.label(), times.getOrDefault(each, List.of()), ""))
                .toList();
    }

    private void change(Shape shape, double percent) {
        long sales = Math.max(1, Math.round(data.sales() * percent / 100));
        long customers = shape.changesCustomers() ? Math.round(data.customers() * percent / 100) : 0;
        data.change(sales, customers);
    }

    private static double time(Contender contender) {
        long start = System.nanoTime();
        contender.refresh();
        return (System.nanoTime() - start) / 1e6;
    }

    /** What autovacuum would do between two refreshes, at a fixed place and the same for all. */
    private void vacuum(List<Contender> contenders) {
        database.execute("VACUUM (ANALYZE) bench.sale, bench.customer");
        contenders.forEach(each -> database.execute("VACUUM (ANALYZE) " + each.relation()));
    }
}
