package io.pgstream.synchronous;

import io.pgstream.catalog.Environment;
import io.pgstream.catalog.WriterKey;
import io.pgstream.plan.ChangeScan;
import io.pgstream.sql.Identifiers;
import io.pgstream.sql.OperatorRenderer;
import io.pgstream.synchronous.TransitionChanges.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
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

    private final SynchronousNames names;

    private final ProgramRenderer programs;

    private final List<SynchronousSource> sources;

    private final ShapeCheck shape;

    private final Environment environment;

    private final boolean onCommit;

    private final String showWriterKey;

    FunctionRenderer(
            SynchronousNames names,
            ProgramRenderer programs,
            List<SynchronousSource> sources,
            ShapeCheck shape,
            Environment environment,
            boolean onCommit,
            String showWriterKey) {
        this.names = names;
        this.programs = programs;
        this.sources = List.copyOf(sources);
        this.shape = shape;
        this.environment = environment;
        this.onCommit = onCommit;
        this.showWriterKey = showWriterKey;
    }

    /** All functions, those that are called first. */
    List<String> functions() {
        List<String> functions = new ArrayList<>(shape.functions());
        functions.add(enter());
        functions.add(apply());
        if (onCommit) {
            functions.add(commit());
        }
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
        return "CREATE FUNCTION " + name + "() RETURNS " + returns + " LANGUAGE plpgsql" + options + " AS " + tag + body
                + tag;
    }

    /**
     * In the environment of the query, with plans for few changes. The key that lets writes to the stream table pass is hidden again
     * at the end of the function, whatever its end.
     */
    private String definer() {
        return " SECURITY DEFINER" + environment.functionClauses() + " SET \"" + WriterKey.SETTING + "\" = ''"
                + " SET plan_cache_mode = force_generic_plan SET random_page_cost = 1.1 SET jit = off"
                + " SET max_parallel_workers_per_gather = 0";
    }

    private String enter() {
        return function(
                names.enter(),
                "trigger",
                "",
                "\nBEGIN\n    PERFORM pg_catalog.set_config(" + names.depth()
                        + ", pg_catalog.concat(pg_catalog.current_setting(" + names.depth()
                        + ", true), 'x'), true);\n    RETURN NULL;\nEND\n");
    }

    private static String setting(String name) {
        return "coalesce(current_setting(" + name + ", true), '')";
    }

    private String after(SynchronousSource source, Operation operation) {
        boolean alone = !onCommit && operation != Operation.TRUNCATE;
        String body = "\n#variable_conflict use_column\nDECLARE\n    pgstream_depth text := substr("
                + setting(names.depth())
                + ", 2);\n" + (alone ? programs.declarations() : "") + "BEGIN\n    PERFORM set_config(" + names.depth()
                + ", pgstream_depth, true);\n" + shape.pass() + "    PERFORM " + showWriterKey + ";\n"
                + (alone ? alone(source, operation) : "")
                + kept(source, operation)
                + "    IF pgstream_depth = '' AND " + setting(names.changed()) + " <> '' THEN\n        "
                + (onCommit ? queue() : "PERFORM " + names.apply() + "();\n")
                + "    END IF;\n    RETURN NULL;\nEND\n";
        return function(
                names.after(source.number(), operation.name().toLowerCase(java.util.Locale.ROOT)),
                "trigger",
                definer(),
                body);
    }

    private static String changed(Operation operation) {
        return "EXISTS (SELECT FROM "
                + operation.tables().get(operation.tables().size() - 1) + ")";
    }

    private String alone(SynchronousSource source, Operation operation) {
        return "    IF pgstream_depth = '' AND " + setting(names.changed()) + " = '' THEN\n        IF NOT "
                + changed(operation) + " THEN\n            RETURN NULL;\n        END IF;\n"
                + programs.lock(programs.commutes())
                + programs.apply(
                        new TransitionChanges(operation), Set.of(source.table().oid()))
                + "        RETURN NULL;\n    END IF;\n";
    }

    private String kept(SynchronousSource source, Operation operation) {
        if (operation == Operation.TRUNCATE) {
            return note("T");
        }
        String rows = operation.tables().stream()
                .map(table -> "SELECT " + Operation.weight(table) + source.columns("r.") + " FROM " + table + " AS r")
                .collect(Collectors.joining(" UNION ALL "));
        return "    IF " + changed(operation) + " THEN\n        INSERT INTO " + names.pending(source.number())
                + " (pgstream_weight" + source.columns("") + ") " + rows + ";\n    " + note(source.token())
                + "    END IF;\n";
    }

    private String note(String token) {
        return "    IF position('" + token + "' in ';' || " + setting(names.changed()) + ") = 0 THEN\n"
                + "        PERFORM set_config(" + names.changed() + ", " + setting(names.changed()) + " || '" + token
                + "', true);\n    END IF;\n";
    }

    /** One marker for all that is kept until it is applied. */
    private String queue() {
        return "IF " + setting(names.queued()) + " = '' THEN\n            PERFORM set_config(" + names.queued()
                + ", 'x', true);\n            INSERT INTO " + names.marker() + " VALUES (true);\n        END IF;\n";
    }

    /**
     * Applies at the commit, or when somebody sets all constraints to immediate. If that happens inside of a statement,
     * what it has changed so far is half a statement: the end of the statement queues again.
     */
    private String commit() {
        return function(
                names.commit(),
                "trigger",
                definer(),
                "\nBEGIN\n" + shape.pass() + "    PERFORM " + showWriterKey + ";\n    DELETE FROM " + names.marker()
                        + ";\n    PERFORM set_config(" + names.queued()
                        + ", '', true);\n    IF " + setting(names.depth()) + " = '' AND " + setting(names.changed())
                        + " <> '' THEN\n        PERFORM " + names.apply()
                        + "();\n    END IF;\n    RETURN NULL;\nEND\n");
    }

    private String apply() {
        StringBuilder body =
                new StringBuilder("\n#variable_conflict use_column\nDECLARE\n    pgstream_sources text := ");
        body.append(setting(names.changed()))
                .append(";\n")
                .append(programs.declarations())
                .append("BEGIN\n");
        body.append(programs.lock(programs.commutes()));
        return applyBody(body);
    }

    private String applyBody(StringBuilder body) {
        Function<ChangeScan, String> kept = scan -> {
            SynchronousSource source = sources.stream()
                    .filter(candidate -> candidate.table().oid() == scan.table().oid())
                    .findFirst()
                    .orElseThrow();
            return "SELECT "
                    + scan.columns().stream()
                            .map(column -> "b." + Identifiers.quote(column.name()) + " AS " + column.sqlName() + ", ")
                            .collect(Collectors.joining())
                    + "b.pgstream_weight AS " + scan.weight().sqlName() + " FROM " + names.pending(source.number())
                    + " AS b";
        };
        OperatorRenderer.ChangeSource changes = kept::apply;
        body.append("    PERFORM set_config(").append(names.changed()).append(", '', true);\n");
        body.append("    IF position('T' in pgstream_sources) > 0 THEN\n").append(programs.full(programs.commutes()));
        if (sources.size() > 1) {
            for (SynchronousSource source : sources) {
                body.append("    ELSIF pgstream_sources = '")
                        .append(source.token())
                        .append("' THEN\n");
                body.append(programs.apply(changes, Set.of(source.table().oid())));
            }
        }
        body.append("    ELSE\n");
        body.append(programs.apply(
                changes, sources.stream().map(source -> source.table().oid()).collect(Collectors.toSet())));
        body.append("    END IF;\n");
        for (SynchronousSource source : sources) {
            body.append("    IF position('")
                    .append(source.token())
                    .append("' in pgstream_sources) > 0 THEN\n        DELETE FROM ");
            body.append(names.pending(source.number())).append(";\n    END IF;\n");
        }
        return function(names.apply(), "void", "", body.append("END\n").toString());
    }

    /** The tables and types that the functions use. */
    List<String> tables() {
        List<String> statements = new ArrayList<>();
        statements.add("CREATE TABLE " + names.lock() + " ()");
        statements.add("CREATE SEQUENCE " + names.version());
        for (SynchronousSource source : sources) {
            statements.add("CREATE UNLOGGED TABLE " + names.pending(source.number())
                    + " WITH (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0)"
                    + " AS SELECT 1::smallint AS pgstream_weight" + source.columns("r.") + " FROM "
                    + Identifiers.quote(source.table().name()) + " AS r WITH NO DATA");
        }
        if (onCommit) {
            statements.add("CREATE UNLOGGED TABLE " + names.marker() + " (queued boolean)"
                    + " WITH (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0)");
        }
        statements.addAll(programs.types());
        return statements;
    }

    /** The triggers on the sources, and on the marker. */
    List<Trigger> triggers() {
        List<Trigger> triggers = new ArrayList<>();
        for (SynchronousSource source : sources) {
            String table = Identifiers.quote(source.table().name());
            triggers.add(new Trigger(
                    table,
                    names.trigger("enter"),
                    "BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON " + table + " FOR EACH STATEMENT",
                    names.enter()));
            for (Operation operation : Operation.values()) {
                String name = operation.name().toLowerCase(java.util.Locale.ROOT);
                triggers.add(new Trigger(
                        table,
                        names.trigger(name),
                        "AFTER " + operation + " ON " + table + operation.referencing() + " FOR EACH STATEMENT",
                        names.after(source.number(), name)));
            }
        }
        return triggers;
    }

    /** The constraint trigger that makes the commit apply; {@code null} where statements do. */
    @Nullable
    String constraintTrigger() {
        return onCommit
                ? "CREATE CONSTRAINT TRIGGER pgstream_commit AFTER INSERT ON " + names.marker()
                        + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION " + names.commit() + "()"
                : null;
    }

    /** A trigger on a source. */
    record Trigger(String table, String name, String event, String function) {

        String create() {
            return "CREATE TRIGGER " + name + " " + event + " EXECUTE FUNCTION " + function + "()";
        }
    }
}
