package io.pgstream.synchronous;

import io.pgstream.QualifiedName;
import io.pgstream.delta.ChangeCounts;
import io.pgstream.delta.DeltaProgram;
import io.pgstream.delta.GroupUpsert;
import io.pgstream.delta.MaintainedNode;
import io.pgstream.delta.MaintenancePlan;
import io.pgstream.delta.ProgramBuilder;
import io.pgstream.sql.ApplyRenderer;
import io.pgstream.sql.Identifiers;
import io.pgstream.sql.OperatorRenderer;
import io.pgstream.support.QuestionMarks;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes the part of a function that applies changes. Before it reads anything it takes the lock, so that under READ
 * COMMITTED its statements see what the holder before has committed. A writer with an older snapshot cannot see that: it is
 * told so by the version, which is not subject to snapshots.
 */
final class ProgramRenderer {

    /** The counts of {@link ApplyRenderer}. */
    private static final String COUNTS =
            "pgstream_deleted, pgstream_updated, pgstream_inserted, pgstream_to_delete, pgstream_to_update,"
                    + " pgstream_impossible";

    private final SynchronousNames names;

    private final MaintenancePlan plan;

    private final String table;

    private final String fullQuery;

    private final ArrayVariables variables;

    private final List<String> types;

    private final boolean commutes;

    ProgramRenderer(SynchronousNames names, MaintenancePlan plan, QualifiedName table, String fullQuery) {
        this.names = names;
        this.plan = plan;
        this.table = Identifiers.literal(table.toString());
        this.fullQuery = fullQuery;
        this.variables = new ArrayVariables(names);
        this.types = program(scan -> "SELECT", allSources()).temporaryTables();
        this.commutes = plan.sources().size() == 1
                && builder(scan -> "SELECT").groupUpsert(ChangeCounts.few(allSources())) != null;
    }

    /** The types of the variables by which the changes of states are handed on. */
    List<String> types() {
        return types;
    }

    private Set<Long> allSources() {
        return plan.sources().keySet().stream().map(source -> source.oid()).collect(Collectors.toSet());
    }

    private ProgramBuilder builder(OperatorRenderer.ChangeSource changes) {
        return ProgramBuilder.inFunctions(plan, changes, variables);
    }

    private DeltaProgram program(OperatorRenderer.ChangeSource changes, Set<Long> sources) {
        return builder(changes).differential(ChangeCounts.few(sources), false);
    }

    /** Whether writers of different groups need not wait for each other. */
    boolean commutes() {
        return commutes;
    }

    /** The declarations of a function that applies. */
    String declarations() {
        StringBuilder text = new StringBuilder();
        text.append("    pgstream_last bigint;\n    pgstream_gone tid[];\n    pgstream_unsure tid[];\n");
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

    /** Takes the lock, and refuses a writer that cannot see what the table is now. */
    String lock(boolean shared) {
        String refuse = "        IF current_setting('transaction_isolation') NOT LIKE 'read %' AND NOT"
                + " pg_visible_in_snapshot(pgstream_last::text::xid8, pg_current_snapshot()) THEN\n"
                + "            PERFORM setval('" + names.version().replace("'", "''")
                + "', pg_current_xact_id()::text::bigint);\n"
                + "            RAISE EXCEPTION 'could not serialize access, because another transaction has changed the"
                + " stream table %', " + table
                + " USING ERRCODE = '40001', HINT = 'The transaction might succeed if retried.';\n        END IF;\n";
        String read = "SELECT v.last_value INTO pgstream_last FROM " + names.version() + " AS v;\n";
        if (shared) {
            return "    LOCK TABLE " + names.lock() + " IN ROW EXCLUSIVE MODE;\n"
                    + "    IF current_setting('transaction_isolation') NOT LIKE 'read %' THEN\n        " + read + refuse
                    + "    END IF;\n";
        }
        return "    LOCK TABLE " + names.lock() + " IN EXCLUSIVE MODE;\n    " + read
                + "    IF pgstream_last::text::xid8 <> pg_current_xact_id() THEN\n" + refuse
                + "        PERFORM setval('"
                + names.version().replace("'", "''") + "', pg_current_xact_id()::text::bigint);\n    END IF;\n";
    }

    /** Applies the changes of some sources. */
    String apply(OperatorRenderer.ChangeSource changes, Set<Long> sources) {
        GroupUpsert upsert = commutes() ? builder(changes).groupUpsert(ChangeCounts.few(sources)) : null;
        if (upsert != null) {
            return upsert(upsert);
        }
        StringBuilder text = new StringBuilder();
        List<String> statements = program(changes, sources).statements();
        for (String statement : statements.subList(0, statements.size() - 1)) {
            text.append("    ").append(QuestionMarks.unescaped(statement)).append(";\n");
        }
        return text.append(counted(statements.get(statements.size() - 1))).toString();
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
            text.append("    IF current_setting('transaction_isolation') NOT LIKE 'read %' THEN\n")
                    .append("        RAISE EXCEPTION 'TRUNCATE of a source of the stream table % is possible under READ"
                            + " COMMITTED only', ")
                    .append(table)
                    .append(" USING ERRCODE = 'feature_not_supported', HINT = 'Use DELETE, or truncate in a transaction"
                            + " that is READ COMMITTED.';\n    END IF;\n");
        }
        for (ProgramBuilder.State state :
                builder(OperatorRenderer.ChangeSource.NONE).states()) {
            text.append(counted(ApplyRenderer.applyDifference(state.query(), state.table())));
        }
        return text.append(counted(ApplyRenderer.applyDifference(fullQuery, plan.target())))
                .toString();
    }
}
