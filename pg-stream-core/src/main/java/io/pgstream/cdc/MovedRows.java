package io.pgstream.cdc;

import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code MERGE} moves from one partition to another. PostgreSQL 15 to 18 put such a row into the transition tables of
 * deleted and inserted rows, and not into those of updated ones; but no trigger is asked that could read them unless the
 * statement also says DELETE and INSERT. So updates of the columns that decide about partitions have one more trigger, which
 * writes a marker if it was a {@code MERGE}: the table is read as a whole then. A trigger is not told what statement it was
 * fired by: it looks for the word in what the client has sent or, where a function ran the statement, in the context.
 *
 * @param columns those that decide about partitions; empty where any column may, as in an expression
 */
record MovedRows(List<String> columns) {

    /** @return {@code null} if the table has no partitions to move rows between */
    static @Nullable MovedRows of(Session session, long source) throws SQLException {
        record Key(boolean any, List<String> columns) {}
        Key key = session.first(
                """
                SELECT bool_or(0 = ANY (p.partattrs::int2[]))
                       OR EXISTS (SELECT FROM pg_trigger AS g
                                   WHERE g.tgrelid IN (SELECT relid::oid FROM pg_partition_tree(?::bigint::oid))
                                     -- Before each row that is updated: it may give the row another key.
                                     AND g.tgtype & 19 = 19),
                       coalesce(array_agg(DISTINCT a.attname::text) FILTER (WHERE a.attname IS NOT NULL), '{}')
                  FROM pg_partitioned_table AS p
                  LEFT JOIN pg_attribute AS a ON a.attrelid = p.partrelid AND a.attnum = ANY (p.partattrs::int2[])
                 WHERE p.partrelid IN (SELECT relid::oid FROM pg_partition_tree(?::bigint::oid))
                HAVING count(*) > 0
                """,
                row -> new Key(
                        row.getBoolean(1), List.of((String[]) row.getArray(2).getArray())),
                source,
                source);
        return key == null ? null : new MovedRows(key.any() ? List.of() : key.columns());
    }

    /** The function of the trigger; it has the rights of its owner, and names everything with its schema. */
    static String function(CaptureNames names) {
        return "CREATE FUNCTION " + names.movesFunction() + "() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
                + " AS $moves$\nDECLARE\n    context text;\n    caller text;\n    suspected boolean;\nBEGIN\n"
                + "    GET DIAGNOSTICS context = PG_CONTEXT;\n"
                + "    caller := pg_catalog.split_part(context, E'\\n', 2);\n"
                + "    IF caller OPERATOR(pg_catalog.=) '' THEN\n"
                // The text of EXECUTE does not say what was prepared.
                + "        suspected := pg_catalog.current_query() OPERATOR(pg_catalog.~*) '\\m(merge|execute)\\M';\n"
                + "    ELSE\n"
                // Functions in SQL do not tell their statements to the context.
                + "        suspected := context OPERATOR(pg_catalog.~*) '\\m(merge|execute)\\M'\n"
                + "                     OR caller OPERATOR(pg_catalog.!~*) '\\mupdate\\M';\n"
                + "    END IF;\n    IF suspected THEN\n        INSERT INTO " + names.backlog()
                + " (pgstream_xid, pgstream_weight) VALUES (pg_catalog.pg_current_xact_id(), 0);\n"
                + "    END IF;\n    RETURN NULL;\nEND\n$moves$";
    }

    /** What fires the trigger. */
    String event() {
        return columns.isEmpty()
                ? "UPDATE"
                : columns.stream().map(Identifiers::quote).collect(Collectors.joining(", ", "UPDATE OF ", ""));
    }
}
