package io.pgstream.samples.benchmarks;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableOperations;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Part (n): how many events of Nexmark in a second stay fresh, for each query alone and for all of them together. */
final class NexmarkBenchmark {

    static final String TOGETHER = "together";

    /** The reciprocal of the rate: measurements are times. */
    static final String TIME_OF_AN_EVENT = "time of an event";

    static final String MEDIAN = "freshness, median";

    static final String P99 = "freshness, p99";

    private static final int FIRST_RATE = 4000;

    private static final int FIRST_RATE_TOGETHER = 500;

    private static final int REFRESHERS = 2;

    /** All queries together take more of the time than one. */
    private static final int SHARE_TOGETHER = 3;

    private static final double SHARE_OF_SEARCH = 0.5;

    private static final double SHARE_OF_TRIAL = 0.06;

    private static final double SHARE_OF_CONFIRMATION = 0.2;

    private static final double STEP_DOWN = 0.85;

    private static final int STEPS_DOWN = 4;

    private final Server server;

    private final StreamTableOperations operations;

    private final Options options;

    private final NexmarkEvents events = new NexmarkEvents();

    NexmarkBenchmark(Server server, StreamTableOperations operations, Options options) {
        this.server = server;
        this.operations = operations;
        this.options = options;
    }

    void run(Consumer<Measurement> results) {
        Map<String, List<NexmarkQuery>> subjects = subjects();
        int shares = subjects.size() - 1 + (subjects.containsKey(TOGETHER) ? SHARE_TOGETHER : 1);
        double share = options.minutes() * 60 / shares;
        try (Database database = server.connect();
                Database writer = server.connect()) {
            events.createSchema(database);
            events.use(writer);
            subjects.forEach((subject, queries) -> measure(
                            database,
                            writer,
                            subject,
                            queries,
                            subject.equals(TOGETHER) ? share * SHARE_TOGETHER : share)
                    .forEach(results));
        }
    }

    private Map<String, List<NexmarkQuery>> subjects() {
        Map<String, List<NexmarkQuery>> subjects = new LinkedHashMap<>();
        for (NexmarkQuery query : NexmarkQuery.all()) {
            if (options.nexmark().contains("all") || options.nexmark().contains(query.label())) {
                subjects.put(query.label(), List.of(query));
            }
        }
        if (options.nexmark().contains("all") || options.nexmark().contains(TOGETHER)) {
            subjects.put(TOGETHER, NexmarkQuery.all());
        }
        return subjects;
    }

    private List<Measurement> measure(
            Database database, Database writer, String subject, List<NexmarkQuery> queries, double seconds) {
        events.restart(database, options.events());
        Map<NexmarkQuery, StreamTableContender> tables = new LinkedHashMap<>();
        try {
            for (NexmarkQuery query : queries) {
                StreamTableContender table = new StreamTableContender(operations, query, RefreshMode.DIFFERENTIAL);
                tables.put(query, table);
                table.create();
            }
            List<String> names =
                    tables.values().stream().map(Contender::relation).toList();
            FreshnessTrial trial = new FreshnessTrial(writer, events, operations, names, REFRESHERS);
            FreshnessTrial.Result result = search(database, trial, subject, names, seconds);
            // Nothing is pending: a trial ends with fresh tables.
            tables.forEach((query, table) -> Equality.check(database, query, query.query(), table));
            return measurements(subject, result);
        } finally {
            tables.values().forEach(Contender::drop);
        }
    }

    private FreshnessTrial.Result search(
            Database database, FreshnessTrial trial, String subject, List<String> names, double seconds) {
        long start = System.nanoTime();
        RateSearch search = new RateSearch(
                rate -> trial(database, trial, subject, names, rate, seconds * SHARE_OF_TRIAL)
                        .sustained(),
                () -> (System.nanoTime() - start) / 1e9 < seconds * SHARE_OF_SEARCH);
        int rate = search.from(subject.equals(TOGETHER) ? FIRST_RATE_TOGETHER : FIRST_RATE);
        FreshnessTrial.Result confirmed =
                trial(database, trial, subject, names, Math.max(1, rate), seconds * SHARE_OF_CONFIRMATION);
        for (int i = 0; i < STEPS_DOWN && rate > 0 && !confirmed.sustained(); i++) {
            rate = (int) (rate * STEP_DOWN);
            confirmed = trial(database, trial, subject, names, rate, seconds * SHARE_OF_CONFIRMATION);
        }
        return confirmed;
    }

    private FreshnessTrial.Result trial(
            Database database, FreshnessTrial trial, String subject, List<String> names, int rate, double seconds) {
        FreshnessTrial.Result result = trial.run(rate, seconds);
        System.out.printf(
                Locale.ROOT,
                "(n) %-9s %,7d events/s for %4.1f s: %,9.0f written, freshness %,6.0f ms (median) %,6.0f ms (p99), %d"
                        + " refreshes, %d full%n",
                subject,
                rate,
                seconds,
                result.rate(),
                result.median(),
                result.p99(),
                result.refreshes(),
                result.full());
        List<String> grown = new ArrayList<>(names);
        grown.addAll(List.of("person", "auction", "bid"));
        database.execute("VACUUM (ANALYZE) " + String.join(", ", grown));
        return result;
    }

    private List<Measurement> measurements(String subject, FreshnessTrial.Result result) {
        String note = (result.sustained() ? "" : "not sustained; ") + result.refreshes() + " refreshes"
                + (result.full() > 0 ? ", " + result.full() + " of them full" : "") + ", equal";
        return List.of(
                measurement(subject, TIME_OF_AN_EVENT, 1000 / Math.max(result.rate(), 1e-3), note),
                measurement(subject, MEDIAN, result.median(), note),
                measurement(subject, P99, result.p99(), note));
    }

    private Measurement measurement(String subject, String what, double milliseconds, String note) {
        return new Measurement("n", subject, options.events(), 0, 1, what, List.of(milliseconds), note);
    }
}
