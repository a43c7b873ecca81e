package io.pgstream.samples.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One of the 22 queries of TPC-H, in its text and with its validation parameters.
 *
 * @param number 1 to 22
 */
record TpchQuery(int number) implements MaintainedQuery {

    /** Where the contenders' tables and the sources are. */
    static final String SCHEMA = "tpch";

    static List<TpchQuery> all() {
        return IntStream.rangeClosed(1, 22).mapToObj(TpchQuery::new).toList();
    }

    static List<TpchQuery> parseList(String text) {
        return text.equals("all")
                ? all()
                : List.of(text.split(",")).stream()
                        .map(number -> new TpchQuery(Integer.parseInt(number)))
                        .toList();
    }

    @Override
    public String label() {
        return String.format(Locale.ROOT, "Q%02d", number);
    }

    @Override
    public String identifier() {
        return label().toLowerCase(Locale.ROOT);
    }

    @Override
    public @Nullable String key() {
        return null;
    }

    @Override
    public String query() {
        return Database.read("/tpch/queries/" + identifier() + ".sql");
    }
}
