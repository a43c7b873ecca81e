package io.pgstream.synchronous;

import io.pgstream.delta.MaintenancePlan;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the functions of a stream table rely on.
 *
 * @param relation the number of the stream table's relation
 * @param target a condition: it is as the engine has made it
 * @param conditions for each source, by its number, a condition over {@code source}: it is not what it was
 */
record Reliances(long relation, String target, Map<Integer, String> conditions) {

    Reliances {
        conditions = Map.copyOf(conditions);
    }

    /** Those of now. */
    static Reliances of(
            Session session,
            SynchronousNames names,
            List<SynchronousSource> sources,
            MaintenancePlan plan,
            String target)
            throws SQLException {
        GeneratedColumns generated = GeneratedColumns.of(session, sources);
        Map<Integer, String> conditions = new TreeMap<>();
        for (SynchronousSource source : sources) {
            conditions.put(source.number(), SourceReliance.broken(session, source, names) + generated.changed(source));
        }
        long relation = session.one(
                "SELECT to_regclass(?)::oid::bigint",
                row -> row.getLong(1),
                plan.target().sqlName());
        return new Reliances(relation, target, conditions);
    }

    String broken(SynchronousSource source) {
        return conditions.getOrDefault(source.number(), "false");
    }
}
