package io.pgstream.oracle;

import io.pgstream.RefreshMode;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that happens to one schema: what is made and loaded, the stream tables, and what changes between refreshes.
 *
 * @param origin where it comes from: the seed
 * @param bulk whether refreshes use the plans for large changes
 */
record Scenario(
        String origin, List<String> setup, List<StreamTable> streamTables, List<List<String>> cycles, boolean bulk) {

    /** Statistics of the tables of the schema; of those of PostgreSQL they would take a second. */
    static final String ANALYZE =
            "DO $$ DECLARE t regclass; BEGIN FOR t IN SELECT oid FROM pg_class WHERE relnamespace = 'o'::regnamespace"
                    + " AND relkind IN ('r', 'p') LOOP EXECUTE 'ANALYZE ' || t; END LOOP; END $$";

    /** A stream table; earlier ones of a scenario can be read by later ones. */
    record StreamTable(String name, String query, RefreshMode mode, boolean floats) {}

    /** One query that is maintained differentially. */
    static Scenario following(
            String origin, List<String> setup, String query, List<List<String>> cycles, boolean bulk) {
        return new Scenario(
                origin, setup, List.of(new StreamTable("st", query, RefreshMode.DIFFERENTIAL, false)), cycles, bulk);
    }

    /** Whether the tables have statistics, by which joins are ordered: in one half of the scenarios. */
    boolean analyzed() {
        return Math.floorMod(origin.hashCode(), 2) == 0;
    }

    /** Whether some changes are read from a backlog: in one third of the scenarios. */
    boolean lagging() {
        return Math.floorMod(setup.hashCode(), 3) == 0;
    }

    /**
     * Whether equal values can look different, such as 1 and 1.0 in a jsonb: a group keeps the look that it has, and a full refresh writes
     * another.
     */
    boolean looksDiffer() {
        return origin.startsWith("application");
    }

    Scenario withSetup(List<String> statements) {
        return new Scenario(origin, statements, streamTables, cycles, bulk);
    }

    Scenario withStreamTables(List<StreamTable> tables) {
        return new Scenario(origin, setup, tables, cycles, bulk);
    }

    Scenario withCycles(List<List<String>> newCycles) {
        return new Scenario(origin, setup, streamTables, newCycles, bulk);
    }

    /**
     * A script for psql, which makes the stream tables as materialized views: after it they hold what the stream tables
     * should. Statements may fail in it as they did.
     */
    String script() {
        List<String> lines = new ArrayList<>();
        lines.add("-- " + origin + (bulk ? ", plans for large changes" : ""));
        lines.add("DROP SCHEMA IF EXISTS o CASCADE;");
        lines.add("CREATE SCHEMA o;");
        lines.add("SET search_path = o;");
        lines.add("SET TimeZone = 'UTC';");
        setup.forEach(statement -> lines.add(terminated(statement)));
        if (analyzed()) {
            lines.add(ANALYZE + ";");
        }
        for (StreamTable table : streamTables) {
            lines.add("-- stream table " + table.name() + ", " + table.mode() + ":");
            lines.add("CREATE MATERIALIZED VIEW " + table.name() + " AS " + table.query() + ";");
        }
        for (List<String> cycle : cycles) {
            cycle.forEach(statement -> lines.add(terminated(statement)));
            lines.add("ROLLBACK;");
            streamTables.forEach(table -> lines.add("REFRESH MATERIALIZED VIEW " + table.name() + ";"));
        }
        streamTables.forEach(table -> lines.add("TABLE " + table.name() + ";"));
        return String.join("\n", lines);
    }

    private static String terminated(String statement) {
        return statement.endsWith("\\.") ? statement : statement + ";";
    }
}
