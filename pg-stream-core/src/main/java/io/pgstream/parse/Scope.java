package io.pgstream.parse;

import io.pgstream.plan.expr.Column;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names that a query block can use: the aliases of its FROM items and their columns. */
final class Scope {

    private final Map<String, Map<String, Column>> items = new LinkedHashMap<>();

    void add(String alias, List<String> names, List<Column> columns) {
        Map<String, Column> byName = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            byName.put(names.get(i), columns.get(i));
        }
        if (items.put(alias, byName) != null) {
            throw new UnsupportedConstructException(
                    "the alias " + alias + " stands for two FROM items", "Give each FROM item an alias of its own.");
        }
    }

    int size() {
        return items.size();
    }

    /** The first column of a name in the items from one position to before another: the merged column of USING. */
    Column first(String name, int from, int to) {
        return items.values().stream()
                .skip(from)
                .limit((long) to - from)
                .flatMap(columns -> java.util.stream.Stream.ofNullable(columns.get(name)))
                .findFirst()
                .orElseThrow(() -> new UnsupportedConstructException(
                        "it joins with USING (" + name + "), which is not a plain column of both sides",
                        "Join with ON."));
    }

    Column resolve(@Nullable String alias, String name) {
        List<Column> found = new ArrayList<>();
        if (alias == null) {
            items.values().stream().map(columns -> columns.get(name)).forEach(column -> {
                if (column != null) {
                    found.add(column);
                }
            });
        } else {
            Map<String, Column> columns = items.get(alias);
            Column column = (columns == null) ? null : columns.get(name);
            if (column != null) {
                found.add(column);
            }
        }
        if (found.size() != 1) {
            throw new UnsupportedConstructException(
                    "it refers to " + ((alias == null) ? name : alias + "." + name)
                            + ", which is not a plain column of its FROM items",
                    "Refer to columns of the tables in FROM, not to whole rows, system columns or outer queries.");
        }
        return found.get(0);
    }
}
