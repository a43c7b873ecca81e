package io.pgstream.samples.benchmarks;

import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.StreamTableEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Runs the parts that were asked for and writes what they measured. */
public final class BenchmarkApplication {

    private BenchmarkApplication() {}

    /**
     * Runs the benchmark.
     *
     * @param arguments {@code --parts=a,b,c,d --rows=100000,1000000 --url=jdbc:postgresql:...}; all of them are in
     *     {@code docs/benchmarks.md}
     */
    public static void main(String[] arguments) {
        run(Options.parse(arguments));
    }

    static List<Measurement> run(Options options) {
        try (Server server = new Server(options.url());
                Database database = server.connect()) {
            List<Measurement> measurements = new ArrayList<>();
            Consumer<Measurement> results = measurement -> {
                System.out.println(line(measurement));
                measurements.add(measurement);
            };
            StreamTableEngine engine = engine(server, database, options);
            if (options.parts().contains("a")) {
                new RefreshBenchmark(database, engine, options).run(results);
            }
            return measurements;
        }
    }

    private static StreamTableEngine engine(Server server, Database database, Options options) {
        StreamTableEngine engine = new StreamTableEngine(server.pool(), EngineSettings.defaults(), List.of());
        if (options.contenders().isEmpty() || options.contenders().stream().anyMatch(StreamTableContender::isMode)) {
            engine.migrate();
            database.execute("CREATE SCHEMA IF NOT EXISTS streamtables");
        }
        return engine;
    }

    private static String line(Measurement measurement) {
        return String.format(
                Locale.ROOT,
                "(%s) %-16s %,11d rows  %8s  %d writers  %-26s %10.2f ms  %s",
                measurement.part(),
                measurement.subject(),
                measurement.rows(),
                measurement.changed(),
                measurement.writers(),
                measurement.contender(),
                measurement.median(),
                measurement.note());
    }
}
