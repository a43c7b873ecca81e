package io.pgstream.samples.benchmarks;

import io.pgstream.RefreshMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** Renders all results as Markdown. */
final class Report {

    static final String DIFFERENTIAL = StreamTableContender.label(RefreshMode.DIFFERENTIAL);

    static final String FULL = StreamTableContender.label(RefreshMode.FULL);

    static final String AUTO = StreamTableContender.label(RefreshMode.AUTO);

    private final List<Run> runs;

    Report(List<Run> runs) {
        this.runs = List.copyOf(runs);
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        summary(text);
        refresh(text);
        capture(text);
        idle(text);
        growth(text);
        tpch(text);
        oneRow(text);
        nexmark(text);
        synchronous(text);
        graph(text);
        freshReads(text);
        return text.toString().stripTrailing() + "\n";
    }

    private void summary(StringBuilder text) {
        Map<String, List<Finding>> groups = Targets.findings(runs).stream()
                .collect(Collectors.groupingBy(Finding::group, LinkedHashMap::new, Collectors.toList()));
        if (groups.isEmpty()) {
            return;
        }
        Table table = new Table("promise", "met", "missed");
        groups.forEach((group, findings) -> table.row(
                group,
                findings.stream().filter(Finding::isMet).count() + " of " + findings.size(),
                findings.stream()
                        .filter(finding -> !finding.isMet())
                        .map(Report::missed)
                        .collect(Collectors.joining("; "))));
        text.append("## Summary\n\n").append(table.markdown()).append('\n');
    }

    private static String missed(Finding finding) {
        return finding.cell() + ": " + plain(finding.measured()) + (finding.atLeast() ? " < " : " > ")
                + plain(finding.target());
    }

    private void refresh(StringBuilder text) {
        Cells part = Cells.of(runs, "a");
        for (long rows : part.distinct(Measurement::rows)) {
            heading(text, "(a) Refresh, " + grouped(rows) + " rows", "a");
            Table times = new Table(
                    "query",
                    "changed",
                    "REFRESH MV, ms",
                    "CONCURRENTLY",
                    "hand-written",
                    "DIFFERENTIAL",
                    "FULL",
                    "AUTO");
            Table ratios = new Table(
                    "query",
                    "changed",
                    "hand-written",
                    "DIFFERENTIAL",
                    "promised",
                    "AUTO",
                    "DIFFERENTIAL / hand-written",
                    "AUTO / better",
                    "FULL / CONCURRENTLY");
            for (Shape shape : part.rows(rows).shapes()) {
                Cells ofShape = part.rows(rows).subject(shape.label());
                for (double changed : ofShape.distinct(Measurement::changed)) {
                    Cells cells = ofShape.changed(changed);
                    String percent = plain(changed) + " %";
                    times.row(
                            shape.label(),
                            percent,
                            ms(cells, MaterializedView.PLAIN),
                            ms(cells, MaterializedView.CONCURRENTLY),
                            ms(cells, HandWritten.LABEL),
                            ms(cells, DIFFERENTIAL),
                            ms(cells, FULL),
                            ms(cells, AUTO));
                    ratios.row(
                            shape.label(),
                            percent,
                            times(cells.ratio(MaterializedView.PLAIN, HandWritten.LABEL)),
                            times(cells.ratio(MaterializedView.PLAIN, DIFFERENTIAL)),
                            times(Targets.speedup(shape, rows, changed)),
                            times(cells.ratio(MaterializedView.PLAIN, AUTO)),
                            plain(cells.ratio(DIFFERENTIAL, HandWritten.LABEL)),
                            plain(Targets.autoAgainstBetter(cells)),
                            plain(cells.ratio(FULL, MaterializedView.CONCURRENTLY)));
                }
            }
            text.append(times.markdown())
                    .append("\nHow many times faster than `REFRESH MATERIALIZED VIEW`, and the other")
                    .append(" ratios:\n\n")
                    .append(ratios.markdown())
                    .append('\n');
        }
    }

    private void capture(StringBuilder text) {
        Cells part = Cells.of(runs, "b");
        if (part.isEmpty()) {
            return;
        }
        heading(text, "(b) What capture costs writers", "b");
        Table table = new Table(
                "statement",
                "rows",
                "writers",
                "bare, ms",
                WriterBenchmark.FEW_COLUMNS,
                "ratio",
                WriterBenchmark.ALL_COLUMNS,
                "ratio");
        for (double rows : part.distinct(Measurement::changed)) {
            for (int writers : part.distinct(Measurement::writers)) {
                for (String statement : WriteLoad.STATEMENTS) {
                    Cells cells = part.changed(rows).writers(writers).subject(statement);
                    table.row(
                            statement,
                            grouped((long) rows),
                            Integer.toString(writers),
                            ms(cells, WriterBenchmark.BARE),
                            ms(cells, WriterBenchmark.FEW_COLUMNS),
                            plain(cells.ratio(WriterBenchmark.FEW_COLUMNS, WriterBenchmark.BARE)),
                            ms(cells, WriterBenchmark.ALL_COLUMNS),
                            plain(cells.ratio(WriterBenchmark.ALL_COLUMNS, WriterBenchmark.BARE)));
                }
            }
        }
        text.append(table.markdown()).append('\n');
    }

    private void idle(StringBuilder text) {
        Cells part = Cells.of(runs, "c");
        if (part.isEmpty()) {
            return;
        }
        heading(text, "(c) A refresh with nothing to do", "c");
        Table table = new Table("query", "source rows", "from Java, ms", "in the database, ms");
        for (long rows : part.distinct(Measurement::rows)) {
            for (Shape shape : part.rows(rows).shapes()) {
                Cells cells = part.rows(rows).subject(shape.label());
                table.row(
                        shape.label(),
                        grouped(rows),
                        ms(cells, IdleBenchmark.FROM_JAVA),
                        ms(cells, IdleBenchmark.IN_DATABASE));
            }
        }
        text.append(table.markdown()).append('\n');
    }

    private void growth(StringBuilder text) {
        Cells part = Cells.of(runs, "d");
        if (part.isEmpty()) {
            return;
        }
        heading(text, "(d) " + grouped(GrowthBenchmark.CHANGED_ROWS) + " changed rows while the source grows", "d");
        List<Long> sizes = part.distinct(Measurement::rows);
        List<String> columns = new ArrayList<>(List.of("query", "contender"));
        sizes.forEach(rows -> columns.add(grouped(rows) + " rows, ms"));
        columns.add("largest / smallest");
        Table table = new Table(columns.toArray(String[]::new));
        for (Shape shape : part.shapes()) {
            for (String contender : List.of(DIFFERENTIAL, HandWritten.LABEL)) {
                Cells cells = part.subject(shape.label());
                List<String> row = new ArrayList<>(List.of(shape.label(), contender));
                sizes.forEach(rows -> row.add(ms(cells.rows(rows), contender)));
                row.add(plain(Targets.growth(cells, contender)));
                table.row(row.toArray(String[]::new));
            }
        }
        text.append(table.markdown()).append('\n');
    }

    private void tpch(StringBuilder text) {
        Cells part = Cells.of(runs, "t");
        if (part.isEmpty()) {
            return;
        }
        heading(text, "(t) TPC-H", "t");
        Table table = new Table("query", "REFRESH MV, ms", "DIFFERENTIAL, ms", "times faster", "checked");
        for (String query : part.distinct(Measurement::subject)) {
            Cells cells = part.subject(query);
            table.row(
                    query,
                    ms(cells, MaterializedView.PLAIN),
                    ms(cells, DIFFERENTIAL),
                    times(cells.ratio(MaterializedView.PLAIN, DIFFERENTIAL)),
                    cells.all().get(0).note());
        }
        text.append(table.markdown())
                .append("\nGeometric mean: ")
                .append(times(Targets.geometricMean(part)))
                .append(".\n");
    }

    private void oneRow(StringBuilder text) {
        Cells part = Cells.of(runs, "p");
        if (part.isEmpty()) {
            return;
        }
        heading(text, "(p) TPC-H, a warm refresh with one changed row", "p");
        Table table =
                new Table("query and table", "refresh, ms", "execution in the server, ms", "beyond it", "outcome");
        for (String subject : part.distinct(Measurement::subject)) {
            Cells cells = part.subject(subject);
            table.row(
                    subject,
                    ms(cells, OneRowBenchmark.WALL),
                    ms(cells, OneRowBenchmark.EXECUTION),
                    plain(Targets.beyondExecution(cells)),
                    cells.all().get(0).note());
        }
        text.append(table.markdown()).append('\n');
    }

    private void freshReads(StringBuilder text) {
        Cells part = Cells.of(runs, FreshReadBenchmark.PART);
        if (part.isEmpty()) {
            return;
        }
        heading(text, "(f) Fresh reads while changes are pending", FreshReadBenchmark.PART);
        Table table = new Table("read", "rows", "fresh read, ms", "the query, ms", "times faster", "");
        for (String subject : part.distinct(Measurement::subject)) {
            Cells cells = part.subject(subject);
            table.row(
                    subject,
                    grouped(cells.all().get(0).rows()),
                    ms(cells, FreshReadBenchmark.FRESH),
                    ms(cells, FreshReadBenchmark.QUERY),
                    plain(cells.ratio(FreshReadBenchmark.QUERY, FreshReadBenchmark.FRESH)),
                    cells.all().get(0).note());
        }
        text.append(table.markdown()).append('\n');
    }

    private void graph(StringBuilder text) {
        Cells part = Cells.of(runs, GraphBenchmark.PART);
        if (part.isEmpty()) {
            return;
        }
        heading(text, "(i) The clock and the graph", GraphBenchmark.PART);
        Table table = new Table("what", "measured", "", "at most");
        for (Measurement measurement : part.all()) {
            table.row(
                    measurement.subject(),
                    plain(measurement.median()) + (measurement.contender().equals(GraphBenchmark.CPU) ? "" : " ms"),
                    measurement.contender(),
                    plain(Targets.limit(measurement)));
        }
        text.append(table.markdown()).append('\n');
    }

    private void nexmark(StringBuilder text) {
        Cells part = Cells.of(runs, "n");
        if (part.isEmpty()) {
            return;
        }
        heading(text, "(n) Nexmark, events per second with a freshness under a second", "n");
        Table table = new Table("query", "events/s", "freshness, median, ms", "99 %, ms", "checked", "what it is");
        Map<String, String> descriptions = new LinkedHashMap<>();
        NexmarkQuery.all().forEach(query -> descriptions.put(query.label(), query.description()));
        descriptions.put(NexmarkBenchmark.TOGETHER, "All of them at the same time.");
        descriptions.forEach((subject, description) -> {
            Cells cells = part.subject(subject);
            if (!cells.isEmpty()) {
                table.row(
                        subject,
                        plain(cells.perSecond(NexmarkBenchmark.TIME_OF_AN_EVENT)),
                        ms(cells, NexmarkBenchmark.MEDIAN),
                        ms(cells, NexmarkBenchmark.P99),
                        cells.all().get(0).note(),
                        description);
            }
        });
        text.append(table.markdown()).append('\n');
    }

    private void synchronous(StringBuilder text) {
        Cells part = Cells.of(runs, "s");
        if (!part.isEmpty()) {
            heading(text, "(s) What tables add that are right within the transaction", "s");
            text.append(new SynchronousReport(part).markdown());
        }
    }

    private void heading(StringBuilder text, String title, String part) {
        text.append("## ").append(title).append("\n\n");
        for (Run run : runs) {
            if (run.measurements().stream()
                    .anyMatch(measurement -> measurement.part().equals(part))) {
                text.append("Measured ")
                        .append(run.measuredAt())
                        .append(" on ")
                        .append(run.machine())
                        .append(", `")
                        .append(run.arguments())
                        .append("`, PostgreSQL with ")
                        .append(run.settings().entrySet().stream()
                                .map(setting -> "`" + setting.getKey() + "=" + setting.getValue() + "`")
                                .collect(Collectors.joining(", ")))
                        .append(".\n\n");
            }
        }
    }

    private static String ms(Cells cells, String contender) {
        return plain(cells.median(contender));
    }

    private static String times(OptionalDouble ratio) {
        return ratio.isPresent() ? plain(ratio) + " ×" : "";
    }

    static String plain(OptionalDouble value) {
        return value.isPresent() ? plain(value.getAsDouble()) : "";
    }

    /** Three significant digits, without an exponent. */
    static String plain(double value) {
        int decimals = (value >= 100) ? 0 : (value >= 10) ? 1 : 2;
        String text = String.format(Locale.ROOT, "%,." + decimals + "f", value);
        return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
    }

    private static String grouped(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}
