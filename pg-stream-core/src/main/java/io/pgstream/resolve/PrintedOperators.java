package io.pgstream.resolve;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Operators that are not PostgreSQL's own, as the equality of {@code citext}. Of {@code NULLIF(a, b)}, {@code a IS DISTINCT FROM b}, {@code CASE a
 * WHEN b} and {@code USING (a)} the printed text does not say which equality is meant: it is looked for under the {@code search_path}, and without the one
 * that the query was written under two texts would be compared. So such a query is always read under its own path.
 */
final class PrintedOperators {

    private static final Pattern OPERATORS = Pattern.compile(":opnos? (?:(\\d+)|\\(o ([\\d ]+)\\))");

    private PrintedOperators() {}

    /** The numbers of such operators in the tree of a view, sorted. */
    static List<Long> of(String tree) {
        List<Long> operators = new ArrayList<>();
        for (Matcher matcher = OPERATORS.matcher(tree); matcher.find(); ) {
            String numbers = (matcher.group(1) != null) ? matcher.group(1) : matcher.group(2);
            for (String number : numbers.split(" ")) {
                if (UserObjects.contain(Long.parseLong(number))) {
                    operators.add(Long.valueOf(number));
                }
            }
        }
        operators.sort(null);
        return operators;
    }

    /** The number of the first operator in the tree of a view. */
    static long first(String tree) {
        Matcher matcher = OPERATORS.matcher(tree);
        return (matcher.find() && matcher.group(1) != null) ? Long.parseLong(matcher.group(1)) : 0;
    }

    static InvalidDefinitionException refused() {
        return new InvalidDefinitionException(
                ErrorCode.INVALID_QUERY,
                "The query compares by an operator that PostgreSQL does not print, and that its text would not find again, so the"
                        + " query cannot be kept.",
                "Write NULLIF, IS DISTINCT FROM and CASE … WHEN with the operator itself, as a OPERATOR(schema.=) b.");
    }
}
