package io.pgstream.synchronous;

import io.pgstream.delta.WriterProgram;
import io.pgstream.sql.Identifiers;
import io.pgstream.sql.OperatorRenderer;
import io.pgstream.synchronous.TransitionChanges.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The rows that a transaction has kept, and what it remembers of them: a setting with a mark for each source, which says whether the
 * rows are those of insertions, of deletions, or of anything. Most transactions do one thing to a table, and rows of which it is
 * known that they all have come need not be added up before they are inserted.
 */
final class PendingRows {

    private static final String TRUNCATED = "T";

    /** How many rows one array has at most: a value has an end at a gigabyte. */
    private static final int LONGEST = 10_000;

    private final SynchronousNames names;

    PendingRows(SynchronousNames names) {
        this.names = names;
    }

    /** The setting, empty if nothing is kept. */
    String changed() {
        return "coalesce(current_setting(" + names.changed() + ", true), '')";
    }

    String clear() {
        return "pgstream_set := set_config(" + names.changed() + ", '', true);\n";
    }

    private static String mark(SynchronousSource source, String rows) {
        return "[" + source.number() + ":" + rows + "]";
    }

    private static String mark(SynchronousSource source, WriterProgram.Rows rows) {
        return mark(
                source,
                switch (rows) {
                    case COME -> "i";
                    case GONE -> "d";
                    case MIXED -> "";
                });
    }

    /** Notes that rows of an operation have been kept. */
    String note(SynchronousSource source, Operation operation) {
        String mixed = mark(source, WriterProgram.Rows.MIXED);
        String own = mark(source, operation.rows());
        String others = "pgstream_set";
        for (WriterProgram.Rows rows : List.of(WriterProgram.Rows.COME, WriterProgram.Rows.GONE)) {
            others = "replace(" + others + ", '" + mark(source, rows) + "', '')";
        }
        return "        pgstream_set := " + changed() + ";\n"
                + "        IF position('" + mark(source, "").replace("]", "") + "' in pgstream_set) = 0 THEN\n"
                + "            pgstream_set := set_config(" + names.changed() + ", pgstream_set || '" + own
                + "', true);\n"
                + "        ELSIF position('" + own + "' in pgstream_set) = 0 AND position('" + mixed
                + "' in pgstream_set) = 0 THEN\n"
                + "            pgstream_set := set_config(" + names.changed() + ", " + others + " || '" + mixed
                + "', true);\n        END IF;\n";
    }

    /** Notes that a source was emptied. */
    String noteTruncate() {
        return "    pgstream_set := " + changed() + ";\n    IF position('" + TRUNCATED
                + "' in pgstream_set) = 0 THEN\n        pgstream_set := set_config(" + names.changed()
                + ", pgstream_set || '" + TRUNCATED + "', true);\n    END IF;\n";
    }

    /** A condition over {@code pgstream_sources}, a copy of the setting: a source was emptied. */
    static String truncated() {
        return "position('" + TRUNCATED + "' in pgstream_sources) > 0";
    }

    /** A condition over the copy: rows of a source are kept. */
    static String kept(SynchronousSource source) {
        return "position('" + mark(source, "").replace("]", "") + "' in pgstream_sources) > 0";
    }

    /** A condition over the copy: only rows of a source are kept, and they are of one of these kinds. */
    static String only(SynchronousSource source, List<WriterProgram.Rows> kinds) {
        List<String> marks = new ArrayList<>();
        kinds.forEach(rows -> marks.add("'" + mark(source, rows) + "'"));
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
                "CREATE UNLOGGED TABLE " + table + " (xact xid8 NOT NULL DEFAULT pg_current_xact_id(),"
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
     * A statement that keeps the rows of an operation.
     *
     * @param wakes whether they make the commit apply, as a condition
     */
    String keep(SynchronousSource source, Operation operation, String wakes) {
        String rows = operation.tables().stream()
                .map(table -> "SELECT " + Operation.weight(table) + "::smallint AS pgstream_weight"
                        + source.columns("r.") + " FROM " + table + " AS r")
                .collect(Collectors.joining(" UNION ALL "));
        String row = "ROW(r.pgstream_weight" + source.columns("r.") + ")::" + names.row(source.number());
        // ARRAY takes a third of the time of array_agg. The rows that it has no room for have a statement of their own:
        // in the same one, their part of the plan would be set up even if there are none.
        return "INSERT INTO " + names.pending(source.number()) + " (wakes, kept) SELECT " + wakes
                + ", k.kept FROM (SELECT ARRAY(SELECT " + row + " FROM (" + rows + ") AS r LIMIT " + LONGEST
                + ") AS kept) AS k WHERE cardinality(k.kept) > 0 RETURNING cardinality(kept) INTO pgstream_last;\n"
                + "    IF pgstream_last = " + LONGEST + " THEN\n        INSERT INTO " + names.pending(source.number())
                + " (wakes, kept) SELECT false, array_agg(" + row
                + ") FROM (SELECT u.*, row_number() OVER () AS pgstream_row FROM (SELECT * FROM (" + rows
                + ") AS u OFFSET " + LONGEST + ") AS u) AS r GROUP BY (r.pgstream_row - 1) / " + LONGEST
                + ";\n    END IF;\n";
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
            return "SELECT "
                    + scan.columns().stream()
                            .map(column -> "b." + Identifiers.quote(column.name()) + " AS " + column.sqlName() + ", ")
                            .collect(Collectors.joining())
                    + "b.pgstream_weight AS " + scan.weight().sqlName() + " FROM " + names.pending(source.number())
                    + " AS p, unnest(p.kept) AS b WHERE p.xact = pg_current_xact_id()";
        };
    }

    /** A statement that removes what is kept of a source. */
    String remove(SynchronousSource source) {
        return "DELETE FROM " + names.pending(source.number()) + " AS p WHERE p.xact = pg_current_xact_id();\n";
    }
}
