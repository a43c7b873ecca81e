package io.pgstream.synchronous;

import io.pgstream.catalog.WriterKey;
import io.pgstream.delta.WriterProgram;
import io.pgstream.sql.OperatorRenderer;
import io.pgstream.synchronous.TransitionChanges.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes the functions of one stream table. A statement on a source raises the depth before it starts and lowers it when
 * it has ended, whatever it started: cascades, other queries of the same statement, triggers of the user's. Rows that
 * arrive while the depth is above 0 are kept, because other tables have changes by then that nobody has been told of;
 * when it is 0 again, all of them are applied together. A statement that was alone is applied straight from what its
 * trigger can read.
 */
final class FunctionRenderer {

    /** Functions that only keep rows compute nothing of the query's: they do without its environment. */
    private static final String KEEPER = " SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

    /** Rows are being kept: if the constraints are immediate, this is too early to apply them. */
    private static final String KEEPING = "k";

    private final SynchronousNames names;

    private final ProgramRenderer programs;

    private final List<SynchronousSource> sources;

    private final ShapeCheck shape;

    private final String settings;

    private final boolean onCommit;

    private final PendingRows pending;

    private final String showWriterKey;

    private final LockOrder order;

    FunctionRenderer(
            SynchronousNames names,
            ProgramRenderer programs,
            List<SynchronousSource> sources,
            ShapeCheck shape,
            String settings,
            boolean onCommit,
            String showWriterKey,
            LockOrder order) {
        this.order = order;
        this.names = names;
        this.programs = programs;
        this.sources = List.copyOf(sources);
        this.shape = shape;
        this.settings = settings;
        this.onCommit = onCommit;
        this.showWriterKey = showWriterKey;
        this.pending = new PendingRows(names);
    }

    /** All functions, those that are called first. */
    List<String> functions() {
        List<String> functions = new ArrayList<>(shape.functions());
        sources.forEach(source -> functions.add(repeats(source)));
        functions.add(function(names.tooDeep(), "boolean", "", programs.tooDeep()));
        functions.add(enter());
        functions.add(onCommit ? commit() : apply());
        for (SynchronousSource source : sources) {
            for (Operation operation : Operation.values()) {
                functions.add(after(source, operation));
            }
        }
        return functions;
    }

    private static String function(String name, String returns, String options, String body) {
        String tag = "$pgstream$";
        for (int i = 0; body.contains(tag); i++) {
            tag = "$pgstream" + i + "$";
        }
        return "CREATE OR REPLACE FUNCTION " + name + "() RETURNS " + returns + " LANGUAGE plpgsql" + options + " AS "
                + tag + body + tag;
    }

    /**
     * In the environment of the query, with plans for few changes. The key that lets writes to the stream table pass is hidden again
     * at the end of the function, whatever its end.
     */
    private String definer(boolean ordered) {
        return " SECURITY DEFINER" + settings + " SET \"" + WriterKey.SETTING + "\" = ''"
                + " SET plan_cache_mode = force_generic_plan SET random_page_cost = 1.1 SET jit = off"
                + " SET max_parallel_workers_per_gather = 0"
                + (ordered ? programs.planSettings() : "");
    }

    /**
     * PostgreSQL puts together what several foreign keys do to a row for one statement. Called immutable, so that the planner asks it
     * once, and again when a foreign key is added; an old snapshot may not see that one.
     */
    private String repeats(SynchronousSource source) {
        return "CREATE OR REPLACE FUNCTION " + names.repeats(source.number())
                + "(source regclass) RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS"
                + " $repeats$\nBEGIN\n    RETURN pg_catalog.current_setting('transaction_isolation') NOT LIKE 'read %' OR EXISTS (SELECT"
                + " FROM pg_constraint AS c WHERE c.conrelid = source AND c.contype = 'f' AND (c.confupdtype IN ('c', 'n',"
                + " 'd') OR c.confdeltype IN ('n', 'd')));\nEND\n$repeats$";
    }

    private String enter() {
        return function(
                names.enter(),
                "trigger",
                "",
                "\nDECLARE\n    pgstream_set text := pg_catalog.set_config(" + names.depth()
                        + ", pg_catalog.concat(pg_catalog.current_setting(" + names.depth()
                        + ", true), 'x'), true);\nBEGIN\n    RETURN NULL;\nEND\n");
    }

    private static String setting(String name) {
        return "coalesce(pg_catalog.current_setting(" + name + ", true), '')";
    }

    /**
     * Only assignments and conditions without a query are cheap in PL/pgSQL: PERFORM, and a condition that reads a table, are
     * statements with an executor of their own. But each expression that reads or writes a setting has a snapshot, so
     * that two in one are cheaper.
     */
    private String after(SynchronousSource source, Operation operation) {
        boolean alone = !onCommit && operation != Operation.TRUNCATE;
        String body = "\n#variable_conflict use_column\nDECLARE\n    pgstream_depth text := pg_catalog.set_config("
                + names.depth()
                + ", pg_catalog.substr(" + setting(names.depth()) + ", 2), true);\n    pgstream_set text;\n"
                + (alone ? programs.declarations() : ProgramRenderer.LAST)
                + (onCommit ? "    pgstream_wakes boolean;\n" : "")
                + ShapeCheck.LONGER + "BEGIN\n"
                + (operation.tables().contains(TransitionChanges.NEW) ? shape.pass(source) : shape.pass())
                + (onCommit ? "" : "    pgstream_set := " + showWriterKey + ";\n")
                + (alone ? alone(source, operation) : "")
                + kept(source, operation)
                + "    IF pgstream_depth = '' AND " + pending.changed() + " <> '' THEN\n        "
                + (onCommit
                        ? queue(source)
                        : "pgstream_last := " + order.lock(source, names.id()) + ";\n        pgstream_set := "
                                + names.apply() + "();\n")
                + "    END IF;\n    RETURN NULL;\nEND\n";
        return function(
                names.after(source.number(), operation.name().toLowerCase(java.util.Locale.ROOT)),
                "trigger",
                onCommit ? KEEPER : definer(operation == Operation.DELETE),
                body);
    }

    private String alone(SynchronousSource source, Operation operation) {
        return "    IF pgstream_depth = '' AND " + pending.changed() + " = '' THEN\n"
                + (operation == Operation.UPDATE
                        ? programs.update(source, order.lock(source, names.id()))
                        : changed(source, operation))
                + "        RETURN NULL;\n    END IF;\n";
    }

    private String changed(SynchronousSource source, Operation operation) {
        Set<Long> changed = Set.of(source.table().oid());
        boolean counts = operation == Operation.DELETE && programs.oneGoneDiffers(changed);
        return programs.lock().takeIfChanged(operation, order.lock(source, names.id()), counts)
                + programs.apply(new TransitionChanges(operation), changed, operation.rows(), "NOT pgstream_several");
    }

    private String kept(SynchronousSource source, Operation operation) {
        if (operation == Operation.TRUNCATE) {
            return pending.noteTruncate();
        }
        String note = pending.keepRest(source, operation) + "    IF pgstream_last IS NOT NULL THEN\n"
                + pending.note(source, operation);
        return onCommit
                ? "    pgstream_wakes := CASE WHEN pgstream_depth = '' AND " + setting(names.queued())
                        + " = '' THEN pg_catalog.set_config(" + names.queued() + ", '" + KEEPING
                        + "', true) IS NOT NULL ELSE false END;\n    "
                        + pending.keep(source, operation, "pgstream_wakes") + keptOnly(source, operation) + note
                        + "        IF " + setting(names.queued()) + " = '" + KEEPING + "' THEN\n            "
                        + queued("x") + "            " + order.note(names.id())
                        + "        END IF;\n    ELSIF pgstream_wakes THEN\n        " + queued("")
                        + "    END IF;\n"
                : "    " + pending.keep(source, operation, "false") + note + "    END IF;\n";
    }

    /** What is first in its transaction is mostly all: then two expressions say everything, and the statement is at its end. */
    private String keptOnly(SynchronousSource source, Operation operation) {
        return "    IF pgstream_wakes AND " + pending.isOnly() + " AND " + setting(names.queued()) + " = '" + KEEPING
                + "' THEN\n        pgstream_set := pg_catalog.concat("
                + pending.noteOnly(source, operation, operation == Operation.UPDATE && replaced(source) != null)
                + ", pg_catalog.set_config("
                + names.queued() + ", 'x', true), " + order.noted(names.id())
                + ");\n        RETURN NULL;\n    END IF;\n";
    }

    private String queued(String value) {
        return "pgstream_set := pg_catalog.set_config(" + names.queued() + ", '" + value + "', true);\n";
    }

    /**
     * One row for all that is kept until it is applied. The first rows that are kept outside of other statements do it themselves; this
     * is for what was kept inside, and for when the constraints are immediate, so that those rows were told of too early.
     */
    private String queue(SynchronousSource source) {
        return "IF " + setting(names.queued()) + " = '' THEN\n            " + queued("x")
                + "            " + order.note(names.id()) + pending.note(source, Operation.TRUNCATE) + "            "
                + pending.wake(source)
                + "        END IF;\n";
    }

    /**
     * Applies at the commit, or when somebody sets all constraints to immediate. If that happens inside of a statement,
     * what it has changed so far is half a statement: the end of the statement queues again. Whoever wakes this has noted that it
     * is queued; if that is gone, so are the notes of what was kept, by RESET ALL, and everything is compared.
     */
    private String commit() {
        return function(
                names.commit(),
                "trigger",
                definer(true),
                "\n#variable_conflict use_column\nDECLARE\n    pgstream_queued text := " + setting(names.queued())
                        + ";\n" + declarations() + "BEGIN\n" + shape.pass()
                        + "    " + queued("") + "    IF pgstream_queued = '" + KEEPING
                        + "' THEN\n        RETURN NULL;\n    ELSIF pgstream_queued = '' THEN\n        pgstream_sources := '"
                        + PendingRows.unknown(sources) + "';\n    END IF;\n    pgstream_set := " + showWriterKey
                        + ";\n    IF " + setting(names.depth())
                        + " = '' AND pgstream_sources <> '' THEN\n" + order.lockNoted() + program("NULL")
                        + "    END IF;\n    RETURN NULL;\nEND\n");
    }

    /** Applies what is kept. */
    private String apply() {
        return function(
                names.apply(),
                "text",
                "",
                "\n#variable_conflict use_column\nDECLARE\n" + declarations() + "BEGIN\n" + program("''")
                        + "    RETURN '';\nEND\n");
    }

    private String declarations() {
        return "    pgstream_sources text := " + pending.changed() + ";\n    pgstream_set text;\n"
                + programs.declarations()
                + sources.stream().map(pending::declaration).collect(Collectors.joining());
    }

    /** @param result what ends the function */
    private String program(String result) {
        StringBuilder body = new StringBuilder();
        body.append(lock() + "    " + pending.clear() + "    IF " + PendingRows.truncated() + " THEN\n"
                + programs.full(programs.commutes()));
        for (SynchronousSource source : sources) {
            if (onCommit) {
                String replaced = replaced(source);
                if (replaced != null) {
                    body.append("    ELSIF ")
                            .append(PendingRows.onlyReplaced(source))
                            .append(" THEN\n")
                            .append(pending.take(source))
                            .append(replaced)
                            .append("        RETURN " + result + ";\n");
                }
                kinds(source, PendingRows.readTaken(source), PendingRows.oneTaken(source))
                        .forEach((program, kinds) -> body.append("    ELSIF ")
                                .append(PendingRows.only(source, kinds, true))
                                .append(" THEN\n")
                                .append(pending.take(source))
                                .append(program)
                                .append("        RETURN " + result + ";\n"));
            }
            kinds(source, pending.read(sources), null)
                    .forEach((program, kinds) -> body.append("    ELSIF ")
                            .append(PendingRows.only(source, kinds, false))
                            .append(" THEN\n")
                            .append(program));
        }
        if (sources.size() > 1) {
            body.append("    ELSE\n")
                    .append(programs.apply(
                            pending.read(sources),
                            sources.stream().map(source -> source.table().oid()).collect(Collectors.toSet()),
                            WriterProgram.Rows.MIXED));
        }
        body.append("    END IF;\n");
        for (SynchronousSource source : sources) {
            body.append("    IF ")
                    .append(PendingRows.kept(source))
                    .append(" THEN\n        ")
                    .append(pending.remove(source))
                    .append("    END IF;\n");
        }
        return body.toString();
    }

    /**
     * What waits for the commit is applied once, so that nobody who has shared the lock wants it for himself afterwards; where statements
     * apply, two who have written to one source and go on to the other would wait for each other.
     */
    private String lock() {
        Long commuting = onCommit ? programs.commutingSource() : null;
        return sources.stream()
                .filter(source -> commuting != null && source.table().oid() == commuting)
                .findFirst()
                .map(source -> programs.lock().takeTogether(PendingRows.alone(source)))
                .orElseGet(() -> programs.lock().take("0"));
    }

    /** The program for rows that one statement has updated, none twice; {@code null} if they have to be added up. */
    private @Nullable String replaced(SynchronousSource source) {
        return programs.replace(source, PendingRows.readTaken(source, false), PendingRows.readTaken(source, true));
    }

    /**
     * The programs for changes of one source alone, and what each is for.
     *
     * @param single a condition: there is one row; {@code null} if nobody knows
     */
    private Map<String, List<WriterProgram.Rows>> kinds(
            SynchronousSource source, OperatorRenderer.ChangeSource changes, @Nullable String single) {
        Map<String, List<WriterProgram.Rows>> kinds = new LinkedHashMap<>();
        for (WriterProgram.Rows rows : WriterProgram.Rows.values()) {
            Set<Long> changed = Set.of(source.table().oid());
            String program = (single == null)
                    ? programs.apply(changes, changed, rows)
                    : programs.apply(changes, changed, rows, single);
            kinds.computeIfAbsent(program, key -> new ArrayList<>()).add(rows);
        }
        return kinds;
    }

    /**
     * The tables and types that the functions use.
     *
     * @param typeNames the names of types by their numbers, without modifiers
     */
    List<String> tables(Map<Long, String> typeNames) {
        List<String> statements = new ArrayList<>();
        statements.add("CREATE TABLE " + names.lock() + " ()");
        statements.add("CREATE SEQUENCE " + names.version());
        statements.add("CREATE SEQUENCE " + names.missed());
        sources.forEach(source -> statements.addAll(pending.tables(source, typeNames)));
        statements.addAll(programs.types());
        return statements;
    }

    /** The triggers on the sources. */
    List<SourceTrigger> triggers() {
        return sources.stream()
                .flatMap(source -> SourceTrigger.of(source, names).stream())
                .toList();
    }

    /** The triggers that make the commit apply; none where statements do. */
    List<String> constraintTriggers() {
        return onCommit ? sources.stream().map(pending::constraintTrigger).toList() : List.of();
    }
}
