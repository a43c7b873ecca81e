package io.pgstream.refresh;

import io.pgstream.catalog.StreamTableRow;
import io.pgstream.delta.ChangeCounts;
import io.pgstream.delta.FreshProgram;
import io.pgstream.delta.ProgramBuilder;
import io.pgstream.plan.expr.Column;
import io.pgstream.sql.Identifiers;
import io.pgstream.sql.ReadOnlyRenderer;
import io.pgstream.sql.TargetTable;
import io.pgstream.support.QuestionMarks;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Writes the function that says by which rows a stream table differs from its query at the snapshot of the statement that
 * calls it: the place of each row that goes, and the columns of each row that comes. It is STABLE, so that all of its
 * statements read that one snapshot. Where the captured changes do not tell, it runs the query and says that all stored
 * rows go.
 */
final class FreshFunction {

    /** How many changes of each table its plans are made for. */
    private static final long USUAL_CHANGES = 1_000;

    /** The text of a delta that the planner would take longer for than for running the query. */
    private static final int LARGEST_PROGRAM = 200_000;

    private final String catalog;

    private final PreparedTable table;

    private final StreamTableRow row;

    private final TargetTable target;

    /** @param catalog the schema of the catalog, quoted */
    FreshFunction(String catalog, PreparedTable table) {
        this.catalog = catalog;
        this.table = table;
        this.row = table.row();
        this.target = table.target();
    }

    String name() {
        return table.buffers().freshFunction(row.id());
    }

    static String hash(String text) {
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private List<Column> columns() {
        return target.columns();
    }

    private String result(int number) {
        return "pgstream_" + (number + 1);
    }

    /** The function as DDL. */
    String create() {
        StringBuilder result = new StringBuilder("pgstream_tid tid, pgstream_all boolean");
        for (int i = 0; i < columns().size(); i++) {
            result.append(", ")
                    .append(result(i))
                    .append(' ')
                    .append(columns().get(i).type().text());
        }
        String body = body();
        String tag = "$pgstream$";
        for (int i = 0; body.contains(tag); i++) {
            tag = "$pgstream" + i + "$";
        }
        return "CREATE OR REPLACE FUNCTION " + name() + "() RETURNS TABLE (" + result
                + ") LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1000"
                + row.environment().functionClauses()
                + " SET plan_cache_mode = force_generic_plan SET random_page_cost = 1.1 SET jit = off"
                + " SET max_parallel_workers_per_gather = 0 SET work_mem = '64MB' AS " + tag + body + tag;
    }

    private String body() {
        if (row.effectiveMode().synchronous()) {
            return "\nBEGIN\n    -- Its writers keep it right.\n    RETURN;\nEND\n";
        }
        StringBuilder body = new StringBuilder("\n#variable_conflict use_column\nDECLARE\n    pgstream_xmax xid8;\n"
                + "    pgstream_open xid8[];\n    pgstream_sources bigint[];\nBEGIN\n    IF NOT EXISTS (SELECT FROM "
                + catalog + ".pgs_stream_tables AS t WHERE t.id = " + row.id() + " AND t.version = " + row.version()
                + ") THEN\n        RAISE EXCEPTION 'the definition of the stream table % has changed', "
                + Identifiers.literal(row.name().toString())
                + " USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Its fresh view is renewed when the table"
                + " has been loaded. Read it again then.';\n    END IF;\n");
        ProgramBuilder builder = table.builder();
        if (builder != null
                && table.differential()
                && table.crossings().isEmpty()
                && !captured().isEmpty()) {
            body.append("    BEGIN\n")
                    .append(differential(builder))
                    .append("    EXCEPTION\n        WHEN data_exception OR"
                            + " data_corrupted OR cardinality_violation OR undefined_table OR undefined_column THEN NULL;\n"
                            + "    END;\n");
        }
        return body.append("    RETURN QUERY ")
                .append(whole())
                .append(";\nEND\n")
                .toString();
    }

    private String differential(ProgramBuilder builder) {
        FreshProgram program = builder.reading(table.buffers().after("pgstream_xmax", "pgstream_open"));
        StringBuilder body = new StringBuilder("        ")
                .append(trusted())
                .append(";\n")
                .append("        IF cardinality(pgstream_sources) = 0 THEN\n            RETURN;\n        END IF;\n");
        List<Long> sources = captured().stream()
                .map(StreamTableRow.Dependency::relid)
                .sorted()
                .toList();
        if (sources.size() > 1) {
            for (long source : sources) {
                body.append(changed(program, List.of(source), "pgstream_sources = '{" + source + "}'"));
            }
        }
        return body.append(changed(program, sources, "pgstream_sources IS NOT NULL"))
                .toString();
    }

    private String changed(FreshProgram program, List<Long> sources, String condition) {
        Map<Long, Long> counts = new TreeMap<>();
        sources.forEach(source -> counts.put(source, USUAL_CHANGES));
        String select = program.select(ChangeCounts.of(counts, true), catalog + ".fresh_read_damaged()");
        if (select.length() > LARGEST_PROGRAM) {
            return "";
        }
        return "        IF " + condition + " THEN\n            RETURN QUERY SELECT q.tid, false, "
                + columns().stream().map(column -> "q." + column.sqlName()).collect(Collectors.joining(", "))
                + " FROM (" + QuestionMarks.unescaped(select) + ") AS q;\n            RETURN;\n        END IF;\n";
    }

    private List<StreamTableRow.Dependency> captured() {
        return row.dependencies().stream()
                .filter(dependency -> dependency.captureId() != null)
                .toList();
    }

    /**
     * Which sources have changed; NULL if the captured changes do not tell. The statement locks all that will be read before
     * it looks at anything. What was emptied or rewritten after the snapshot is told by its file: the row of the catalog
     * is that of the snapshot, the function knows the present one.
     */
    private String trusted() {
        String id = Long.toString(row.id());
        String captures = row.dependencies().stream()
                .sorted(Comparator.comparingLong(StreamTableRow.Dependency::relid))
                .map(dependency -> dependency.relid() + ":" + dependency.captureId())
                .collect(Collectors.joining(","));
        return "WITH frontier AS MATERIALIZED (SELECT pg_snapshot_xmax(f.frontier) AS xmax,"
                + " ARRAY(SELECT pg_snapshot_xip(f.frontier)) AS open, f.plan_hash, f.system_id FROM " + catalog
                + ".pgs_frontiers AS f WHERE f.stream_table_id = " + id + "), counts AS MATERIALIZED ("
                + table.buffers().counts() + "), dependencies AS MATERIALIZED (SELECT d.source_relid, d.source_name,"
                + " d.capture_id, d.fingerprint, d.columns AS used, c.columns FROM " + catalog
                + ".pgs_dependencies AS d LEFT JOIN " + catalog + ".pgs_captures AS c ON c.id = d.capture_id WHERE"
                + " d.stream_table_id = " + id + ") SELECT f.xmax, f.open, CASE WHEN f.plan_hash = "
                + Identifiers.literal(table.planHash()) + " AND f.system_id = " + catalog
                + ".database_identity() AND f.xmax <= pg_snapshot_xmax(pg_current_snapshot()) AND (SELECT"
                + " coalesce(sum(k.markers), 0) = 0 AND coalesce(sum(k.changed), 0) <= " + table.smallDelta()
                + " FROM counts AS k) AND (SELECT string_agg(d.source_relid || ':' || coalesce(d.capture_id::text,"
                + " 'null'), ',' ORDER BY d.source_relid) FROM dependencies AS d) = '" + captures + "'"
                + locked()
                + " AND NOT EXISTS (SELECT FROM dependencies AS d WHERE to_regclass(d.source_name)::oid IS DISTINCT FROM"
                + " d.source_relid OR d.fingerprint IS DISTINCT FROM " + catalog + ".source_fingerprint(d.source_relid,"
                + " coalesce(d.capture_id, 0), coalesce(d.columns, d.used))"
                + " OR d.capture_id IS NOT NULL AND d.fingerprint NOT LIKE '%/complete')"
                + " AND NOT EXISTS (SELECT FROM " + catalog + ".pgs_used_functions AS u WHERE u.stream_table_id = " + id
                + " AND u.fingerprint <> " + catalog + ".functions_fingerprint(u.functions))"
                + " AND NOT EXISTS (" + replaced() + ") THEN ARRAY(SELECT k.source FROM counts AS k WHERE k.changed > 0"
                + " ORDER BY k.source) END INTO pgstream_xmax, pgstream_open, pgstream_sources FROM frontier AS f";
    }

    /** Reads no row, but takes the locks. */
    private String locked() {
        return java.util.stream.Stream.concat(
                        table.states().stream().map(state -> state.table().sqlName()),
                        captured().stream().map(dependency -> Identifiers.quote(dependency.name())))
                .distinct()
                .map(relation -> " AND NOT EXISTS (SELECT FROM " + relation + " AS x WHERE false)")
                .collect(Collectors.joining());
    }

    private String replaced() {
        String own = java.util.stream.Stream.concat(
                        java.util.stream.Stream.concat(
                                java.util.stream.Stream.of(target.sqlName()),
                                table.states().stream()
                                        .map(state -> state.table().sqlName())),
                        table.buffers().tables().stream())
                .map(name -> "to_regclass(" + Identifiers.literal(name) + ")::oid")
                .collect(Collectors.joining(", "));
        return "SELECT FROM (SELECT unnest(ARRAY[" + own
                + "]) AS relid UNION ALL SELECT d.source_relid FROM dependencies"
                + " AS d UNION ALL SELECT p.relid FROM dependencies AS d, pg_partition_tree(d.source_relid) AS p) AS r"
                + " LEFT JOIN pg_class AS c ON c.oid = r.relid WHERE c.oid IS NULL OR c.relfilenode <>"
                + " coalesce(pg_relation_filenode(r.relid), 0)";
    }

    private String whole() {
        String nothing =
                columns().stream().map(column -> column.type().nothing()).collect(Collectors.joining(", "));
        String named = columns().stream()
                .map(column -> "w." + target.name(column) + " AS " + column.sqlName())
                .collect(Collectors.joining(", "));
        return "SELECT NULL::tid, true, " + nothing + " UNION ALL SELECT NULL::tid, false, "
                + ReadOnlyRenderer.typed(target, "q") + " FROM (SELECT " + named + " FROM (" + row.canonicalQuery()
                + ") AS w) AS q";
    }

    /**
     * The view as DDL. It is owned by the engine's role, and asks for the rights of whoever reads it.
     *
     * @param view its name, quoted
     */
    String view(String view) {
        StringBuilder stored = new StringBuilder();
        StringBuilder coming = new StringBuilder();
        for (int i = 0; i < columns().size(); i++) {
            Column column = columns().get(i);
            stored.append(i == 0 ? "" : ", ").append(target.name("t", column));
            coming.append(i == 0 ? "c." : ", c.")
                    .append(result(i))
                    .append(column.type().collation());
        }
        String allowed = catalog + ".may_read_fresh(" + row.relid() + "::oid)";
        return "CREATE VIEW " + view + " AS WITH change AS MATERIALIZED (SELECT * FROM " + name() + "()) SELECT "
                + stored
                + " FROM " + target.sqlName() + " AS t WHERE " + allowed
                + " AND NOT EXISTS (SELECT FROM change AS c WHERE c.pgstream_all) AND t.ctid NOT IN (SELECT c.pgstream_tid"
                + " FROM change AS c WHERE c.pgstream_tid IS NOT NULL) UNION ALL SELECT " + coming
                + " FROM change AS c WHERE " + allowed + " AND c.pgstream_tid IS NULL AND NOT c.pgstream_all";
    }
}
