package io.pgstream.resolve;

import java.util.regex.Pattern;

/**
 * Something in a query that is refused.
 *
 * @param refusal the kind
 * @param reason what the query does and why that cannot be, as the continuation of "because"
 * @param text how it may be written in the query
 * @since 0.1.0
 */
public record Obstacle(Refusal refusal, String reason, Pattern text) {

    /** With words that can be written in any case, and with any white space between them. */
    public static Obstacle of(Refusal refusal, String reason, String text) {
        return new Obstacle(refusal, reason, Pattern.compile(text, Pattern.CASE_INSENSITIVE));
    }

    /** The reason, with the offending text and its place in the query. */
    public String in(String query) {
        return reason + new QueryText(query).where(text);
    }
}
