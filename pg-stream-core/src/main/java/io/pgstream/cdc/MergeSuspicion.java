package io.pgstream.cdc;

import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A check of the updates of a partitioned table. PostgreSQL 15 to 18 show a row that a {@code MERGE} has inserted into a
 * partitioned table in the place of the new image of every row that the same {@code MERGE} updates after it. So only updates
 * are suspected of which the statement, as the client has sent it, has inserted rows too; and of them, where the table has a
 * primary key, only those that miss an old key among the new ones. What is suspected is not copied: a marker has the table
 * read as a whole.
 *
 * @param source the table
 * @param key the columns of its primary key, empty without one that is checked at once
 */
record MergeSuspicion(long source, List<String> key) {

    /** The statement of the client, which can hold several of ours. */
    private static final String STATEMENT = "pg_catalog.concat(pg_catalog.pg_current_xact_id(), ' ',"
            + " pg_catalog.date_part('epoch', pg_catalog.statement_timestamp()))";

    /** @return {@code null} if the table has no partitions to route rows to */
    static @Nullable MergeSuspicion of(Session session, long source) throws SQLException {
        boolean partitioned = session.one(
                "SELECT EXISTS (SELECT FROM pg_class WHERE oid = ?::bigint::oid AND relkind = 'p')",
                row -> row.getBoolean(1),
                source);
        return partitioned ? new MergeSuspicion(source, key(session, source)) : null;
    }

    private static List<String> key(Session session, long source) throws SQLException {
        return session.list("""
                SELECT a.attname
                  FROM pg_index AS i
                  JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[])
                 WHERE i.indrelid = ?::bigint::oid AND i.indisprimary AND i.indimmediate
                 ORDER BY a.attnum
                """, row -> row.getString(1), source);
    }

    private String setting(String what) {
        return "'pgstream." + what + "_" + source + "'";
    }

    private String remember(String what) {
        return "PERFORM pg_catalog.set_config(" + setting(what) + ", " + STATEMENT + ", true);\n";
    }

    private String happened(String what) {
        return "pg_catalog.current_setting(" + setting(what) + ", true) OPERATOR(pg_catalog.=) " + STATEMENT;
    }

    /**
     * The part of the capture function that makes {@code shape} false for inserts behind updates that were not suspected, as
     * those of several parts of one WITH can be: which of their triggers comes first is not said.
     */
    String ofInserts() {
        return "        " + remember("inserted") + "        IF " + happened("updated")
                + " THEN\n            shape := false;\n        END IF;\n";
    }

    /** The part of the capture function that makes {@code shape} false for updates that are suspected. */
    String ofUpdates() {
        String columns =
                key.stream().map(column -> "r." + Identifiers.quote(column)).collect(Collectors.joining(", "));
        String unclear = key.isEmpty()
                ? "EXISTS (SELECT FROM new_rows)"
                : "EXISTS (SELECT " + columns + " FROM old_rows AS r EXCEPT ALL SELECT " + columns
                        + " FROM new_rows AS r)";
        return "        IF shape THEN\n            IF " + unclear + " THEN\n                " + remember("updated")
                + "                IF " + happened("inserted")
                + " THEN\n                    shape := false;\n                END IF;\n"
                + "            END IF;\n        END IF;\n";
    }
}
