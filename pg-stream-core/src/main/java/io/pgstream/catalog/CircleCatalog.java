package io.pgstream.catalog;

import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Stores which stream tables are in circles. Whatever changes that gives all of them a new version, so that no instance
 * refreshes one of them by what it knew.
 *
 * @since 0.1.0
 */
public final class CircleCatalog {

    private final String schema;

    /** @param catalogSchema the catalog's schema, not quoted */
    public CircleCatalog(String catalogSchema) {
        this.schema = Identifiers.quote(catalogSchema);
    }

    /** Keeps others from changing what stream tables read until the transaction ends; takes no snapshot. */
    public void lock(Session session) throws SQLException {
        session.execute("LOCK TABLE " + schema + ".pgs_circles IN EXCLUSIVE MODE");
    }

    /**
     * A stream table that reads a stream table.
     *
     * @param reader its number
     * @param source the number of what it reads
     */
    public record Edge(long reader, long source) {}

    /** Which stream tables read which. */
    public List<Edge> edges(Session session) throws SQLException {
        return session.list(
                "SELECT d.stream_table_id, t.id FROM " + schema + ".pgs_dependencies AS d JOIN " + schema
                        + ".pgs_stream_tables AS t ON t.relid = d.source_relid ORDER BY 1, 2",
                row -> new Edge(row.getLong(1), row.getLong(2)));
    }

    /**
     * Stores the circles.
     *
     * @param present the lowest number in the circle of each stream table that is in one
     */
    public void store(Session session, Map<Long, Long> present) throws SQLException {
        Map<Long, Long> stored = new HashMap<>();
        session.list(
                        "SELECT stream_table_id, circle_id FROM " + schema + ".pgs_circles",
                        row -> Map.entry(row.getLong(1), row.getLong(2)))
                .forEach(entry -> stored.put(entry.getKey(), entry.getValue()));
        if (present.equals(stored)) {
            return;
        }
        session.update("DELETE FROM " + schema + ".pgs_circles");
        session.update(
                "INSERT INTO " + schema
                        + ".pgs_circles (stream_table_id, circle_id) SELECT * FROM unnest(?::bigint[], ?::bigint[])",
                present.keySet().toArray(Long[]::new),
                present.values().toArray(Long[]::new));
        session.update(
                "UPDATE " + schema + ".pgs_stream_tables SET version = version + 1 WHERE id = ANY (?::bigint[])",
                (Object) changed(present, stored));
    }

    /** Whoever is in a circle that has gained or lost members. */
    private static Long[] changed(Map<Long, Long> present, Map<Long, Long> stored) {
        Map<Long, Long> all = new LinkedHashMap<>(stored);
        all.putAll(present);
        return all.keySet().stream()
                .filter(id -> !members(present, id).equals(members(stored, id)))
                .sorted()
                .toArray(Long[]::new);
    }

    private static List<Long> members(Map<Long, Long> circles, Long id) {
        Long circle = circles.get(id);
        return (circle == null)
                ? List.of()
                : circles.entrySet().stream()
                        .filter(entry -> entry.getValue().equals(circle))
                        .map(Map.Entry::getKey)
                        .sorted()
                        .toList();
    }
}
