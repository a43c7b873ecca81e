package io.pgstream.autoconfigure.page;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes maps, lists, texts, numbers and truth values as JSON. The application's own way to write JSON may rename or leave
 * out what the page reads, and the application need not have one.
 */
final class PageJson {

    private PageJson() {}

    static String write(@Nullable Object value) {
        StringBuilder json = new StringBuilder();
        append(json, value);
        return json.toString();
    }

    private static void append(StringBuilder json, @Nullable Object value) {
        if (value == null || value instanceof Boolean || value instanceof Long || value instanceof Integer) {
            json.append(value);
        } else if (value instanceof Duration duration) {
            json.append(duration.toMillis());
        } else if (value instanceof Map<?, ?> map) {
            appendMap(json, map);
        } else if (value instanceof List<?> list) {
            appendList(json, list);
        } else {
            appendText(json, value.toString());
        }
    }

    private static void appendMap(StringBuilder json, Map<?, ?> map) {
        json.append('{');
        Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<?, ?> entry = entries.next();
            appendText(json, String.valueOf(entry.getKey()));
            json.append(':');
            append(json, entry.getValue());
            json.append(entries.hasNext() ? "," : "");
        }
        json.append('}');
    }

    private static void appendList(StringBuilder json, List<?> list) {
        json.append('[');
        Iterator<?> items = list.iterator();
        while (items.hasNext()) {
            append(json, items.next());
            json.append(items.hasNext() ? "," : "");
        }
        json.append(']');
    }

    private static void appendText(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ' || c == '<' || Character.isSurrogate(c) || c == '\u2028' || c == '\u2029') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
