package io.pgstream.refresh;

import io.pgstream.catalog.FrontierRow;
import io.pgstream.plan.expr.Clock;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/**
 * The time between two refreshes of a table whose query reads the clock. The table equals its query at the time of the
 * refresh's transaction, which is stored as the time of its data; the next refresh reads it back as a setting, because
 * the statements that ask for it keep their text and their plans.
 */
final class PassedTime {

    private final Session session;

    private final String catalog;

    private final PreparedTable table;

    /** @param catalogSchema not quoted */
    PassedTime(Session session, String catalogSchema, PreparedTable table) {
        this.session = session;
        this.catalog = Identifiers.quote(catalogSchema);
        this.table = table;
    }

    /** What the refresh has read, with the time that the result will be true of. */
    FrontierRow asOf(FrontierRow read) throws SQLException {
        if (table.crossings().isEmpty()) {
            return read;
        }
        Instant now = session.one(
                "SELECT " + Clock.now() + ", set_config('" + Clock.SETTING
                        + "', to_char(f.data_timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US+00'), true) FROM "
                        + catalog + ".pgs_frontiers AS f WHERE f.stream_table_id = ?",
                row -> row.getTimestamp(1).toInstant(),
                table.row().id());
        return read.at(now);
    }

    /** How many rows the time alone changes something for, before the changes of this refresh. */
    long crossed() throws SQLException {
        long rows = 0;
        for (String query : table.crossings()) {
            try (PreparedStatement statement = session.prepareAgain(query);
                    ResultSet count = statement.executeQuery()) {
                count.next();
                rows += count.getLong(1);
            }
        }
        return rows;
    }
}
