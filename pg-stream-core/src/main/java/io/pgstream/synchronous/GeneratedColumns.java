package io.pgstream.synchronous;

import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The expressions of generated columns, by their numbers in the catalog. From PostgreSQL 17 on a column can get another one, which gives the rows
 * other values without a statement that a trigger could follow; the new expression has another number.
 *
 * @param expressions the numbers for each source that has any
 */
record GeneratedColumns(Map<Long, List<Long>> expressions) {

    GeneratedColumns {
        expressions = Map.copyOf(expressions);
    }

    /** Those that are used: a virtual column is read by its expression, so that any of them may be. */
    static GeneratedColumns of(Session session, List<SynchronousSource> sources) throws SQLException {
        Map<Long, List<Long>> found = new TreeMap<>();
        for (SynchronousSource source : sources) {
            List<Long> numbers = session.list(
                    "SELECT d.oid::bigint FROM pg_attrdef AS d JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum"
                            + " = d.adnum WHERE d.adrelid = ?::bigint::oid AND (a.attgenerated = 's' AND a.attname = ANY"
                            + " (?) OR a.attgenerated = 'v') ORDER BY d.oid",
                    row -> row.getLong(1),
                    source.table().oid(),
                    source.types().keySet().toArray(new String[0]));
            if (!numbers.isEmpty()) {
                found.put(source.table().oid(), numbers);
            }
        }
        return new GeneratedColumns(found);
    }

    /** A condition: a source has another expression than it had; empty if it has none. */
    String changed(SynchronousSource source) {
        List<Long> numbers = expressions.getOrDefault(source.table().oid(), List.of());
        return numbers.isEmpty()
                ? ""
                : " OR (SELECT pg_catalog.count(*) FROM pg_catalog.pg_attrdef AS d WHERE d.oid OPERATOR(pg_catalog.=) ANY ('"
                        + numbers.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"))
                        + "'::pg_catalog.oid[])) OPERATOR(pg_catalog.<>) " + numbers.size();
    }
}
