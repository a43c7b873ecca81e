package io.pgstream.synchronous;

import io.pgstream.delta.WriterProgram;
import io.pgstream.plan.ChangeScan;
import io.pgstream.sql.Identifiers;
import io.pgstream.sql.OperatorRenderer;
import io.pgstream.synchronous.TransitionChanges.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The rows that a transaction has kept, and what it remembers of them: a setting with a mark for each source, which says whether the
 * rows are those of insertions, of deletions, or of anything, and whether there is more than one array. Most transactions do one thing
 * to a table, and rows of which it is known that they all have come need not be added up before they are inserted; a single array is
 * read and removed at once.
 */
final class PendingRows {

    private static final String TRUNCATED = "T";

    /** How many rows one array has at most: a value has an end at a gigabyte. */
    private static final int LONGEST = 10_000;

    private static final String ONE_ARRAY = "1";

    /** Rows that one statement has updated, no row twice: what they were, and what they are. */
    private static final String REPLACED = "u";

    private final SynchronousNames names;

    PendingRows(SynchronousNames names) {
        this.names = names;
    }

    /** The setting, empty if nothing is kept. */
    String changed() {
        return "coalesce(pg_catalog.current_setting(" + names.changed() + ", true), '')";
    }

    String clear() {
        return "pgstream_set := pg_catalog.set_config(" + names.changed() + ", '', true);\n";
    }

    private static String mark(SynchronousSource source, String rows) {
        return "[" + source.number() + ":" + rows + "]";
    }

    private static String mark(SynchronousSource source, WriterProgram.Rows rows) {
        return mark(source, letter(rows));
    }

    private static String letter(WriterProgram.Rows rows) {
        return switch (rows) {
            case COME -> "i";
            case GONE -> "d";
            case MIXED -> "";
        };
    }

    /**
     * An expression that notes that one array is all that has been kept.
     *
     * @param replaced whether there is a program for rows that were updated once
     */
    String noteOnly(SynchronousSource source, Operation operation, boolean replaced) {
        String mark = "'" + mark(source, letter(operation.rows()) + ONE_ARRAY) + "'";
        return "pg_catalog.set_config(" + names.changed() + ", "
                + (replaced
                        ? "CASE WHEN " + names.repeats(source.number()) + "('"
                                + source.table().oid() + "'::pg_catalog.regclass) THEN " + mark + " ELSE '"
                                + mark(source, REPLACED + ONE_ARRAY) + "' END"
                        : mark)
                + ", true)";
    }

    /** A condition: nothing has been kept before, and a statement has kept one array. */
    String isOnly() {
        return "pgstream_last < " + LONGEST + " AND " + changed() + " = ''";
    }

    /** Notes that rows of an operation have been kept, perhaps with others. */
    String note(SynchronousSource source, Operation operation) {
        String mixed = mark(source, WriterProgram.Rows.MIXED);
        String own = mark(source, operation.rows());
        String several =
                "pg_catalog.replace(" + changed() + ", '" + mark(source, REPLACED + ONE_ARRAY) + "', '" + mixed + "')";
        String others = "pgstream_set";
        for (WriterProgram.Rows rows : WriterProgram.Rows.values()) {
            several = "pg_catalog.replace(" + several + ", '" + mark(source, letter(rows) + ONE_ARRAY) + "', '"
                    + mark(source, rows) + "')";
            others = (rows == WriterProgram.Rows.MIXED)
                    ? others
                    : "pg_catalog.replace(" + others + ", '" + mark(source, rows) + "', '')";
        }
        return "        pgstream_set := " + several + ";\n"
                + "        IF position('" + mark(source, "").replace("]", "") + "' in pgstream_set) = 0 THEN\n"
                + "            pgstream_set := pgstream_set || '" + own + "';\n"
                + "        ELSIF position('" + own + "' in pgstream_set) = 0 AND position('" + mixed
                + "' in pgstream_set) = 0 THEN\n"
                + "            pgstream_set := " + others + " || '" + mixed + "';\n        END IF;\n"
                + "        pgstream_set := pg_catalog.set_config(" + names.changed() + ", pgstream_set, true);\n";
    }

    /** Notes that a source was emptied. */
    String noteTruncate() {
        return "    pgstream_set := " + changed() + ";\n    IF position('" + TRUNCATED
                + "' in pgstream_set) = 0 THEN\n        pgstream_set := pg_catalog.set_config(" + names.changed()
                + ", pgstream_set || '" + TRUNCATED + "', true);\n    END IF;\n";
    }

    /** What the setting is where nobody knows what has changed. */
    static String unknown(List<SynchronousSource> sources) {
        return sources.stream()
                .map(source -> mark(source, WriterProgram.Rows.MIXED))
                .collect(Collectors.joining("", TRUNCATED, ""));
    }

    /** A condition over {@code pgstream_sources}, a copy of the setting: a source was emptied. */
    static String truncated() {
        return "position('" + TRUNCATED + "' in pgstream_sources) > 0";
    }

    /** A condition over the copy: rows of a source are kept. */
    static String kept(SynchronousSource source) {
        return "position('" + mark(source, "").replace("]", "") + "' in pgstream_sources) > 0";
    }

    /**
     * A condition over the copy: only rows of a source are kept, and they are of one of these kinds.
     *
     * @param oneArray whether they are one array, or may be several
     */
    static String only(SynchronousSource source, List<WriterProgram.Rows> kinds, boolean oneArray) {
        List<String> marks = new ArrayList<>();
        kinds.forEach(rows -> marks.add("'" + mark(source, letter(rows) + (oneArray ? ONE_ARRAY : "")) + "'"));
        return "pgstream_sources IN (" + String.join(", ", marks) + ")";
    }

    /** A condition over the copy: only rows that one statement has updated, none twice, are kept. */
    static String onlyReplaced(SynchronousSource source) {
        return "pgstream_sources = '" + mark(source, REPLACED + ONE_ARRAY) + "'";
    }

    /** A condition over the copy: only rows of a source are kept. */
    static String alone(SynchronousSource source) {
        List<String> marks = new ArrayList<>(List.of("'" + mark(source, REPLACED + ONE_ARRAY) + "'"));
        for (WriterProgram.Rows rows : WriterProgram.Rows.values()) {
            marks.add("'" + mark(source, letter(rows) + ONE_ARRAY) + "'");
            marks.add("'" + mark(source, rows) + "'");
        }
        return "pgstream_sources IN (" + String.join(", ", marks) + ")";
    }

    /**
     * The table of a source's rows, and what it needs. Rows are kept as arrays, one for each statement, and found by
     * their transaction: what others have left behind there until it is vacuumed is not looked at. Columns have no modifier, so that
     * a wider value fits.
     *
     * @param typeNames the names of types by their numbers, without modifiers
     */
    List<String> tables(SynchronousSource source, Map<Long, String> typeNames) {
        String table = names.pending(source.number());
        StringBuilder columns = new StringBuilder("pgstream_weight smallint");
        source.types()
                .forEach((column, type) -> columns.append(", ")
                        .append(Identifiers.quote(column))
                        .append(" ")
                        .append(typeNames.get(type.oid()))
                        .append(type.collation()));
        return List.of(
                "CREATE TYPE " + names.row(source.number()) + " AS (" + columns + ")",
                "CREATE UNLOGGED TABLE " + table + " (xact xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),"
                        + " wakes boolean NOT NULL, kept " + names.row(source.number()) + "[] NOT NULL)"
                        + " WITH (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0)",
                "ALTER TABLE " + table + " ALTER kept SET STORAGE EXTERNAL",
                "CREATE INDEX ON " + table + " (xact)");
    }

    /** Makes the commit apply, for rows that say so, whatever the session's replication role. */
    String constraintTrigger(SynchronousSource source) {
        String table = names.pending(source.number());
        return "CREATE CONSTRAINT TRIGGER pgstream_commit AFTER INSERT ON " + table
                + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.wakes) EXECUTE FUNCTION " + names.commit()
                + "(); ALTER TABLE " + table + " ENABLE ALWAYS TRIGGER pgstream_commit";
    }

    /**
     * A statement that keeps the rows of an operation, as many as one array has room for.
     *
     * @param wakes whether they make the commit apply, as a condition
     */
    String keep(SynchronousSource source, Operation operation, String wakes) {
        // ARRAY takes a third of the time of array_agg. Without OFFSET the planner would build it once for the
        // condition, too.
        return "INSERT INTO " + names.pending(source.number()) + " (wakes, kept) SELECT " + wakes
                + ", k.kept FROM (SELECT ARRAY(SELECT " + row(source) + " FROM (" + rows(source, operation)
                + ") AS r LIMIT " + LONGEST
                + ") AS kept OFFSET 0) AS k WHERE pg_catalog.cardinality(k.kept) > 0 RETURNING pg_catalog.cardinality(kept) INTO pgstream_last;\n";
    }

    /** The rows that have no room; in the same statement, their part of the plan would be set up even if there are none. */
    String keepRest(SynchronousSource source, Operation operation) {
        return "    IF pgstream_last = " + LONGEST + " THEN\n        INSERT INTO " + names.pending(source.number())
                + " (wakes, kept) SELECT false, pg_catalog.array_agg(" + row(source)
                + ") FROM (SELECT u.*, pg_catalog.row_number() OVER () AS pgstream_row FROM (SELECT * FROM ("
                + rows(source, operation) + ") AS u OFFSET " + LONGEST
                + ") AS u) AS r GROUP BY (r.pgstream_row - 1) / " + LONGEST + ";\n    END IF;\n";
    }

    private static String rows(SynchronousSource source, Operation operation) {
        return operation.tables().stream()
                .map(table -> "SELECT " + Operation.weight(table) + "::smallint AS pgstream_weight"
                        + source.columns("r.") + " FROM " + table + " AS r")
                .collect(Collectors.joining(" UNION ALL "));
    }

    private String row(SynchronousSource source) {
        return "ROW(r.pgstream_weight" + source.columns("r.") + ")::" + names.row(source.number());
    }

    /** A statement that makes the commit apply. */
    String wake(SynchronousSource source) {
        return "INSERT INTO " + names.pending(source.number()) + " (wakes, kept) VALUES (true, '{}');\n";
    }

    /** Reads what is kept of these sources. */
    OperatorRenderer.ChangeSource read(List<SynchronousSource> sources) {
        return scan -> {
            SynchronousSource source = sources.stream()
                    .filter(candidate -> candidate.table().oid() == scan.table().oid())
                    .findFirst()
                    .orElseThrow();
            return select(
                    scan,
                    names.pending(source.number())
                            + " AS p, pg_catalog.unnest(p.kept) AS b WHERE p.xact = pg_catalog.pg_current_xact_id()");
        };
    }

    private static String select(ChangeScan scan, String from) {
        return "SELECT "
                + scan.columns().stream()
                        .map(column -> "b." + Identifiers.quote(column.name()) + " AS " + column.sqlName() + ", ")
                        .collect(Collectors.joining())
                + "b.pgstream_weight AS " + scan.weight().sqlName() + " FROM " + from;
    }

    private static String taken(SynchronousSource source) {
        return "pgstream_kept" + source.number();
    }

    /** The declaration that {@link #take} needs. */
    String declaration(SynchronousSource source) {
        return "    " + taken(source) + " " + names.row(source.number()) + "[];\n";
    }

    /** A statement that removes the only array of a source, and has it in a variable. */
    String take(SynchronousSource source) {
        return "        DELETE FROM " + names.pending(source.number())
                + " AS p WHERE p.xact = pg_catalog.pg_current_xact_id() RETURNING p.kept INTO STRICT " + taken(source)
                + ";\n";
    }

    /** A condition: one row is in the variable. */
    static String oneTaken(SynchronousSource source) {
        return "pg_catalog.cardinality(" + taken(source) + ") = 1";
    }

    /** Reads the variable. */
    static OperatorRenderer.ChangeSource readTaken(SynchronousSource source) {
        return scan -> select(scan, "pg_catalog.unnest(" + taken(source) + ") AS b");
    }

    /** Reads what the rows of the variable were, or what they are. */
    static OperatorRenderer.ChangeSource readTaken(SynchronousSource source, boolean after) {
        return scan -> select(
                scan,
                "pg_catalog.unnest(" + taken(source) + ") AS b WHERE b.pgstream_weight " + (after ? "> 0" : "< 0"));
    }

    /** A statement that removes what is kept of a source. */
    String remove(SynchronousSource source) {
        return "DELETE FROM " + names.pending(source.number())
                + " AS p WHERE p.xact = pg_catalog.pg_current_xact_id();\n";
    }
}
