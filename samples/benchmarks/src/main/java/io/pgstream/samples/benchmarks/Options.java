package io.pgstream.samples.benchmarks;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a run measures.
 *
 * @param parts {@code a} to {@code d}, {@code f}, {@code i}, {@code n}, {@code p}, {@code s} and {@code t}
 * @param rows the sizes of {@code sale} for part (a), and the largest of them for (b) and (c)
 * @param growthRows the sizes of {@code sale} for part (d)
 * @param shapes the queries of parts (a) and (d)
 * @param changes the percentages of changed rows of part (a)
 * @param contenders the contenders of part (a); empty for all
 * @param scale the scale factor of part (t)
 * @param queries the queries of parts (t) and (p)
 * @param oneRowScale scale factor of part (p)
 * @param nexmark the queries of part (n), {@code together} for all at once, or {@code all} for both
 * @param events how many events the tables of part (n) have at the start of each query
 * @param minutes how long part (n) takes, about
 * @param cycles how many cycles of part (t) count, after one that does not
 * @param warmUp how many refreshes of small tables of three queries come before parts (a) to (d) and (t)
 * @param tables how many stream tables of part (i) have nothing to do
 * @param commits how many commits are followed in part (i)
 * @param idleSeconds how long part (i) watches tables that have nothing to do
 * @param repetitions how many rounds count, after one that does not
 * @param slowRepetitions how many rounds a contender takes part in whose warm-up round took longer than ten seconds
 * @param url a JDBC URL, or empty for an embedded server
 * @param output the directory of the document and its data; empty for none
 */
record Options(
        Set<String> parts,
        List<Long> rows,
        List<Long> growthRows,
        List<Shape> shapes,
        List<Double> changes,
        List<String> contenders,
        double scale,
        List<TpchQuery> queries,
        double oneRowScale,
        List<String> nexmark,
        long events,
        double minutes,
        int cycles,
        int warmUp,
        int tables,
        int commits,
        int idleSeconds,
        int repetitions,
        int slowRepetitions,
        String url,
        String output) {

    private static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry("parts", "a,b,c,d"),
            Map.entry("rows", "100000,1000000"),
            Map.entry("growth-rows", "100000,1000000,10000000"),
            Map.entry("shapes", "all"),
            Map.entry("changes", "0.1,1,10,50"),
            Map.entry("contenders", ""),
            Map.entry("scale", "1"),
            Map.entry("queries", "all"),
            Map.entry("one-row-scale", "0.1"),
            Map.entry("nexmark", "all"),
            Map.entry("events", "100000"),
            Map.entry("minutes", "9"),
            Map.entry("cycles", "20"),
            Map.entry("warm-up", "500"),
            Map.entry("tables", "1000"),
            Map.entry("commits", "200"),
            Map.entry("idle-seconds", "20"),
            Map.entry("repetitions", "5"),
            Map.entry("slow-repetitions", "5"),
            Map.entry("url", ""),
            Map.entry("output", "docs"));

    static Options parse(String... arguments) {
        Map<String, String> values = new HashMap<>(DEFAULTS);
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            String name = argument.startsWith("--") && equals > 0 ? argument.substring(2, equals) : argument;
            if (!values.containsKey(name)) {
                throw new IllegalArgumentException("'" + argument + "' is not an option. The options are "
                        + DEFAULTS.keySet().stream().sorted().toList() + ", written as --name=value.");
            }
            values.put(name, argument.substring(equals + 1));
        }
        return new Options(
                Set.copyOf(list(values, "parts")),
                list(values, "rows").stream().map(Long::valueOf).toList(),
                list(values, "growth-rows").stream().map(Long::valueOf).toList(),
                Shape.parseList(value(values, "shapes")),
                list(values, "changes").stream().map(Double::valueOf).toList(),
                list(values, "contenders"),
                Double.parseDouble(value(values, "scale")),
                TpchQuery.parseList(value(values, "queries")),
                Double.parseDouble(value(values, "one-row-scale")),
                list(values, "nexmark"),
                Long.parseLong(value(values, "events")),
                Double.parseDouble(value(values, "minutes")),
                Integer.parseInt(value(values, "cycles")),
                Integer.parseInt(value(values, "warm-up")),
                Integer.parseInt(value(values, "tables")),
                Integer.parseInt(value(values, "commits")),
                Integer.parseInt(value(values, "idle-seconds")),
                Integer.parseInt(value(values, "repetitions")),
                Integer.parseInt(value(values, "slow-repetitions")),
                value(values, "url"),
                value(values, "output"));
    }

    private static String value(Map<String, String> values, String name) {
        return values.getOrDefault(name, "");
    }

    private static List<String> list(Map<String, String> values, String name) {
        String value = value(values, name);
        return value.isEmpty() ? List.of() : Arrays.asList(value.split(","));
    }

    boolean includes(String contender) {
        return contenders.isEmpty() || contenders.contains(contender);
    }

    /** Hand-written SQL and materialized views can be measured without an engine. */
    boolean needsEngine() {
        return parts.contains("b")
                || parts.contains("c")
                || parts.contains("n")
                || parts.contains("p")
                || parts.contains("s")
                || parts.contains("t")
                || parts.contains(GraphBenchmark.PART)
                || parts.contains(FreshReadBenchmark.PART)
                || contenders.isEmpty()
                || contenders.stream().anyMatch(StreamTableContender::isMode);
    }

    long largest() {
        return rows.stream().mapToLong(Long::longValue).max().orElseThrow();
    }

    Path outputDirectory() {
        return Path.of(output);
    }
}
