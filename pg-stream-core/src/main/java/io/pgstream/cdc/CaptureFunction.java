package io.pgstream.cdc;

import io.pgstream.sql.Identifiers;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes the capture function. It runs with its owner's rights, and names everything with its schema, operators too. Before it
 * copies the rows of a statement it must know that the captured columns still are what they were: otherwise the copy would
 * fail, and the user's statement with it. Instead a marker is written (a row of weight 0), upon which consumers read the
 * whole table. Markers go to the backlog, whose index finds them, so that segments need not be read to know that there are none.
 *
 * <p>The quick way to know is a function that looks at the table's row type and calls itself immutable. The planner
 * replaces its call by the answer, once; and as the call names the table, the plan and the answer are forgotten whenever the
 * table is altered, before any later statement can begin. What remains of it is the test of a constant.
 *
 * <p>For a partition, or where the quick way says no, PostgreSQL plans a look at one of the rows, inside a block that
 * catches errors. The look writes nothing, so that its subtransaction gets no transaction id and cannot overflow the
 * server's list of subtransactions, as one around the insert would.
 */
final class CaptureFunction {

    private CaptureFunction() {}

    /**
     * The statements that create it.
     *
     * @param source the table, without its partitions
     * @param columns the captured columns with their types
     * @param suspicion what to do about updates of a partitioned table; {@code null} for any other table
     * @param bypass what to do where no foreign key is checked
     */
    static List<String> create(
            CaptureNames names,
            long source,
            List<CapturedColumn> columns,
            @Nullable MergeSuspicion suspicion,
            int segment,
            String bypass) {
        String shape = columns.isEmpty()
                ? "true"
                : columns.stream().map(CaptureFunction::shape).collect(Collectors.joining(" AND "));
        String body = "\nDECLARE\n    shape boolean := TG_RELID OPERATOR(pg_catalog.=) " + source
                + "::pg_catalog.oid AND " + names.shapeFunction() + "('" + source + "'::pg_catalog.regclass);\nBEGIN\n"
                + "    IF pg_catalog.current_setting('session_replication_role') OPERATOR(pg_catalog.=) 'replica' THEN\n"
                + bypass
                + "    END IF;\n"
                + "    IF TG_OP OPERATOR(pg_catalog.=) 'INSERT' THEN\n"
                + look(shape, "new_rows")
                + (suspicion == null ? "" : suspicion.ofInserts())
                + copy("INSERT", names.segment(segment), columns)
                + "    ELSIF TG_OP OPERATOR(pg_catalog.=) 'UPDATE' THEN\n"
                + look(shape, "new_rows")
                + (suspicion == null ? "" : suspicion.ofUpdates())
                + copy("UPDATE", names.segment(segment), columns)
                + "    ELSIF TG_OP OPERATOR(pg_catalog.=) 'DELETE' THEN\n"
                + look(shape, "old_rows")
                + copy("DELETE", names.segment(segment), columns)
                + "    ELSE\n        shape := false;\n    END IF;\n"
                + "    IF NOT shape THEN\n"
                + "        INSERT INTO " + names.backlog()
                + " (pgstream_xid, pgstream_weight) VALUES (pg_catalog.pg_current_xact_id(), 0);\n"
                + "    END IF;\n    RETURN NULL;\nEND\n";
        return List.of(shapeFunction(names, shape), replace(names, body));
    }

    /** What the function says is true of the table that it is asked about until that is altered. */
    private static String shapeFunction(CaptureNames names, String shape) {
        return "CREATE FUNCTION " + names.shapeFunction()
                + "(source regclass) RETURNS boolean LANGUAGE plpgsql IMMUTABLE"
                + " SET search_path = '' AS $shape$\nDECLARE\n    shape boolean;\nBEGIN\n    EXECUTE "
                + Identifiers.literal("SELECT " + shape + " FROM (SELECT (NULL::") + " || source::text || "
                + Identifiers.literal(").*) AS r")
                + " INTO shape;\n    RETURN shape;\nEXCEPTION WHEN OTHERS THEN\n    RETURN false;\nEND\n$shape$";
    }

    private static String shape(CapturedColumn column) {
        return "pg_catalog.pg_typeof(r." + Identifiers.quote(column.name()) + ") OPERATOR(pg_catalog.=) "
                + column.typeOid() + "::pg_catalog.oid::pg_catalog.regtype";
    }

    /** Whether a function finds the columns as it expects them; one that does not writes markers only. */
    static boolean fits(String body, List<CapturedColumn> columns) {
        return columns.stream().allMatch(column -> body.contains(shape(column)));
    }

    /** The function with another segment to write to. */
    static String withSegment(CaptureNames names, String body, int oldSegment) {
        return replace(names, body.replace(names.segment(oldSegment) + " ", names.segment(1 - oldSegment) + " "));
    }

    private static String replace(CaptureNames names, String body) {
        return "CREATE OR REPLACE FUNCTION " + names.function() + "() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
                + " AS $capture$" + body + "$capture$";
    }

    private static String look(String shape, String rows) {
        return "        IF NOT shape THEN\n            BEGIN\n                SELECT " + shape + " INTO shape FROM "
                + rows
                + " AS r LIMIT 1;\n            EXCEPTION WHEN OTHERS THEN\n                shape := false;\n"
                + "            END;\n        END IF;\n";
    }

    private static String copy(String operation, String segment, List<CapturedColumn> columns) {
        String names = columns.stream()
                .map(column -> ", " + Identifiers.quote(column.name()))
                .collect(Collectors.joining());
        String values = columns.stream()
                .map(column -> ", r." + Identifiers.quote(column.name()))
                .collect(Collectors.joining());
        String old = "SELECT pg_catalog.pg_current_xact_id(), -1" + values + " FROM old_rows AS r";
        String current = "SELECT pg_catalog.pg_current_xact_id(), 1" + values + " FROM new_rows AS r";
        String select = switch (operation) {
            case "INSERT" -> current;
            case "DELETE" -> old;
            default -> old + " UNION ALL " + current;
        };
        return "        IF shape THEN\n            INSERT INTO " + segment + " (pgstream_xid, pgstream_weight" + names
                + ") " + select + ";\n            RETURN NULL;\n        END IF;\n";
    }
}
