package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.UnsupportedQueryException;
import io.pgstream.test.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people write in dashboards, funnels, reports and documents is maintained differentially. */
class RealisticQueriesTest {

    private static final int CYCLES = Integer.getInteger("pgstream.realistic.cycles", 1);

    /** Of more than two hundred, those that are not yet differential. */
    private static final int MOST_REFUSED = 5;

    private static final int MORE_CYCLES = 2;

    @Test
    void every_form_of_the_grammar_is_maintained() throws Exception {
        assertMaintained(18, RealisticQueries.syntax(), Math.max(CYCLES, MORE_CYCLES), 0);
    }

    @Test
    void more_realistic_queries_are_maintained() throws Exception {
        assertMaintained(18, RealisticQueries.moreQueries(), Math.max(CYCLES, MORE_CYCLES), 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void realistic_queries_are_maintained(int version) throws Exception {
        List<String> queries = RealisticQueries.queries();
        assertMaintained(version, (version == 18 || CYCLES > 1) ? queries : everySecond(queries), CYCLES, MOST_REFUSED);
    }

    /** Where the version matters to few of them, and a build shall not take longer for it. */
    private static List<String> everySecond(List<String> queries) {
        return IntStream.range(0, queries.size())
                .filter(i -> i % 2 == 0)
                .mapToObj(queries::get)
                .toList();
    }

    @Test
    void what_people_report_on_is_maintained() throws Exception {
        assertMaintained(
                18,
                RealisticQueries.reportingTables(),
                RealisticQueries.reportingQueries(),
                RealisticQueries.reportingChanges(),
                0);
    }

    @Test
    void what_tools_print_is_maintained() throws Exception {
        assertMaintained(18, RealisticQueries.generatedQueries(), Math.max(CYCLES, MORE_CYCLES), 0);
    }

    @Test
    void what_is_asked_of_a_warehouse_is_maintained() throws Exception {
        assertMaintained(
                18,
                RealisticQueries.warehouseTables(),
                RealisticQueries.warehouseQueries(),
                RealisticQueries.warehouseChanges(),
                0);
    }

    @Test
    void what_applications_ask_is_maintained() throws Exception {
        assertMaintained(
                18,
                RealisticQueries.applicationTables(),
                RealisticQueries.applicationQueries(),
                RealisticQueries.applicationChanges(),
                0);
    }

    @Test
    void queries_over_every_type_are_maintained() throws Exception {
        assertMaintained(
                18,
                RealisticQueries.variedTables(),
                RealisticQueries.variedQueries(),
                RealisticQueries.variedChanges(),
                0);
    }

    @Test
    void what_operations_ask_is_maintained() throws Exception {
        assertMaintained(
                18,
                RealisticQueries.operationsTables(),
                RealisticQueries.operationsQueries(),
                RealisticQueries.operationsChanges(),
                0);
    }

    private static void assertMaintained(int version, List<String> queries, int changes, int mostRefused)
            throws Exception {
        Random random = new Random(version);
        List<List<String>> cycles = new ArrayList<>();
        for (int i = 0; i < changes; i++) {
            cycles.add(RealisticQueries.changes(random));
        }
        assertMaintained(version, RealisticQueries.tables(), queries, cycles, mostRefused);
    }

    private static void assertMaintained(
            int version, List<String> setup, List<String> queries, List<List<String>> cycles, int mostRefused)
            throws Exception {
        List<String> refused = new ArrayList<>();
        List<Scenario.StreamTable> tables = new ArrayList<>();
        try (Oracle oracle = new Oracle(TestServer.of(version))) {
            oracle.reset();
            for (String statement : setup) {
                oracle.sql(statement);
            }
            for (String query : queries) {
                Scenario.StreamTable table =
                        new Scenario.StreamTable("st" + tables.size(), query, RefreshMode.DIFFERENTIAL, false);
                try {
                    oracle.create(table);
                    tables.add(table);
                } catch (UnsupportedQueryException e) {
                    refused.add(e.getMessage() + "\n" + query);
                }
            }
            Scenario scenario = new Scenario("realistic", List.of(), tables, cycles, false);
            assertThat(oracle.change(scenario).failure()).as(scenario.script()).isNull();
        }
        assertThat(refused).hasSizeLessThanOrEqualTo(mostRefused);
    }
}
