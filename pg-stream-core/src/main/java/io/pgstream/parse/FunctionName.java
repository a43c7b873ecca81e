package io.pgstream.parse;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The name of a function in canonical text: without a schema only if it is built in. */
final class FunctionName {

    private static final Pattern PART = Pattern.compile("\"(?:[^\"]|\"\")*\"|[^.\"]+");

    private FunctionName() {}

    /** The name as {@code FunctionNames} has it. */
    static String of(String printed) {
        StringBuilder name = new StringBuilder();
        Matcher parts = PART.matcher(printed);
        while (parts.find()) {
            String part = parts.group().strip();
            String plain = Names.plain(part);
            name.append(name.isEmpty() ? "" : ".").append(plain.equals(part) ? part.toLowerCase(Locale.ROOT) : plain);
        }
        String result = name.toString();
        return result.startsWith("pg_catalog.") ? result.substring("pg_catalog.".length()) : result;
    }
}
