package io.pgstream.request;

import io.pgstream.Explanation;
import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.engine.ScheduledTable;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes down for SQL what only an engine can know of the definitions: how each query is maintained, and which stream tables
 * are refreshed together. A function in SQL could not wait until an engine has compiled something.
 */
final class DefinitionNotes {

    /** So many at a time, so that a catalog of a thousand tables does not keep a core busy after an upgrade. */
    private static final int AT_A_TIME = 20;

    private final StreamTableEngine engine;

    private final String schema;

    private @Nullable Set<Group> written;

    DefinitionNotes(StreamTableEngine engine) {
        this.engine = engine;
        this.schema = Identifiers.quote(engine.settings().catalogSchema());
    }

    private record Group(List<QualifiedName> members, String policy) {}

    private record Unknown(long id, int version, String name) {}

    /** Brings the notes up to date; one statement where nothing has changed. */
    void update(Session session) throws SQLException {
        List<Unknown> unknown = session.list(
                "SELECT t.id, t.version, format('%I.%I', t.schema_name, t.table_name) FROM " + schema
                        + ".pgs_stream_tables AS t LEFT JOIN " + schema
                        + ".pgs_explanations AS e ON e.stream_table_id = t.id WHERE e.version IS DISTINCT FROM t.version"
                        + " ORDER BY t.id LIMIT " + AT_A_TIME,
                row -> new Unknown(row.getLong(1), row.getInt(2), row.getString(3)));
        for (Unknown table : unknown) {
            explain(session, table);
        }
        diamonds(session);
    }

    private void explain(Session session, Unknown table) throws SQLException {
        List<String> properties = new ArrayList<>();
        List<String> contents = new ArrayList<>();
        try {
            Explanation explanation = engine.explain(table.name());
            add(properties, contents, "operators", explanation.operatorTree());
            explanation.strategies().forEach(line -> add(properties, contents, "strategy", line));
            add(properties, contents, "identity", explanation.identity());
            explanation.state().forEach(line -> add(properties, contents, "state", line));
            explanation.deltaStatements().forEach(line -> add(properties, contents, "delta", line));
            explanation.missingIndexes().forEach(line -> add(properties, contents, "missing index", line));
            explanation.notes().forEach(line -> add(properties, contents, "note", line));
        } catch (PgStreamException e) {
            add(properties, contents, "operators", "unknown: " + e.getMessage());
        }
        session.update(
                "INSERT INTO " + schema
                        + ".pgs_explanations AS e (stream_table_id, version, properties, contents) SELECT"
                        + " t.id, ?, ?, ? FROM " + schema + ".pgs_stream_tables AS t WHERE t.id = ? ON CONFLICT"
                        + " (stream_table_id) DO UPDATE SET version = excluded.version, properties ="
                        + " excluded.properties, contents = excluded.contents",
                table.version(),
                properties.toArray(new String[0]),
                contents.toArray(new String[0]),
                table.id());
    }

    private static void add(List<String> properties, List<String> contents, String property, String content) {
        if (!content.isBlank()) {
            properties.add(property);
            contents.add(content);
        }
    }

    private void diamonds(Session session) throws SQLException {
        Set<Group> groups = new LinkedHashSet<>();
        for (ScheduledTable table : engine.watch().tables()) {
            if (table.group().size() > 1) {
                groups.add(new Group(table.group(), table.together() ? "slowest" : "fastest"));
            }
        }
        if (groups.equals(written)) {
            return;
        }
        List<String> members = new ArrayList<>();
        List<String> policies = new ArrayList<>();
        List<Long> numbers = new ArrayList<>();
        long number = 0;
        for (Group group : groups) {
            number++;
            for (QualifiedName name : group.members()) {
                members.add(Identifiers.quote(name));
                policies.add(group.policy());
                numbers.add(number);
            }
        }
        session.update(
                "WITH current AS (SELECT t.id, g.number::int, g.policy FROM unnest(?::text[], ?::text[], ?::bigint[]) AS"
                        + " g(name, policy, number) JOIN "
                        + schema + ".pgs_stream_tables AS t ON t.relid = to_regclass(g.name)), gone AS (DELETE FROM "
                        + schema + ".pgs_diamonds AS d WHERE NOT EXISTS (SELECT FROM current AS c WHERE c.id ="
                        + " d.stream_table_id)) INSERT INTO " + schema
                        + ".pgs_diamonds AS d (stream_table_id, group_id, policy) SELECT c.id, c.number, c.policy FROM current AS"
                        + " c ON CONFLICT (stream_table_id) DO UPDATE SET group_id = excluded.group_id, policy ="
                        + " excluded.policy WHERE (d.group_id, d.policy) <> (excluded.group_id, excluded.policy)",
                members.toArray(new String[0]),
                policies.toArray(new String[0]),
                numbers.toArray(new Long[0]));
        written = groups;
    }
}
