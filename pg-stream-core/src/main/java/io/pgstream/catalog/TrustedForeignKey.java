package io.pgstream.catalog;

import io.pgstream.plan.ForeignKey;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A foreign key between captured sources that has held since it was checked.
 *
 * @param constraint its object identifier
 * @param key the tables and columns
 * @param captures the captures that notice who bypasses it
 * @param later whether it was checked after what the stream table shows, so that its next refresh may rely on it, and this one may not
 */
record TrustedForeignKey(long constraint, ForeignKey key, List<Long> captures, boolean later) {

    TrustedForeignKey {
        captures = List.copyOf(captures);
    }

    /**
     * Those between the sources of a stream table.
     *
     * @param schema the catalog's schema, quoted
     * @param frontier what the table shows; {@code null} if nothing
     */
    static List<TrustedForeignKey> of(Session session, String schema, long id, @Nullable String frontier)
            throws SQLException {
        return (frontier == null)
                ? List.of()
                : session.list(
                        "SELECT * FROM " + schema + ".trusted_foreign_keys(?, ?::pg_snapshot)",
                        row -> new TrustedForeignKey(
                                row.getLong(1),
                                new ForeignKey(
                                        row.getLong(2),
                                        List.of((String[]) row.getArray(3).getArray()),
                                        row.getLong(4),
                                        List.of((String[]) row.getArray(5).getArray())),
                                List.of((Long[]) row.getArray(6).getArray()),
                                row.getBoolean(7)),
                        id,
                        frontier);
    }
}
