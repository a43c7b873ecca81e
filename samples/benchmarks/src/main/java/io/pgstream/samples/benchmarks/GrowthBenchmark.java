package io.pgstream.samples.benchmarks;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableOperations;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** Part (d): the same 1,000 changed rows, while the source grows. */
final class GrowthBenchmark {

    static final long CHANGED_ROWS = 1_000;

    private final Database database;

    private final StreamTableOperations operations;

    private final Options options;

    private final SampleData data;

    GrowthBenchmark(Database database, StreamTableOperations operations, Options options) {
        this.database = database;
        this.operations = operations;
        this.options = options;
        this.data = new SampleData(database);
    }

    void run(Consumer<Measurement> results) {
        for (long rows : options.growthRows()) {
            data.load(rows);
            for (Shape shape : options.shapes()) {
                measure(shape, rows, results);
            }
        }
    }

    private void measure(Shape shape, long rows, Consumer<Measurement> results) {
        List<Contender> contenders = List.of(
                        new StreamTableContender(operations, shape, RefreshMode.DIFFERENTIAL),
                        new HandWritten(database, shape))
                .stream()
                .filter(each -> options.includes(each.label()))
                .toList();
        List<List<Double>> times =
                contenders.stream().<List<Double>>map(each -> new ArrayList<>()).toList();
        try {
            contenders.forEach(Contender::create);
            contenders.forEach(each -> database.execute("VACUUM (ANALYZE) " + each.relation()));
            for (int round = 0; round <= options.repetitions(); round++) {
                data.change(CHANGED_ROWS, shape.changesCustomers() ? CHANGED_ROWS / 10 : 0);
                List<Integer> order = new ArrayList<>(List.of(0, 1).subList(0, contenders.size()));
                Collections.rotate(order, round);
                for (int i : order) {
                    long start = System.nanoTime();
                    contenders.get(i).refresh();
                    double milliseconds = (System.nanoTime() - start) / 1e6;
                    if (round > 0) {
                        times.get(i).add(milliseconds);
                    }
                }
                contenders.forEach(Contender::afterRound);
            }
            contenders.forEach(each -> Equality.check(database, shape, each));
        } finally {
            contenders.forEach(Contender::drop);
        }
        for (int i = 0; i < contenders.size(); i++) {
            results.accept(new Measurement(
                    "d", shape.label(), rows, CHANGED_ROWS, 1, contenders.get(i).label(), times.get(i), ""));
        }
    }
}
