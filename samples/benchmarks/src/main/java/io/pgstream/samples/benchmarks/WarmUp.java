package io.pgstream.samples.benchmarks;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableOperations;
import java.util.List;

/**
 * Refreshes of small tables that are not measured, by the contenders that are: an application that runs for a minute has
 * compiled the code of its refreshes, and is not measured while the JVM still interprets it.
 */
final class WarmUp {

    private static final long ROWS = 2_000;

    private static final long CHANGED_ROWS = 20;

    private final Database database;

    private final StreamTableOperations operations;

    private final int rounds;

    WarmUp(Database database, StreamTableOperations operations, int rounds) {
        this.database = database;
        this.operations = operations;
        this.rounds = rounds;
    }

    void run() {
        if (rounds == 0) {
            return;
        }
        SampleData data = new SampleData(database);
        data.load(ROWS);
        for (Shape shape : List.of(Shape.SCAN, Shape.AGGREGATE_100, Shape.JOIN)) {
            List<Contender> contenders = List.of(
                    new HandWritten(database, shape),
                    new StreamTableContender(operations, shape, RefreshMode.DIFFERENTIAL));
            try {
                contenders.forEach(Contender::create);
                for (int round = 0; round < rounds; round++) {
                    data.change(CHANGED_ROWS, 0);
                    contenders.forEach(Contender::refresh);
                    contenders.forEach(Contender::afterRound);
                }
            } finally {
                contenders.forEach(Contender::drop);
            }
        }
    }
}
