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

    /** A stream table; earlier ones of a scenario can be read by later ones. */
    record StreamTable(String name, String query, RefreshMode mode, boolean floats) {}

    Scenario withSetup(List<String> statements) {
        return new Scenario(origin, statements, streamTables, cycles, bulk);
    }

    Scenario withStreamTables(List<StreamTable> tables) {
        return new Scenario(origin, setup, tables, cycles, bulk);
    }

    Scenario withCycles(List<List<String>> newCycles) {
        return new Scenario(origin, setup, streamTables, newCycles, bulk);
    }

    /** A script for psql; what pg-stream does stands in comments. */
    String script() {
        List<String> lines = new ArrayList<>();
        lines.add("-- " + origin + (bulk ? ", plans for large changes" : ""));
        lines.add("CREATE SCHEMA o; SET search_path = o; SET TimeZone = 'UTC';");
        setup.forEach(statement -> lines.add(terminated(statement)));
        for (StreamTable table : streamTables) {
            lines.add("-- stream table " + table.name() + ", " + table.mode() + ":");
            lines.add("CREATE MATERIALIZED VIEW " + table.name() + " AS " + table.query() + ";");
        }
        for (List<String> cycle : cycles) {
            cycle.forEach(statement -> lines.add(terminated(statement)));
            lines.add("-- refresh all");
        }
        return String.join("\n", lines);
    }

    private static String terminated(String statement) {
        return statement.endsWith("\\.") ? statement : statement + ";";
    }
}
