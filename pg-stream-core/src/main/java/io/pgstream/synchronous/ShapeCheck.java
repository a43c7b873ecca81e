package io.pgstream.synchronous;

import io.pgstream.sql.Identifiers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Lets a write pass the stream table by where a source is not what it was: a user's write never fails because somebody has
 * renamed a column. As in the capture, a function that is called immutable says whether the columns are there, so that the
 * planner asks it once and again after every ALTER TABLE. Who has missed a write is remembered, because rows that come
 * later no longer fit the table even if the column gets its name back.
 */
final class ShapeCheck {

    /** The declaration that {@link #pass(SynchronousSource)} needs. */
    static final String LONGER = "    pgstream_longer boolean;\n";

    /**
     * To look at another source takes a lock, for which a writer may wait in vain, and a deep statement may have no stack left: that
     * says nothing of the source, and the statement fails as any that waits in vain.
     */
    private static final String NOT_OF_THE_SHAPE =
            "transaction_rollback OR lock_not_available OR operator_intervention OR insufficient_resources OR"
                    + " program_limit_exceeded OR system_error";

    /** What PostgreSQL adds to the length of a column in its modifier. */
    private static final int LENGTH_HEADER = 4;

    private final SynchronousNames names;

    private final List<SynchronousSource> sources;

    private final Reliances reliances;

    private final String missed;

    private final String note;

    /**
     * @param missed whether a write was missed before, as a condition
     * @param note a statement that notes it
     */
    ShapeCheck(
            SynchronousNames names, List<SynchronousSource> sources, Reliances reliances, String missed, String note) {
        this.names = names;
        this.sources = List.copyOf(sources);
        this.reliances = reliances;
        this.missed = missed;
        this.note = note;
    }

    /** The functions that say whether each source has its columns, as long as they were, and whether all is what the writers rely on. */
    List<String> functions() {
        List<String> functions = new ArrayList<>();
        sources.forEach(source -> functions.add(function(source)));
        sources.forEach(source -> functions.addAll(longer(source).stream().toList()));
        functions.add("CREATE OR REPLACE FUNCTION " + names.target()
                + "(target regclass) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS"
                + " $target$\nBEGIN\n    RETURN " + reliances.target() + ";\nEND\n$target$");
        functions.add("CREATE OR REPLACE FUNCTION " + names.followed()
                + "() RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $followed$\nBEGIN\n"
                + "    RETURN pg_sequence_last_value(" + Identifiers.literal(names.missed()) + ") IS NULL AND "
                + shapes()
                + ";\nEND\n$followed$");
        return functions;
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
        String limits = source.types().entrySet().stream()
                .filter(column -> column.getValue().modifier() >= 0
                        && !column.getValue().isVarchar()
                        && !column.getValue().domain())
                .map(column ->
                        " AND EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid OPERATOR(pg_catalog.=)"
                                + " source AND a.attname OPERATOR(pg_catalog.=) " + Identifiers.literal(column.getKey())
                                + " AND a.atttypmod OPERATOR(pg_catalog.=) "
                                + column.getValue().modifier() + ")")
                .collect(Collectors.joining());
        return "CREATE OR REPLACE FUNCTION " + names.shape(source.number())
                + "(source regclass) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = '' AS $shape$\n"
                + "DECLARE\n    shape boolean;\nBEGIN\n"
                // What a policy hides from whom is no matter of the functions, which see all rows or, by an error,
                // none.
                + "    IF (SELECT c.relrowsecurity FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) source)"
                // Rows of a table that inherits from it come and go unseen.
                + " OR EXISTS (SELECT FROM pg_catalog.pg_inherits AS i WHERE i.inhparent OPERATOR(pg_catalog.=) source)"
                + " OR " + reliances.broken(source)
                + " THEN\n        RETURN false;\n    END IF;\n    EXECUTE "
                + Identifiers.literal("SELECT " + shape + " FROM (SELECT (NULL::") + " || source::text || "
                + Identifiers.literal(").*) AS r")
                + " INTO shape;\n    RETURN shape" + limits
                + ";\nEXCEPTION\n    WHEN " + NOT_OF_THE_SHAPE
                + " THEN\n        RAISE;\n    WHEN OTHERS THEN\n        RETURN false;\nEND\n$shape$";
    }

    /** Says whether a column has another length than it had; empty if none has one. */
    private Optional<String> longer(SynchronousSource source) {
        String changed = lengths(source).entrySet().stream()
                .map(column -> "a.attname = " + Identifiers.literal(column.getKey()) + " AND a.atttypmod <> "
                        + column.getValue())
                .collect(Collectors.joining(" OR "));
        return changed.isEmpty()
                ? Optional.empty()
                : Optional.of("CREATE OR REPLACE FUNCTION " + names.longer(source.number())
                        + "(source regclass) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog,"
                        + " pg_temp AS $longer$\nBEGIN\n    RETURN EXISTS (SELECT FROM pg_attribute AS a WHERE"
                        + " a.attrelid = source AND (" + changed + "));\nEND\n$longer$");
    }

    /** The modifiers of the columns of limited length. */
    private static Map<String, Integer> lengths(SynchronousSource source) {
        Map<String, Integer> lengths = new TreeMap<>();
        source.types().forEach((column, type) -> {
            if (type.isVarchar() && type.modifier() >= 0) {
                lengths.put(column, type.modifier());
            }
        });
        return lengths;
    }

    /**
     * The same for new rows of a source: the columns of the stream table are as long as those of the source were. Only where one was made
     * longer the rows are looked at.
     */
    String pass(SynchronousSource source) {
        String longer = lengths(source).entrySet().stream()
                .map(column -> "pg_catalog.length(r." + Identifiers.quote(column.getKey())
                        + "::pg_catalog.text) OPERATOR(pg_catalog.>) " + (column.getValue() - LENGTH_HEADER))
                .collect(Collectors.joining(" OR "));
        return longer.isEmpty()
                ? pass()
                : "    pgstream_longer := " + names.longer(source.number()) + argument(source)
                        + ";\n    IF pgstream_longer THEN\n"
                        + "        pgstream_longer := EXISTS (SELECT FROM new_rows AS r WHERE " + longer
                        + ");\n    END IF;\n" + pass("pgstream_longer OR ");
    }

    private static String argument(SynchronousSource source) {
        return "('" + source.table().oid() + "'::pg_catalog.regclass)";
    }

    /** A condition: each column of the stream table has room for what comes. */
    String wideEnough() {
        return sources.stream()
                .filter(source -> !lengths(source).isEmpty())
                .map(source -> " AND NOT " + names.longer(source.number()) + argument(source))
                .collect(Collectors.joining("", "true", ""));
    }

    /** A condition: the sources and the stream table are what they were. */
    private String shapes() {
        return sources.stream()
                .map(source -> names.shape(source.number()) + argument(source) + " AND ")
                .collect(Collectors.joining(
                        "", "", names.target() + "('" + reliances.relation() + "'::pg_catalog.regclass)"));
    }

    /**
     * The part of a trigger's function that ends it where the stream table has to be passed by. Whether anybody has done so
     * is asked of a sequence, which costs a tenth of what it costs to look into a table; only if it says so, the table is
     * asked: who has passed by may not have committed. A snapshot from before the functions were made does not show their triggers.
     */
    String pass() {
        return pass("");
    }

    private String pass(String longer) {
        String shapes = shapes();
        String hint = Identifiers.literal(names.missed());
        return "    IF " + longer + "NOT (" + shapes + ") OR pg_catalog.pg_sequence_last_value(" + hint
                + ") IS NOT NULL THEN\n"
                + "        IF " + longer + "NOT (" + shapes + ") OR " + missed + " THEN\n"
                + ApplyLock.refuseOld(names) + "            " + note
                + ";\n            pgstream_last := pg_catalog.setval(" + hint
                + ", 1);\n            pgstream_last := pg_catalog.setval(" + names.versionLiteral()
                + ", pg_catalog.pg_current_xact_id()::pg_catalog.text::pg_catalog.int8);\n"
                + "            RETURN NULL;\n        END IF;\n    END IF;\n";
    }
}
