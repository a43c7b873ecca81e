package io.pgstream;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The name of a table: an optional schema and a local name, both as PostgreSQL stores them.
 *
 * @param schema the schema, or {@code null} for the first one of the application's {@code search_path}
 * @param name the local name
 * @since 0.1.0
 */
public record QualifiedName(@Nullable String schema, String name) implements Comparable<QualifiedName> {

    /** The longest identifier, in bytes, that PostgreSQL stores without cutting it. */
    private static final int MAXIMUM_BYTES = 63;

    public QualifiedName {
        if (schema != null) {
            checkIdentifier(schema);
        }
        checkIdentifier(name);
    }

    /**
     * Reads a name as SQL would: unquoted parts are folded to lower case, parts in double quotes are kept.
     *
     * @param text for example {@code sales}, {@code reporting.sales} or {@code "Reporting"."Sales"}
     * @return the name
     * @throws InvalidDefinitionException if the text is not one or two identifiers
     */
    public static QualifiedName parse(String text) {
        String[] parts = new String[2];
        int count = 0;
        int position = 0;
        while (true) {
            if (count == 2) {
                throw invalid(text, "it has more than two parts");
            }
            int end = endOfPart(text, position);
            parts[count++] = part(text, text.substring(position, end));
            if (end == text.length()) {
                break;
            }
            position = end + 1;
        }
        return (count == 1) ? new QualifiedName(null, parts[0]) : new QualifiedName(parts[0], parts[1]);
    }

    private static int endOfPart(String text, int start) {
        boolean quoted = false;
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == '.' && !quoted) {
                return i;
            }
        }
        if (quoted) {
            throw invalid(text, "a double quote is not closed");
        }
        return text.length();
    }

    private static String part(String text, String part) {
        if (part.startsWith("\"")) {
            if (part.length() < 3 || !part.endsWith("\"")) {
                throw invalid(text, "a quoted part is empty or followed by something");
            }
            return part.substring(1, part.length() - 1).replace("\"\"", "\"");
        }
        if (!part.matches("[\\p{L}_][\\p{L}\\p{N}_$]*")) {
            throw invalid(
                    text,
                    part.isEmpty()
                            ? "a part is empty"
                            : "an unquoted part starts with a letter or an underscore and holds letters, digits,"
                                    + " underscores and dollar signs");
        }
        return part.toLowerCase(Locale.ROOT);
    }

    private static void checkIdentifier(String identifier) {
        if (identifier.isEmpty() || identifier.indexOf('\0') >= 0) {
            throw invalid(identifier, "an identifier is not empty and holds no NUL");
        }
        if (identifier.getBytes(StandardCharsets.UTF_8).length > MAXIMUM_BYTES) {
            throw invalid(identifier, "an identifier has at most " + MAXIMUM_BYTES + " bytes");
        }
    }

    private static InvalidDefinitionException invalid(String text, String why) {
        return new InvalidDefinitionException(
                ErrorCode.INVALID_NAME,
                "'" + text + "' is not the name of a table: " + why + ".",
                "Write it as name, schema.name, or with double quotes: \"My Schema\".\"My Table\".");
    }

    /**
     * This name in the given schema, unless it has one.
     *
     * @param defaultSchema the schema of an unqualified name
     * @return a name with a schema
     */
    public QualifiedName orInSchema(String defaultSchema) {
        return (schema != null) ? this : new QualifiedName(defaultSchema, name);
    }

    @Override
    public int compareTo(QualifiedName other) {
        return toString().compareTo(other.toString());
    }

    /** The name as a person writes it, with double quotes only where they are needed. */
    @Override
    public String toString() {
        return (schema == null) ? display(name) : display(schema) + "." + display(name);
    }

    private static String display(String identifier) {
        return identifier.matches("[a-z_][a-z0-9_$]*") ? identifier : '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
