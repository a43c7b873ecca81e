package io.pgstream.resolve;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Refuses grouping sets that PostgreSQL cannot print: {@code SELECT a AS x, a AS y … GROUP BY x, ROLLUP (y)} has two keys, and is printed as {@code
 * GROUP BY a, ROLLUP (a)}, which has one, so that y is never NULL. A view that is dumped and restored changes by it; a stream table, which is
 * refreshed by the printed text, would never have been right.
 */
final class PrintedGroups {

    /** The keys of a query with grouping sets. */
    private static final Pattern KEYS =
            Pattern.compile(":groupClause \\(((?:\\{[^{}]*\\} ?)+)\\) :groupDistinct \\w+ :groupingSets \\(");

    private PrintedGroups() {}

    /** How many keys each query with grouping sets has, in the tree of a view. */
    static List<Long> keys(String tree) {
        List<Long> keys = new ArrayList<>();
        for (Matcher clause = KEYS.matcher(tree); clause.find(); ) {
            keys.add(clause.group(1).chars().filter(c -> c == '{').count());
        }
        return keys;
    }

    static InvalidDefinitionException refused() {
        return new InvalidDefinitionException(
                ErrorCode.INVALID_QUERY,
                "The query has grouping sets by two keys that are the same expression. PostgreSQL prints them as one key, so the"
                        + " query cannot be kept.",
                "Compute one of them in a subquery in FROM, or select the column once and name it twice in the query around.");
    }
}
