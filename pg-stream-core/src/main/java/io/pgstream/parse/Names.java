package io.pgstream.parse;

/** Identifiers as JSqlParser hands them out: with their quotes. */
final class Names {

    private Names() {}

    static String plain(String text) {
        String identifier = Masks.unmaskedName(text);
        if (identifier.length() >= 2 && identifier.startsWith("\"") && identifier.endsWith("\"")) {
            return identifier.substring(1, identifier.length() - 1).replace("\"\"", "\"");
        }
        return identifier;
    }
}
