package io.pgstream.refresh;

import io.pgstream.cdc.ChangeBuffers;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether a refresh would find nothing to do, asked in one statement: at its snapshot the definition, the sources and their
 * captures are those of the last refresh, and no change has been captured since. Most refreshes by the clock end here. A
 * doubt is no answer: then the refresh transaction looks again, behind its locks.
 *
 * <p>Segments are emptied under readers, but only of changes that every consumer has read. If another instance refreshes
 * the table and empties a segment meanwhile, the answer is given for the older frontier, and the table is even fresher.
 */
final class FreshnessCheck {

    private FreshnessCheck() {}

    /** The server's time, if nothing has changed; {@code null} if something may have. */
    static @Nullable Instant unchangedAt(Session session, String catalogSchema, PreparedTable table)
            throws SQLException {
        if (!table.crossings().isEmpty()) {
            // Time passes, and what it does depends on the time zone that only the refresh has.
            return null;
        }
        if (table.changing()) {
            // Where there were changes there will be some again: the refresh asks the same, in its first statement.
            return null;
        }
        try {
            return ask(session, catalogSchema, table);
        } catch (SQLException e) {
            if (SqlErrors.state(e).equals("42P01")) {
                // A capture was replaced and its segments dropped: the catalog says which are to be read now.
                return null;
            }
            throw e;
        }
    }

    private static @Nullable Instant ask(Session session, String catalogSchema, PreparedTable table)
            throws SQLException {
        return session.first(
                sql(Identifiers.quote(catalogSchema), table.buffers()),
                row -> row.getTimestamp(1).toInstant(),
                table.row().id(),
                table.row().version(),
                table.planHash(),
                table.planHashBehind(),
                table.row().id());
    }

    private static String sql(String catalog, ChangeBuffers buffers) {
        return "SELECT clock_timestamp() FROM " + catalog + ".pgs_stream_tables AS t JOIN " + catalog
                + ".pgs_frontiers AS f ON f.stream_table_id = t.id WHERE t.id = ? AND t.version = ? AND f.plan_hash IN (?, ?)"
                + " AND pg_snapshot_xmax(f.frontier) <= pg_snapshot_xmax(pg_current_snapshot())"
                // In this order: where there are changes, the sources need not be looked at.
                + " AND CASE WHEN EXISTS (" + buffers.changesAfter("f.frontier") + ") THEN false ELSE"
                + " NOT EXISTS (SELECT FROM " + catalog + ".pgs_dependencies AS d LEFT JOIN " + catalog
                + ".pgs_captures AS c ON c.id = d.capture_id WHERE d.stream_table_id = ? AND ("
                + "to_regclass(d.source_name)::oid IS DISTINCT FROM d.source_relid"
                + " OR EXISTS (SELECT FROM " + catalog + ".pgs_captures AS n WHERE n.source_relid = d.source_relid"
                + " AND n.id > c.id AND n.columns @> d.columns)"
                + " OR d.fingerprint IS DISTINCT FROM " + catalog
                + ".source_fingerprint(d.source_relid, coalesce(c.id, 0), coalesce(c.columns, d.columns))"
                + " OR (c.id IS NOT NULL AND d.fingerprint NOT LIKE '%/complete'))) AND NOT EXISTS (SELECT FROM "
                + catalog + ".pgs_used_functions AS u WHERE u.stream_table_id = t.id AND u.fingerprint <> " + catalog
                + ".functions_fingerprint(u.functions)) END";
    }
}
