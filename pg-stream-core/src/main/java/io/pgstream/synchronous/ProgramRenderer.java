package io.pgstream.synchronous;

import io.pgstream.QualifiedName;
import io.pgstream.delta.GroupUpsert;
import io.pgstream.delta.MaintainedNode;
import io.pgstream.delta.MaintenancePlan;
import io.pgstream.delta.ProgramBuilder;
import io.pgstream.delta.Statistics;
import io.pgstream.delta.WriterProgram;
import io.pgstream.sql.ApplyRenderer;
import io.pgstream.sql.Identifiers;
import io.pgstream.sql.OperatorRenderer;
import io.pgstream.support.QuestionMarks;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes the part of a function that applies changes, behind the lock. */
final class ProgramRenderer {

    /** The counts of {@link ApplyRenderer}. */
    private static final String COUNTS =
            "pgstream_deleted, pgstream_updated, pgstream_inserted, pgstream_to_delete, pgstream_to_update,"
                    + " pgstream_impossible";

    /** The declaration that assignments of what nobody asks for need. */
    static final String LAST = "    pgstream_last bigint;\n";

    private final SynchronousNames names;

    private final MaintenancePlan plan;

    private final String table;

    private final String fullQuery;

    private final ArrayVariables variables;

    private final List<String> types;

    private final boolean commutes;

    private final ApplyLock lock;

    private final int maximumDepth;

    private final boolean onCommit;

    /** @param onCommit whether the commit applies, and not each statement */
    ProgramRenderer(
            SynchronousNames names,
            MaintenancePlan plan,
            QualifiedName table,
            String fullQuery,
            int maximumDepth,
            boolean onCommit) {
        this.maximumDepth = maximumDepth;
        this.onCommit = onCommit;
        this.names = names;
        this.plan = plan;
        this.table = Identifiers.literal(table.toString());
        this.fullQuery = fullQuery;
        this.variables = new ArrayVariables(names, maximumDepth);
        this.types = writer(scan -> "SELECT").prepared(allSources());
        this.commutes = writer(scan -> "SELECT").commutes();
        this.lock = new ApplyLock(names, this.table, commutes);
    }

    /** The types of the variables by which the changes of states are handed on. */
    List<String> types() {
        return types;
    }

    private Set<Long> allSources() {
        return plan.sources().keySet().stream().map(source -> source.oid()).collect(Collectors.toSet());
    }

    private WriterProgram writer(OperatorRenderer.ChangeSource changes) {
        return new WriterProgram(plan, changes, variables, onCommit);
    }

    /** Clauses of the functions that take rows away, so that who shares the lock meets groups in the order of their keys. */
    String planSettings() {
        return writer(scan -> "SELECT").planSettings().stream()
                .map(setting -> " SET " + setting)
                .collect(Collectors.joining());
    }

    /** Whether writers of different groups need not wait for each other. */
    boolean commutes() {
        return commutes;
    }

    /** The number of the table whose writers need not wait for each other alone; {@code null} if there is none. */
    @Nullable
    Long commutingSource() {
        return writer(scan -> "SELECT").commutingSource();
    }

    /** The declarations of a function that applies. */
    String declarations() {
        StringBuilder text = new StringBuilder();
        text.append(LAST)
                .append(
                        "    pgstream_repeated boolean := false;\n    pgstream_several boolean;\n    pgstream_gone tid[];\n    pgstream_unsure tid[];\n");
        for (String count : COUNTS.split(", ")) {
            text.append("    ").append(count).append(" bigint;\n");
        }
        for (MaintainedNode node : plan.nodes()) {
            if (types.stream().anyMatch(type -> type.contains(names.type(node.changes()) + " "))) {
                text.append(variables.declaration(node.changes()));
            }
        }
        return text.toString();
    }

    /** The lock that a program takes first. */
    ApplyLock lock() {
        return lock;
    }

    /** Applies the changes of some sources. */
    String apply(OperatorRenderer.ChangeSource changes, Set<Long> sources, WriterProgram.Rows rows) {
        return text(writer(changes).steps(sources, rows));
    }

    /**
     * The same for what may be a single row.
     *
     * @param single whether it is, as a condition
     */
    String apply(OperatorRenderer.ChangeSource changes, Set<Long> sources, WriterProgram.Rows rows, String single) {
        String several = apply(changes, sources, rows);
        WriterProgram.Steps one =
                (rows == WriterProgram.Rows.GONE) ? writer(changes).oneGone(sources) : null;
        return (one == null)
                ? several
                : "    IF " + single + " THEN\n" + text(one) + "    ELSE\n" + several + "    END IF;\n";
    }

    /** Whether it is worth asking if a single row of a table has gone. */
    boolean oneGoneDiffers(Set<Long> sources) {
        return writer(new TransitionChanges(TransitionChanges.Operation.DELETE)).oneGone(sources) != null;
    }

    private String text(WriterProgram.Steps steps) {
        StringBuilder text = new StringBuilder();
        for (String statement : steps.statements()) {
            text.append(plain(statement));
        }
        GroupUpsert upsert = steps.upsert();
        if (upsert != null) {
            return text.append(upsert(upsert)).toString();
        }
        return text.append(steps.counted() ? counted(steps.last()) : plain(steps.last()))
                .toString();
    }

    /**
     * Applies an update of one source. Where its rows are known by a key that the query reads, it is asked first whether it has changed
     * anything that the query sees: who has not waits for nobody. An update that PostgreSQL puts together from several, as those of foreign
     * keys, can have a row more than once.
     */
    String update(SynchronousSource source, String order) {
        TransitionChanges both = new TransitionChanges(TransitionChanges.Operation.UPDATE);
        Set<Long> sources = Set.of(source.table().oid());
        String program = apply(both, sources, WriterProgram.Rows.MIXED);
        List<String> key = source.key();
        if (key.isEmpty()) {
            return lock.takeIfChanged(TransitionChanges.Operation.UPDATE, order) + program;
        }
        String replace =
                writer(both).replace(source.table().oid(), TransitionChanges.before(), TransitionChanges.after());
        String match = key.stream()
                .map(column -> "o." + Identifiers.quote(column) + " = n." + Identifiers.quote(column))
                .collect(Collectors.joining(" AND "));
        String repeated = "    IF " + names.repeats(source.number()) + "('"
                + source.table().oid()
                + "'::pg_catalog.regclass) THEN\n        pgstream_repeated := EXISTS (SELECT FROM old_rows AS o GROUP BY "
                + key.stream().map(column -> "o." + Identifiers.quote(column)).collect(Collectors.joining(", "))
                + " HAVING pg_catalog.count(*) > 1);\n    END IF;\n";
        String same = match + " AND pg_catalog.record_image_eq(ROW("
                + source.columns("o.").substring(2) + "), ROW("
                + source.columns("n.").substring(2) + "))";
        // Both tables have their rows in the same order: mostly the first two say that something has changed.
        String seen = "    IF NOT pgstream_repeated AND coalesce((SELECT NOT (" + match + ") OR " + same
                + " FROM (SELECT * FROM old_rows LIMIT 1) AS o, (SELECT * FROM new_rows LIMIT 1) AS n), true) AND NOT"
                + " EXISTS (SELECT FROM new_rows AS n WHERE NOT EXISTS (SELECT FROM old_rows AS o WHERE " + same
                + ")) THEN\n        RETURN NULL;\n    END IF;\n";
        return repeated
                + seen
                + lock.take(order)
                + (replace == null
                        ? program
                        : "    IF pgstream_repeated THEN\n" + program + "    ELSE\n" + counted(replace)
                                + "    END IF;\n");
    }

    /**
     * Applies an update of one source of which no row was updated twice.
     *
     * @return {@code null} if the changes have to be added up
     */
    @Nullable
    String replace(
            SynchronousSource source, OperatorRenderer.ChangeSource before, OperatorRenderer.ChangeSource after) {
        String replace = source.key().isEmpty()
                ? null
                : writer(after).replace(source.table().oid(), before, after);
        return (replace == null) ? null : counted(replace);
    }

    private static String plain(String statement) {
        return "    " + QuestionMarks.unescaped(statement) + ";\n";
    }

    private String upsert(GroupUpsert upsert) {
        return "    "
                + QuestionMarks.unescaped(upsert.apply())
                        .replaceFirst(
                                " FROM touched AS g$",
                                " INTO pgstream_impossible, pgstream_gone, pgstream_unsure FROM touched AS g")
                + ";\n    IF pgstream_impossible > 0 THEN\n" + drift() + "    END IF;\n"
                + "    IF pgstream_gone IS NOT NULL THEN\n        DELETE FROM "
                + plan.target().sqlName() + " AS t WHERE t.ctid = ANY (pgstream_gone);\n    END IF;\n"
                + "    IF pgstream_unsure IS NOT NULL THEN\n        " + QuestionMarks.unescaped(upsert.rescan())
                + ";\n    END IF;\n";
    }

    private String counted(String statement) {
        return "    " + QuestionMarks.unescaped(statement) + " INTO " + COUNTS + ";\n"
                + "    IF pgstream_deleted <> pgstream_to_delete OR pgstream_updated <> pgstream_to_update OR"
                + " pgstream_impossible > 0 THEN\n" + drift() + "    END IF;\n";
    }

    /** The body of the function that is called where a recursion goes deeper than it may. */
    String tooDeep() {
        return "\nBEGIN\n    RAISE EXCEPTION 'A change is followed by the recursion of the stream table % for more than % steps', "
                + table + ", " + maximumDepth
                + " USING ERRCODE = 'program_limit_exceeded', HINT = 'If that is no circle, raise"
                + " pg-stream.recursive-max-depth, and alter the mode of the stream table and back; in the mode"
                + " DIFFERENTIAL writers do not pay for it.';\nEND\n";
    }

    private String drift() {
        return "        RAISE EXCEPTION 'The stream table % does not hold the rows that a change of its sources"
                + " belongs"
                + " to',"
                + " " + table + " USING ERRCODE = 'data_corrupted', HINT = 'Somebody has written to it, or a trigger of"
                + " pg-stream was disabled for a time. Refresh it fully, or drop it; until then writes to its sources"
                + " fail.';\n";
    }

    /**
     * Computes everything again and writes what differs.
     *
     * @param shared whether other writers may be at work, of whom an old snapshot shows nothing
     */
    String full(boolean shared) {
        StringBuilder text = new StringBuilder();
        if (shared) {
            text.append("    IF pg_catalog.current_setting('transaction_isolation') NOT LIKE 'read %' THEN\n")
                    .append("        RAISE EXCEPTION 'TRUNCATE of a source of the stream table % is possible under READ"
                            + " COMMITTED only', ")
                    .append(table)
                    .append(" USING ERRCODE = 'feature_not_supported', HINT = 'Use DELETE, or truncate in a transaction"
                            + " that is READ COMMITTED.';\n    END IF;\n");
        }
        for (ProgramBuilder.State state :
                new ProgramBuilder(plan, OperatorRenderer.ChangeSource.NONE, false, Statistics.NONE).states()) {
            text.append(counted(ApplyRenderer.applyDifference(state.query(), state.table())));
        }
        return text.append(counted(ApplyRenderer.applyDifference(fullQuery, plan.target())))
                .toString();
    }
}
