package io.pgstream.synchronous;

import io.pgstream.sql.Identifiers;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Lets a write pass the stream table by where a source is not what it was: a user's write never fails because somebody has
 * renamed a column. As in the capture, a function that is called immutable says whether the columns are there, so that the
 * planner asks it once and again after every ALTER TABLE. Who has missed a write is remembered, because rows that come
 * later no longer fit the table even if the column gets its name back.
 */
final class ShapeCheck {

    private final SynchronousNames names;

    private final List<SynchronousSource> sources;

    private final String missed;

    private final String note;

    /**
     * @param missed whether a write was missed before, as a condition
     * @param note a statement that notes it
     */
    ShapeCheck(SynchronousNames names, List<SynchronousSource> sources, String missed, String note) {
        this.names = names;
        this.sources = List.copyOf(sources);
        this.missed = missed;
        this.note = note;
    }

    /** The functions that say whether each source has its columns. */
    List<String> functions() {
        return sources.stream().map(this::function).toList();
    }

    private String function(SynchronousSource source) {
        String shape = source.types().isEmpty()
                ? "true"
                : source.types().entrySet().stream()
                        .map(column -> "pg_catalog.pg_typeof(r." + Identifiers.quote(column.getKey())
                                + ") OPERATOR(pg_catalog.=) "
                                + column.getValue().oid()
                                + "::pg_catalog.oid::pg_catalog.regtype")
                        .collect(Collectors.joining(" AND "));
        return "CREATE FUNCTION " + names.shape(source.number())
                + "(source regclass) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = '' AS $shape$\n"
                + "DECLARE\n    shape boolean;\nBEGIN\n"
                // What a policy hides from whom is no matter of the functions, which see all rows or, by an error,
                // none.
                + "    IF (SELECT c.relrowsecurity FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) source)"
                + " THEN\n        RETURN false;\n    END IF;\n    EXECUTE "
                + Identifiers.literal("SELECT " + shape + " FROM (SELECT (NULL::") + " || source::text || "
                + Identifiers.literal(").*) AS r")
                + " INTO shape;\n    RETURN shape;\nEXCEPTION WHEN OTHERS THEN\n    RETURN false;\nEND\n$shape$";
    }

    /**
     * The part of a trigger's function that ends it where the stream table has to be passed by. Whether anybody has done so
     * is asked of a sequence, which costs a tenth of what it costs to look into a table; only if it says so, the table is
     * asked: who has passed by may not have committed.
     */
    String pass() {
        String shapes = sources.stream()
                .map(source ->
                        names.shape(source.number()) + "('" + source.table().oid() + "'::pg_catalog.regclass)")
                .collect(Collectors.joining(" AND "));
        String hint = Identifiers.literal(names.missed());
        return "    IF NOT (" + shapes + ") OR pg_catalog.pg_sequence_last_value(" + hint + ") IS NOT NULL THEN\n"
                + "        IF NOT (" + shapes + ") OR " + missed + " THEN\n            " + note
                + ";\n            pgstream_last := pg_catalog.setval(" + hint
                + ", 1);\n            pgstream_last := pg_catalog.setval(" + names.versionLiteral()
                + ", pg_catalog.pg_current_xact_id()::pg_catalog.text::pg_catalog.int8);\n"
                + "            RETURN NULL;\n        END IF;\n    END IF;\n";
    }
}
