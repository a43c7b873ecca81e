package io.pgstream.sql;

import io.pgstream.QualifiedName;
import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Quotes identifiers and literals.
 *
 * @since 0.1.0
 */
public final class Identifiers {

    private Identifiers() {}

    /** An identifier in double quotes, always, so that no reserved word can surprise. */
    public static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** A qualified name in double quotes. */
    public static String quote(QualifiedName name) {
        return (name.schema() == null) ? quote(name.name()) : quote(name.schema()) + "." + quote(name.name());
    }

    /** Identifiers in double quotes, separated by commas. */
    public static String quoteAll(Collection<String> identifiers) {
        return identifiers.stream().map(Identifiers::quote).collect(Collectors.joining(", "));
    }

    /** A string literal. */
    public static String literal(String text) {
        String quoted = "'" + text.replace("'", "''") + "'";
        return (text.indexOf('\\') >= 0) ? " E" + quoted.replace("\\", "\\\\") : quoted;
    }
}
