package io.pgstream.support;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts a small JSON object together; names come in the order in which they were given.
 *
 * @since 0.1.0
 */
public final class JsonObject {

    private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

    /**
     * Adds a value.
     *
     * @param name its name
     * @param value a text, a number, a truth value, an object, a collection of them, or {@code null}
     * @return this
     */
    public JsonObject with(String name, @Nullable Object value) {
        values.put(name, value);
        return this;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        append(text, this);
        return text.toString();
    }

    private static void append(StringBuilder text, @Nullable Object value) {
        if (value instanceof JsonObject object) {
            text.append('{');
            String separator = "";
            for (Map.Entry<String, @Nullable Object> entry : object.values.entrySet()) {
                text.append(separator);
                quote(text, entry.getKey());
                text.append(": ");
                append(text, entry.getValue());
                separator = ", ";
            }
            text.append('}');
        } else if (value instanceof Collection<?> items) {
            text.append('[');
            String separator = "";
            for (Object item : items) {
                text.append(separator);
                append(text, item);
                separator = ", ";
            }
            text.append(']');
        } else if (value == null || value instanceof Number || value instanceof Boolean) {
            text.append(value);
        } else {
            quote(text, value.toString());
        }
    }

    private static void quote(StringBuilder text, String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ') {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }
}
