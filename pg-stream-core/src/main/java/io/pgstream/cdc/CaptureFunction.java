package io.pgstream.cdc;

import io.pgstream.sql.Identifiers;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes the capture function. It runs with its owner's rights and a fixed {@code search_path}. Before it copies the rows
 * of a statement it lets PostgreSQL plan a look at one of them, inside a block that catches errors: a column that was
 * renamed, dropped or retyped is noticed there, and instead of failing the user's statement a marker is written (a row of
 * weight 0), upon which consumers read the whole table. The look writes nothing, so that its subtransaction gets no
 * transaction id and cannot overflow the server's list of subtransactions, as one around the insert would.
 */
final class CaptureFunction {

    private CaptureFunction() {}

    /** @param columns the captured columns with their types */
    static String create(CaptureNames names, List<CapturedColumn> columns, int segment) {
        String shape = columns.isEmpty()
                ? "true"
                : columns.stream().map(CaptureFunction::shape).collect(Collectors.joining(" AND "));
        return replace(
                names,
                "\nDECLARE\n    shape boolean;\nBEGIN\n"
                        + "    IF TG_OP = 'INSERT' THEN\n"
                        + look(shape, "new_rows")
                        + copy("INSERT", names.segment(segment), columns)
                        + "    ELSIF TG_OP = 'UPDATE' THEN\n"
                        + look(shape, "new_rows")
                        + copy("UPDATE", names.segment(segment), columns)
                        + "    ELSIF TG_OP = 'DELETE' THEN\n"
                        + look(shape, "old_rows")
                        + copy("DELETE", names.segment(segment), columns)
                        + "    ELSE\n        shape := false;\n    END IF;\n"
                        + "    IF NOT shape THEN\n"
                        + "        INSERT INTO " + names.segment(segment)
                        + " (pgstream_xid, pgstream_weight) VALUES (pg_catalog.pg_current_xact_id(), 0);\n"
                        + "    END IF;\n    RETURN NULL;\nEND\n");
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
                + " SET search_path = '' AS $capture$" + body + "$capture$";
    }

    private static String look(String shape, String rows) {
        return "        BEGIN\n            SELECT " + shape + " INTO shape FROM " + rows + " AS r LIMIT 1;\n"
                + "        EXCEPTION WHEN OTHERS THEN\n            shape := false;\n        END;\n";
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
                + ") " + select + ";\n        END IF;\n";
    }
}
