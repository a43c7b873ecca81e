package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Random queries that their writers maintain, over random changes: in the mode IMMEDIATE equal after every statement, in
 * the mode ON_COMMIT after every transaction. The properties of {@link RandomOracleTest} choose another run,
 * {@code pgstream.oracle.synchronousCases} a longer one, {@code pgstream.oracle.refusals} prints why queries are refused.
 */
class SynchronousOracleTest {

    private static final long SEED = Long.getLong("pgstream.oracle.seed", 20_261_126);

    private static final int CASES = Integer.getInteger("pgstream.oracle.synchronousCases", 4);

    private static final int CYCLES = Integer.getInteger("pgstream.oracle.cycles", 3);

    private static final int CASES_PER_DATABASE = 25;

    private static final List<RefreshMode> MODES = List.of(RefreshMode.IMMEDIATE, RefreshMode.ON_COMMIT);

    private int accepted;

    private int refused;

    private int comparisons;

    @Test
    void every_table_is_right_when_it_promises_to_be_on_postgresql_18() throws SQLException {
        run(TestServer.of(18), SEED, CASES);
    }

    @Test
    void every_table_is_right_when_it_promises_to_be_on_postgresql_15() throws SQLException {
        run(TestServer.of(15), SEED + 1_000_000, Math.max(1, CASES / 4));
    }

    private void run(TestServer server, long seed, int cases) throws SQLException {
        for (int first = 0; first < cases; first += CASES_PER_DATABASE) {
            try (Oracle oracle = new Oracle(server)) {
                for (int i = first; i < Math.min(cases, first + CASES_PER_DATABASE); i++) {
                    one(oracle, server, seed + i);
                }
            }
        }
        System.out.println("synchronous oracle on PostgreSQL " + server.version() + ": seed " + seed + ", " + accepted
                + " queries accepted, " + refused + " refused, " + comparisons + " comparisons");
        // All queries of a case can read one table that happens to be partitioned.
        assertThat((accepted == 0) ? refused : comparisons).isPositive();
    }

    private void one(Oracle oracle, TestServer server, long seed) throws SQLException {
        RandomScenario generator = new RandomScenario(oracle, seed, false, MODES);
        Scenario scenario = generator.create(CYCLES);
        accepted += generator.accepted();
        refused += generator.refusals().size();
        if (Boolean.getBoolean("pgstream.oracle.refusals")) {
            generator.refusals().values().forEach(reason -> System.out.println("seed " + seed + ": " + reason));
        }
        Oracle.Outcome outcome = oracle.write(scenario);
        comparisons += outcome.comparisons();
        Oracle.Failure failure = outcome.failure();
        if (failure != null) {
            Scenario smaller = new Shrinker(oracle, 60).shrink(scenario, failure);
            throw new AssertionError("PostgreSQL " + server.version() + ", -Dpgstream.oracle.seed=" + seed
                    + " -Dpgstream.oracle.synchronousCases=1: " + failure + "\nsmaller: "
                    + oracle.play(smaller).failure() + "\n" + smaller.script());
        }
    }
}
