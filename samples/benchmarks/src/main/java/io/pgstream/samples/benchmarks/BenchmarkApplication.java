package io.pgstream.samples.benchmarks;

import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.StreamTableEngine;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/** Runs the parts that were asked for, prints what they measured, and writes it into the documentation. */
public final class BenchmarkApplication {

    private static final int IDLE_REFRESHES = 200;

    private BenchmarkApplication() {}

    /**
     * Runs the benchmark.
     *
     * @param arguments {@code --parts=a,b,c,d --rows=100000,1000000 --url=jdbc:postgresql:...}; all of them are in
     *     {@code docs/benchmarks.md}
     */
    public static void main(String[] arguments) {
        Options options = Options.parse(arguments);
        Run run = run(options, String.join(" ", arguments));
        System.out.println();
        System.out.println(new Report(List.of(run)).markdown());
        if (!options.output().isEmpty()) {
            new ResultStore(options.outputDirectory()).add(run);
        }
    }

    static Run run(Options options, String arguments) {
        try (Server server = new Server(options.url());
                Database database = server.connect()) {
            List<Measurement> measurements = new ArrayList<>();
            Consumer<Measurement> results = measurement -> {
                System.out.println(line(measurement));
                measurements.add(measurement);
            };
            runParts(server, database, options, results);
            return new Run(
                    Instant.now().truncatedTo(ChronoUnit.MINUTES).toString(),
                    machine(),
                    arguments,
                    server.settings(),
                    measurements);
        }
    }

    private static void runParts(Server server, Database database, Options options, Consumer<Measurement> results) {
        StreamTableEngine engine = new StreamTableEngine(server.pool(), EngineSettings.defaults(), List.of());
        if (options.needsEngine()) {
            engine.migrate();
            database.execute("CREATE SCHEMA IF NOT EXISTS streamtables");
            if (options.parts().stream().anyMatch(Set.of("a", "b", "c", "d", "t")::contains)) {
                new WarmUp(database, engine, options.warmUp()).run();
            }
        }
        if (options.parts().contains("a")) {
            new RefreshBenchmark(database, engine, options).run(results);
        }
        if (options.parts().contains("b")) {
            new WriterBenchmark(server, database, engine, options).run(results);
        }
        if (options.parts().contains("c")) {
            new IdleBenchmark(database, engine, options.largest(), options.repetitions(), IDLE_REFRESHES)
                    .run(options.shapes(), results);
        }
        if (options.parts().contains(GraphBenchmark.PART)) {
            new GraphBenchmark(server, database, engine, options).run(results);
        }
        if (options.parts().contains(FreshReadBenchmark.PART)) {
            new FreshReadBenchmark(database, engine, options).run(results);
        }
        if (options.parts().contains("t")) {
            new TpchBenchmark(database, engine, options).run(results);
        }
        if (options.parts().contains("p")) {
            ExecutionTimes executions = new ExecutionTimes(server.pool());
            StreamTableEngine observed =
                    new StreamTableEngine(executions.dataSource(), EngineSettings.defaults(), List.of());
            new OneRowBenchmark(database, engine, observed, executions, options).run(results);
        }
        if (options.parts().contains("n")) {
            new NexmarkBenchmark(server, engine, options).run(results);
        }
        if (options.parts().contains("s")) {
            new SynchronousBenchmark(server, database, engine, options).run(results);
        }
        if (options.parts().contains("d")) {
            new GrowthBenchmark(database, engine, options).run(results);
        }
    }

    private static String machine() {
        return Runtime.getRuntime().availableProcessors() + " processors, " + System.getProperty("os.name") + " "
                + System.getProperty("os.arch") + ", Java " + System.getProperty("java.version");
    }

    private static String line(Measurement measurement) {
        return String.format(
                Locale.ROOT,
                "(%s) %-19s %,11d rows %9s changed  %d writers  %-19s %10.2f ms  %s",
                measurement.part(),
                measurement.subject(),
                measurement.rows(),
                Report.plain(measurement.changed()),
                measurement.writers(),
                measurement.contender(),
                measurement.median(),
                measurement.note());
    }
}
