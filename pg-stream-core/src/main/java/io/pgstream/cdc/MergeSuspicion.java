package io.pgstream.cdc;

import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A check of the updates of a partitioned table. PostgreSQL 15 to 18 show a row that a {@code MERGE} has inserted into a
 * partitioned table in the place of the new image of every row that the same {@code MERGE} updates after it. Then an old key
 * is missing among the new ones though the table still has it, which no other update does. Without a primary key nothing
 * tells, and every update is suspected. What is suspected is not copied: a marker has the table read as a whole.
 *
 * @param source the table
 * @param key its primary key, empty without one
 */
record MergeSuspicion(long source, List<KeyColumn> key) {

    /** @param equality the operator of the key's index, as SQL writes it */
    record KeyColumn(String name, String equality) {}

    /** @return {@code null} if the table has no partitions to route rows to */
    static @Nullable MergeSuspicion of(Session session, long source) throws SQLException {
        boolean partitioned = session.one(
                "SELECT EXISTS (SELECT FROM pg_class WHERE oid = ?::bigint::oid AND relkind = 'p')",
                row -> row.getBoolean(1),
                source);
        return partitioned ? new MergeSuspicion(source, key(session, source)) : null;
    }

    private static List<KeyColumn> key(Session session, long source) throws SQLException {
        return session.list("""
                SELECT a.attname, format('OPERATOR(%I.%s)', n.nspname, o.oprname)
                  FROM pg_index AS i
                 CROSS JOIN LATERAL unnest(i.indkey::int2[], i.indclass::oid[]) AS k (number, opclass)
                  JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number
                  JOIN pg_opclass AS c ON c.oid = k.opclass
                  JOIN pg_amop AS m ON m.amopfamily = c.opcfamily AND m.amopstrategy = 3
                   AND m.amoplefttype = c.opcintype AND m.amoprighttype = c.opcintype
                  JOIN pg_operator AS o ON o.oid = m.amopopr
                  JOIN pg_namespace AS n ON n.oid = o.oprnamespace
                 WHERE i.indrelid = ?::bigint::oid AND i.indisprimary
                 ORDER BY a.attnum
                """, row -> new KeyColumn(row.getString(1), row.getString(2)), source);
    }

    /**
     * The part of the capture function that makes {@code shape} false for what is suspected. The table is named when the
     * function runs, in a block that catches errors, so that a renamed table fails no write.
     */
    String check() {
        if (key.isEmpty()) {
            return "        IF shape THEN\n            SELECT NOT EXISTS (SELECT FROM new_rows) INTO shape;\n        END IF;\n";
        }
        String columns = key.stream()
                .map(column -> "r." + Identifiers.quote(column.name()))
                .collect(Collectors.joining(", "));
        String gone = "SELECT " + columns + " FROM old_rows AS r EXCEPT ALL SELECT " + columns + " FROM new_rows AS r";
        String match = key.stream()
                .map(column -> "t." + Identifiers.quote(column.name()) + " " + column.equality() + " r."
                        + Identifiers.quote(column.name()))
                .collect(Collectors.joining(" AND "));
        String concatenation = " OPERATOR(pg_catalog.||) ";
        return "        IF shape THEN\n            IF EXISTS (" + gone + ") THEN\n"
                + "                BEGIN\n                    EXECUTE "
                + Identifiers.literal("SELECT NOT EXISTS (SELECT FROM (" + gone + ") AS r JOIN ") + concatenation + "'"
                + source + "'::pg_catalog.regclass::pg_catalog.text" + concatenation
                + Identifiers.literal(" AS t ON " + match + ")")
                + " INTO shape;\n                EXCEPTION WHEN OTHERS THEN\n                    shape := false;\n"
                + "                END;\n            END IF;\n        END IF;\n";
    }
}
