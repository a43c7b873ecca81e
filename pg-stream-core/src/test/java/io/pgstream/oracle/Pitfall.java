package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** One trap: tables, what happens to them between refreshes, and the queries that must not fall into it. */
final class Pitfall {

    private final Oracle oracle;

    private final List<String> tables;

    private final List<List<String>> cycles = new ArrayList<>();

    Pitfall(Oracle oracle, List<String> tables) {
        this.oracle = oracle;
        this.tables = tables;
    }

    /** What happens before the next refresh. */
    Pitfall cycle(String... statements) {
        return cycle(List.of(statements));
    }

    /** The same. */
    Pitfall cycle(List<String> statements) {
        cycles.add(statements);
        return this;
    }

    /** Each query is maintained differentially, by the plans for small changes and by those for large ones. */
    void maintains(String... queries) throws SQLException {
        List<Scenario.StreamTable> streamTables = new ArrayList<>();
        for (String query : queries) {
            String name = "st" + streamTables.size();
            streamTables.add(new Scenario.StreamTable(name, query, RefreshMode.DIFFERENTIAL, false));
        }
        Scenario small = new Scenario("pitfall", tables, streamTables, cycles, false);
        play(small);
        play(new Scenario("pitfall", tables, streamTables, cycles, true));
        SynchronousPitfalls.lay(oracle, small);
    }

    /** The same of a query that was made by chance, by one kind of plans. */
    void maintainsMade(String query, boolean bulk) throws SQLException {
        Scenario scenario = Scenario.following(query, tables, query, cycles, bulk);
        play(scenario);
        SynchronousPitfalls.lay(oracle, scenario);
    }

    private void play(Scenario scenario) throws SQLException {
        Oracle.Outcome outcome = oracle.play(scenario);
        assertThat(outcome.failure()).as(scenario.script()).isNull();
        assertThat(outcome.differential())
                .as(scenario.script())
                .isGreaterThanOrEqualTo(scenario.streamTables().size());
    }
}
