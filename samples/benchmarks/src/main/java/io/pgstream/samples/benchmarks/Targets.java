package io.pgstream.samples.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** What the project promises, held against what was measured; losses are findings like gains. */
final class Targets {

    private static final long PROMISED_ROWS = 1_000_000;

    /** How many times faster than {@code REFRESH MATERIALIZED VIEW}, at 1 % and at 0.1 % changed rows. */
    private static final Map<Shape, List<Double>> SPEEDUP = Map.of(
            Shape.SCAN, List.of(8.0, 40.0),
            Shape.FILTER, List.of(8.0, 20.0),
            Shape.AGGREGATE_100, List.of(15.0, 20.0),
            Shape.AGGREGATE_10K, List.of(4.0, 15.0),
            Shape.JOIN, List.of(10.0, 50.0),
            Shape.JOIN_AGGREGATE, List.of(15.0, 40.0));

    static final double LIMIT = 1.5;

    private static final double TPCH_GEOMETRIC_MEAN = 20;

    static final double AUTO = 1.15;

    private static final double FRESH_READ = 20;

    private static final double BEYOND_EXECUTION = 10;

    private Targets() {}

    static OptionalDouble speedup(Shape shape, long rows, double changed) {
        List<Double> targets = SPEEDUP.get(shape);
        if (targets == null || rows != PROMISED_ROWS || (changed != 1 && changed != 0.1)) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(targets.get(changed == 1 ? 0 : 1));
    }

    static List<Finding> findings(List<Run> runs) {
        List<Finding> findings = new ArrayList<>();
        refresh(Cells.of(runs, "a"), findings);
        capture(Cells.of(runs, "b"), findings);
        idle(Cells.of(runs, "c"), findings);
        growth(Cells.of(runs, "d"), findings);
        tpch(Cells.of(runs, "t"), findings);
        oneRow(Cells.of(runs, "p"), findings);
        graph(Cells.of(runs, GraphBenchmark.PART), findings);
        freshReads(Cells.of(runs, FreshReadBenchmark.PART), findings);
        return findings.stream().filter(Finding::isMeasured).toList();
    }

    private static void refresh(Cells part, List<Finding> findings) {
        for (long rows : part.distinct(Measurement::rows)) {
            for (Shape shape : part.rows(rows).shapes()) {
                Cells cells = part.rows(rows).subject(shape.label());
                for (double changed : cells.distinct(Measurement::changed)) {
                    refresh(shape, rows, changed, cells.changed(changed), findings);
                }
            }
        }
    }

    private static void refresh(Shape shape, long rows, double changed, Cells cells, List<Finding> findings) {
        String cell = String.format(Locale.ROOT, "%s, %,d rows, %s %%", shape.label(), rows, Report.plain(changed));
        speedup(shape, rows, changed)
                .ifPresent(target -> findings.add(Finding.atLeast(
                        "faster than REFRESH MATERIALIZED VIEW",
                        cell,
                        target,
                        cells.ratio(MaterializedView.PLAIN, Report.DIFFERENTIAL))));
        findings.add(Finding.atMost(
                "DIFFERENTIAL against hand-written SQL",
                cell,
                LIMIT,
                cells.ratio(Report.DIFFERENTIAL, HandWritten.LABEL)));
        findings.add(Finding.atMost(
                "AUTO against the better of DIFFERENTIAL and FULL", cell, AUTO, autoAgainstBetter(cells)));
        findings.add(Finding.atMost(
                "FULL against REFRESH ... CONCURRENTLY",
                cell,
                1,
                cells.ratio(Report.FULL, MaterializedView.CONCURRENTLY)));
    }

    static OptionalDouble autoAgainstBetter(Cells cells) {
        OptionalDouble againstDifferential = cells.ratio(Report.AUTO, Report.DIFFERENTIAL);
        OptionalDouble againstFull = cells.ratio(Report.AUTO, Report.FULL);
        return againstDifferential.isPresent() && againstFull.isPresent()
                ? OptionalDouble.of(Math.max(againstDifferential.getAsDouble(), againstFull.getAsDouble()))
                : OptionalDouble.empty();
    }

    private static void capture(Cells part, List<Finding> findings) {
        for (Measurement measurement : part.all()) {
            if (measurement.contender().equals(WriterBenchmark.BARE)) {
                continue;
            }
            boolean bulk = measurement.changed() > 1;
            Cells cells = part.rows(measurement.rows())
                    .subject(measurement.subject())
                    .changed(measurement.changed())
                    .writers(measurement.writers());
            findings.add(Finding.atMost(
                    bulk ? "capture of bulk statements against bare" : "capture of single-row statements against bare",
                    measurement.subject() + ", " + measurement.writers() + " writers, " + measurement.contender(),
                    bulk ? 1.5 : 1.3,
                    cells.ratio(measurement.contender(), WriterBenchmark.BARE)));
        }
    }

    private static void idle(Cells part, List<Finding> findings) {
        for (Measurement measurement : part.all()) {
            findings.add(Finding.atMost(
                    "nothing to do, ms",
                    measurement.subject() + " " + measurement.contender(),
                    1,
                    OptionalDouble.of(measurement.median())));
        }
    }

    private static void growth(Cells part, List<Finding> findings) {
        for (Shape shape : part.shapes()) {
            findings.add(Finding.atMost(
                    "growth of the source, time at the largest against the smallest",
                    shape.label(),
                    1.3,
                    growth(part.subject(shape.label()), Report.DIFFERENTIAL)));
        }
    }

    private static void tpch(Cells part, List<Finding> findings) {
        for (String query : part.distinct(Measurement::subject)) {
            findings.add(Finding.atLeast(
                    "TPC-H, faster than REFRESH MATERIALIZED VIEW",
                    query,
                    1,
                    part.subject(query).ratio(MaterializedView.PLAIN, Report.DIFFERENTIAL)));
        }
        findings.add(Finding.atLeast("TPC-H, geometric mean", "all queries", TPCH_GEOMETRIC_MEAN, geometricMean(part)));
    }

    private static void freshReads(Cells part, List<Finding> findings) {
        for (String subject : part.distinct(Measurement::subject)) {
            findings.add(Finding.atLeast(
                    "fresh reads, times faster than the query",
                    subject,
                    FRESH_READ,
                    part.subject(subject).ratio(FreshReadBenchmark.QUERY, FreshReadBenchmark.FRESH)));
        }
    }

    private static void graph(Cells part, List<Finding> findings) {
        for (Measurement measurement : part.all()) {
            findings.add(Finding.atMost(
                    "the clock and the graph",
                    measurement.subject() + " " + measurement.contender(),
                    limit(measurement),
                    OptionalDouble.of(measurement.median())));
        }
    }

    /** In milliseconds, or in percent of a core. */
    static double limit(Measurement measurement) {
        return switch (measurement.contender()) {
            case GraphBenchmark.CPU -> 2;
            case GraphBenchmark.LATENCY -> measurement.subject().contains("p99") ? 200 : 50;
            default -> measurement.subject().startsWith("chain") ? 100 : 400;
        };
    }

    /** How many times faster than {@code REFRESH MATERIALIZED VIEW} the queries are on average. */
    static OptionalDouble geometricMean(Cells part) {
        OptionalDouble logarithm = part.distinct(Measurement::subject).stream()
                .map(query -> part.subject(query).ratio(MaterializedView.PLAIN, Report.DIFFERENTIAL))
                .filter(OptionalDouble::isPresent)
                .mapToDouble(ratio -> Math.log(ratio.getAsDouble()))
                .average();
        return logarithm.isPresent() ? OptionalDouble.of(Math.exp(logarithm.getAsDouble())) : logarithm;
    }

    private static void oneRow(Cells part, List<Finding> findings) {
        for (String subject : part.distinct(Measurement::subject)) {
            findings.add(Finding.atMost(
                    "TPC-H, one changed row, ms beyond the server's execution",
                    subject,
                    BEYOND_EXECUTION,
                    beyondExecution(part.subject(subject))));
        }
    }

    /** What a refresh takes besides the execution of its statements: planning is a part of it. */
    static OptionalDouble beyondExecution(Cells cells) {
        OptionalDouble wall = cells.median(OneRowBenchmark.WALL);
        OptionalDouble execution = cells.median(OneRowBenchmark.EXECUTION);
        return wall.isPresent() && execution.isPresent()
                ? OptionalDouble.of(wall.getAsDouble() - execution.getAsDouble())
                : OptionalDouble.empty();
    }

    static OptionalDouble growth(Cells cells, String contender) {
        List<Long> rows = cells.distinct(Measurement::rows);
        if (rows.size() < 2) {
            return OptionalDouble.empty();
        }
        OptionalDouble smallest = cells.rows(rows.get(0)).median(contender);
        OptionalDouble largest = cells.rows(rows.get(rows.size() - 1)).median(contender);
        return smallest.isPresent() && largest.isPresent()
                ? OptionalDouble.of(largest.getAsDouble() / smallest.getAsDouble())
                : OptionalDouble.empty();
    }
}
