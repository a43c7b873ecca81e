package io.pgstream.refresh;

import io.pgstream.catalog.StreamTableRow;
import io.pgstream.support.Session;
import java.sql.SQLException;

/** How many rows sources have now. */
final class PresentRows {

    private PresentRows() {}

    /**
     * About how many rows the largest source has: as many a page as when it was last analyzed, or a guess of its rows' length. A
     * bulk load is seen by it long before the statistics are.
     */
    static long largest(Session session, StreamTableRow row) throws SQLException {
        return session.one(
                "SELECT coalesce(max(s.rows), 0)::bigint FROM (SELECT sum(pg_relation_size(c.oid)"
                        + " / current_setting('block_size')::float8 * CASE WHEN c.relpages > 0 AND c.reltuples > 0 THEN"
                        + " c.reltuples / c.relpages ELSE 60 END) AS rows FROM unnest(?::bigint[]::oid[]) AS d (relid)"
                        + " CROSS JOIN LATERAL (SELECT d.relid UNION SELECT p.relid FROM pg_partition_tree(d.relid) AS p)"
                        + " AS m JOIN pg_class AS c ON c.oid = m.relid AND c.relkind = 'r' GROUP BY d.relid) AS s",
                found -> found.getLong(1),
                (Object) row.dependencies().stream()
                        .map(StreamTableRow.Dependency::relid)
                        .toArray(Long[]::new));
    }
}
