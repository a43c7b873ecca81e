package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import io.pgstream.parse.TextNode.Kind;
import io.pgstream.parse.TextNode.Token;
import java.util.List;
import java.util.Set;

/**
 * Knows expressions over the clock that are never NULL and have a type whose values have one order, whatever column they
 * are compared with: dates, times, intervals and numbers, and no text, which has an order for each collation.
 */
final class Moments {

    private static final Set<String> FUNCTIONS = Set.of("date_trunc", "timezone", "date_part", "date");

    private static final Set<String> KEYWORDS = Set.of("EXTRACT", "FROM", "AT", "TIME", "ZONE");

    private static final Set<String> OPERATORS = Set.of("+", "-", "*");

    private static final Set<String> TYPES = Set.of(
            "date", "timestamp", "timestamptz", "time", "timetz", "interval", "numeric", "double", "integer", "bigint");

    private Moments() {}

    static boolean orderedAndNeverNull(List<TextNode> nodes) {
        for (int i = 0; i < nodes.size(); i++) {
            TextNode before = (i == 0) ? null : nodes.get(i - 1);
            TextNode node = nodes.get(i);
            if (node instanceof Group group) {
                if (!group.round() || !orderedAndNeverNull(group.content())) {
                    return false;
                }
            } else if (node instanceof Token token
                    && !allowed(token, before, i + 1 < nodes.size() ? nodes.get(i + 1) : null)) {
                return false;
            } else if (node.is("::")) {
                boolean constant = before instanceof Token literal && literal.kind() == Kind.STRING;
                int end = endOfType(nodes, i + 1);
                if (end == i + 1 || (!constant && !TYPES.contains(((Token) nodes.get(i + 1)).text()))) {
                    return false;
                }
                i = end - 1;
            }
        }
        return true;
    }

    private static boolean allowed(
            Token token,
            @org.jspecify.annotations.Nullable TextNode before,
            @org.jspecify.annotations.Nullable TextNode behind) {
        return switch (token.kind()) {
            case NUMBER, STRING -> true;
            case OPERATOR -> OPERATORS.contains(token.text());
            case PUNCTUATION -> token.is(",") || token.is("::");
            case QUOTED_IDENTIFIER -> false;
            case WORD ->
                token.text().equals(ClockFunctions.MARK)
                        || KEYWORDS.contains(token.text())
                        || (FUNCTIONS.contains(token.text()) && behind instanceof Group)
                        // The field of EXTRACT.
                        || (before == null && behind != null && behind.is("FROM"));
        };
    }

    /** The node behind the name of a type: words, and the precision. */
    private static int endOfType(List<TextNode> nodes, int start) {
        int end = start;
        while (end < nodes.size()
                && ((nodes.get(end) instanceof Token token && token.kind() == Kind.WORD && !token.keyword())
                        || (end > start && nodes.get(end) instanceof Group))) {
            end++;
        }
        return end;
    }
}
