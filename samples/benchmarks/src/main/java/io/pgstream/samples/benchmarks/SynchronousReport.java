package io.pgstream.samples.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** The table of part (s): what is added to a statement, and how that compares with pg_ivm. */
final class SynchronousReport {

    private static final List<String> MODES = List.of("IMMEDIATE", "ON_COMMIT");

    private final Cells part;

    private final List<Double> shares = new ArrayList<>();

    SynchronousReport(Cells part) {
        this.part = part;
    }

    String markdown() {
        Table table = new Table(
                "statement",
                "rows",
                "writers",
                "bare, ms",
                "IMMEDIATE adds",
                "ON_COMMIT adds",
                "pg_ivm adds",
                "IMMEDIATE, share of pg_ivm");
        for (String subject : part.distinct(Measurement::subject)) {
            for (double rows : part.distinct(Measurement::changed)) {
                for (int writers : part.distinct(Measurement::writers)) {
                    row(table, part.subject(subject).changed(rows).writers(writers), subject, rows, writers);
                }
            }
        }
        double mean = Math.exp(shares.stream().mapToDouble(Math::log).average().orElse(0));
        String text = table.markdown();
        return shares.isEmpty() ? text : text + "\nGeometric mean of the shares: " + Report.plain(mean) + ".\n";
    }

    private void row(Table table, Cells cells, String subject, double rows, int writers) {
        if (cells.isEmpty()) {
            return;
        }
        OptionalDouble immediate = added(cells, MODES.get(0));
        OptionalDouble other = added(cells, SynchronousBenchmark.PG_IVM);
        OptionalDouble share = OptionalDouble.empty();
        if (immediate.isPresent() && other.isPresent() && immediate.getAsDouble() > 0 && other.getAsDouble() > 0) {
            share = OptionalDouble.of(immediate.getAsDouble() / other.getAsDouble());
            shares.add(share.getAsDouble());
        }
        table.row(
                subject,
                Report.plain(rows),
                String.valueOf(writers),
                Report.plain(cells.median(SynchronousBenchmark.BARE)),
                Report.plain(immediate),
                Report.plain(added(cells, MODES.get(1))),
                Report.plain(other),
                Report.plain(share));
    }

    private static OptionalDouble added(Cells cells, String contender) {
        OptionalDouble time = cells.median(contender);
        OptionalDouble bare = cells.median(SynchronousBenchmark.BARE);
        return time.isPresent() && bare.isPresent()
                ? OptionalDouble.of(time.getAsDouble() - bare.getAsDouble())
                : OptionalDouble.empty();
    }
}
