package io.pgstream.catalog;

import io.pgstream.support.Session;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a refresh needs to know first, in one statement and at one snapshot. */
final class FrontierQuery {

    private FrontierQuery() {}

    private record Head(
            @Nullable String frontier,
            String snapshot,
            Instant now,
            int version,
            @Nullable String hash,
            FrontierRow.Surroundings surroundings) {}

    /** @param schema the catalog's schema, quoted */
    static FrontierRow read(Session session, String schema, long id) throws SQLException {
        List<FrontierRow.Source> sources = new ArrayList<>();
        List<Head> heads = session.list(
                sql(schema),
                row -> {
                    if (row.getObject(6) != null) {
                        String current = row.getString(9);
                        String newest = row.getString(11);
                        sources.add(new FrontierRow.Source(
                                row.getLong(6),
                                row.getBoolean(12),
                                (Long) row.getObject(7),
                                row.getString(8),
                                current,
                                (Long) row.getObject(10),
                                (newest == null) ? current : newest));
                    }
                    return new Head(
                            row.getString(1),
                            row.getString(2),
                            row.getTimestamp(3).toInstant(),
                            row.getInt(4),
                            row.getString(5),
                            new FrontierRow.Surroundings(
                                    row.getString(13),
                                    row.getBoolean(14),
                                    row.getBoolean(15),
                                    row.getBoolean(16),
                                    row.getBoolean(17),
                                    row.getString(18)));
                },
                id);
        if (heads.isEmpty()) {
            throw new SQLException("The stream table has been dropped", "02000");
        }
        Head head = heads.get(0);
        return new FrontierRow(
                head.frontier(),
                head.snapshot(),
                head.now(),
                head.version(),
                head.hash(),
                head.surroundings(),
                sources);
    }

    /** What is asked of the table is asked once, whatever the number of its sources. */
    private static String sql(String schema) {
        return "WITH head AS MATERIALIZED (SELECT f.frontier::text AS frontier, pg_current_snapshot()::text AS snapshot,"
                + " clock_timestamp() AS now, t.version, f.plan_hash, t.id, s.identity,"
                + " f.system_id <> s.identity AS elsewhere, u.fingerprint <> " + schema
                + ".functions_fingerprint(u.functions) AS replaced, t.target_fingerprint IS NOT NULL"
                + " AND (t.target_fingerprint IS DISTINCT FROM " + schema + ".target_fingerprint(s.present)"
                + " OR s.present <> t.relid AND f.system_id IS NOT DISTINCT FROM s.identity) AS altered,"
                + " s.present <> t.relid AND f.system_id <> s.identity AS restored, "
                + schema + ".target_constraint(s.present) AS foreign_key, " + WriterKey.show(schema) + " AS shown FROM "
                + schema + ".pgs_stream_tables AS t JOIN " + schema + ".pgs_frontiers AS f ON f.stream_table_id = t.id"
                + " LEFT JOIN " + schema + ".pgs_used_functions AS u ON u.stream_table_id = t.id"
                + " CROSS JOIN LATERAL (SELECT " + schema + ".database_identity() AS identity,"
                + " to_regclass(quote_ident(t.schema_name) || '.' || quote_ident(t.table_name))::oid AS present"
                + " OFFSET 0) AS s"
                + " WHERE t.id = ?) SELECT h.frontier, h.snapshot, h.now, h.version, h.plan_hash,"
                + " d.source_relid::bigint, d.capture_id, d.fingerprint, "
                + schema
                + ".source_fingerprint(d.source_relid, coalesce(c.id, 0), coalesce(c.columns, d.columns)),"
                + " n.id, CASE WHEN n.id <> c.id THEN " + schema
                + ".source_fingerprint(n.source_relid, n.id, n.columns) END,"
                + " coalesce(to_regclass(d.source_name)::oid = d.source_relid, false),"
                + " h.identity, h.elsewhere, h.replaced, h.altered, h.restored, h.foreign_key"
                + " FROM head AS h LEFT JOIN " + schema + ".pgs_dependencies AS d ON d.stream_table_id = h.id"
                + " LEFT JOIN " + schema + ".pgs_captures AS c ON c.id = d.capture_id"
                + " LEFT JOIN LATERAL (SELECT * FROM " + schema + ".pgs_captures AS x WHERE d.capture_id IS NOT"
                + " NULL AND x.source_relid = d.source_relid AND x.columns @> d.columns ORDER BY x.id DESC"
                + " LIMIT 1) AS n ON true ORDER BY d.source_relid";
    }
}
