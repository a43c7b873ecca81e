package io.pgstream.parse;

import java.util.List;
import java.util.Locale;
import net.sf.jsqlparser.expression.Function;

/** Identifiers as JSqlParser hands them out: with their quotes. */
final class Names {

    private Names() {}

    /** The name of a function without its schema, as the catalog has it. */
    static String function(Function function) {
        List<String> parts = function.getMultipartName();
        String last = Masks.unmaskedName(parts.get(parts.size() - 1));
        return last.startsWith("\"") ? plain(last) : last.toLowerCase(Locale.ROOT);
    }

    /** Whether a function is named with its schema: none of those that are built in is. */
    static boolean qualified(Function function) {
        return function.getMultipartName().size() > 1;
    }

    static String plain(String text) {
        String identifier = Masks.unmaskedName(text);
        if (identifier.length() >= 2 && identifier.startsWith("\"") && identifier.endsWith("\"")) {
            return identifier.substring(1, identifier.length() - 1).replace("\"\"", "\"");
        }
        return identifier;
    }
}
