package io.pgstream.samples.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One of the queries of Nexmark, written for tables.
 *
 * @param number 0 to 22
 */
record NexmarkQuery(int number) implements MaintainedQuery {

    /** Where the sources are. */
    static final String SCHEMA = "nexmark";

    /** Windows of processing time: when a row arrived is not in the row. */
    private static final int NOT_SAID = 12;

    static List<NexmarkQuery> all() {
        return IntStream.rangeClosed(0, 22)
                .filter(number -> number != NOT_SAID)
                .mapToObj(NexmarkQuery::new)
                .toList();
    }

    @Override
    public String label() {
        return "q" + number;
    }

    @Override
    public String identifier() {
        return "nexmark_" + number;
    }

    @Override
    public @Nullable String key() {
        return null;
    }

    @Override
    public String query() {
        return Database.read(String.format(Locale.ROOT, "/nexmark/queries/q%02d.sql", number));
    }

    /** What it asks for: the comment that its text begins with. */
    String description() {
        return query().lines().findFirst().orElseThrow().substring("-- ".length());
    }
}
