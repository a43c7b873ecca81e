package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.test.TestServer;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/**
 * Random queries over random changes, read by their fresh views while the changes are pending. The properties of
 * {@link RandomOracleTest} choose another run, and {@code pgstream.oracle.freshCases} a longer one.
 */
class FreshReadOracleTest {

    private static final long SEED = Long.getLong("pgstream.oracle.seed", 20_261_145);

    private static final int CASES = Integer.getInteger("pgstream.oracle.freshCases", 3);

    private static final int CYCLES = Integer.getInteger("pgstream.oracle.cycles", 3);

    private static final int CASES_PER_DATABASE = 25;

    private int comparisons;

    private int byQuery;

    @Test
    void every_fresh_read_equals_the_query_on_postgresql_18() throws SQLException {
        run(TestServer.of(18), SEED, CASES);
    }

    @Test
    void every_fresh_read_equals_the_query_on_postgresql_15() throws SQLException {
        run(TestServer.of(15), SEED + 1_000_000, Math.max(1, CASES / 3));
    }

    private void run(TestServer server, long seed, int cases) throws SQLException {
        for (int first = 0; first < cases; first += CASES_PER_DATABASE) {
            try (Oracle oracle = new Oracle(server)) {
                for (int i = first; i < Math.min(cases, first + CASES_PER_DATABASE); i++) {
                    one(oracle, server, seed + i);
                }
            }
        }
        System.out.println("fresh reads on PostgreSQL " + server.version() + ": seed " + seed + ", " + comparisons
                + " comparisons, " + byQuery + " of them of views that ran the query");
        assertThat(byQuery).isLessThan(comparisons / 2);
    }

    private void one(Oracle oracle, TestServer server, long seed) throws SQLException {
        RandomScenario generator = new RandomScenario(oracle, seed);
        Scenario scenario = generator.create(CYCLES);
        Oracle.Outcome outcome = oracle.read(scenario, seed);
        comparisons += outcome.comparisons();
        byQuery += outcome.full();
        if (outcome.failure() != null) {
            throw new AssertionError("PostgreSQL " + server.version() + ", -Dpgstream.oracle.seed=" + seed
                    + " -Dpgstream.oracle.freshCases=1: " + outcome.failure() + "\n" + scenario.script());
        }
    }
}
