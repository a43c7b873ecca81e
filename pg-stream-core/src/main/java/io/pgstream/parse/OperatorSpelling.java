package io.pgstream.parse;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PostgreSQL prints LIKE as the operator behind it, which JSqlParser does not know; the keyword means the same. */
final class OperatorSpelling {

    /** Quoted text, which stays, or one of the operators. */
    private static final Pattern TOKEN = Pattern.compile(
            "'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|(?<![-+*/<>=~!@#%^&|`?])(!?~~\\*?)(?![-+*/<>=~!@#%^&|`?])");

    private OperatorSpelling() {}

    static String withKeywords(String canonicalText) {
        Matcher matcher = TOKEN.matcher(canonicalText);
        StringBuilder result = new StringBuilder();
        while (matcher.find()) {
            String operator = matcher.group(1);
            String replacement = (operator == null)
                    ? matcher.group()
                    : (operator.startsWith("!") ? "NOT " : "") + (operator.endsWith("*") ? "ILIKE" : "LIKE");
            matcher.appendReplacement(result, Matcher.quoteReplacement(replacement));
        }
        return matcher.appendTail(result).toString();
    }
}
