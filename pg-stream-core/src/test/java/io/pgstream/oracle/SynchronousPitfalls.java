package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import java.sql.SQLException;
import java.util.List;

/**
 * Lays a trap again for tables that their writers maintain, in both modes: equal after each statement, or after each commit.
 */
final class SynchronousPitfalls {

    /** Each of so many pitfalls is laid again; 1 for all of them. */
    private static final int SHARE = Integer.getInteger("pgstream.oracle.synchronousPitfalls", 24);

    private SynchronousPitfalls() {}

    static void lay(Oracle oracle, Scenario scenario) throws SQLException {
        List<String> queries = scenario.streamTables().stream()
                .map(Scenario.StreamTable::query)
                .toList();
        int hash = Math.floorMod(queries.hashCode(), SHARE);
        for (RefreshMode mode : List.of(RefreshMode.IMMEDIATE, RefreshMode.ON_COMMIT)) {
            if (mode.ordinal() % SHARE == hash) {
                lay(oracle, scenario, mode);
            }
        }
    }

    private static void lay(Oracle oracle, Scenario scenario, RefreshMode mode) throws SQLException {
        Scenario written = scenario.withStreamTables(scenario.streamTables().stream()
                .map(table -> new Scenario.StreamTable(table.name(), table.query(), mode, table.floats()))
                .toList());
        Oracle.Outcome outcome = oracle.play(written);
        assertThat(outcome.failure()).as(written.script()).isNull();
    }
}
