package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.test.TestServer;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Random queries that their writers maintain, in both modes, under eight writers of random changes: transactions of all isolation
 * levels, savepoints, rollbacks. Any reader finds each table equal to its query at any moment, and a writer who cannot be served
 * is told so by a serialization failure or a deadlock. {@code pgstream.oracle.concurrentCases} chooses a longer run, the properties
 * of {@link RandomOracleTest} another one.
 */
class ConcurrentOracleTest {

    private static final long SEED = Long.getLong("pgstream.oracle.seed", 20_261_127);

    private static final int CASES = Integer.getInteger("pgstream.oracle.concurrentCases", 1);

    private static final int CYCLES = Integer.getInteger("pgstream.oracle.cycles", 2);

    private static final int CASES_PER_DATABASE = 25;

    private static final int WRITERS = 8;

    private static final List<RefreshMode> MODES = List.of(RefreshMode.IMMEDIATE, RefreshMode.ON_COMMIT);

    private int accepted;

    private int comparisons;

    private int statements;

    private int refused;

    private int deadlocks;

    @Test
    void eight_writers_leave_every_table_right_on_postgresql_18() throws Exception {
        run(TestServer.of(18), SEED, CASES);
    }

    @Test
    void eight_writers_leave_every_table_right_on_postgresql_15() throws Exception {
        run(TestServer.of(15), SEED + 1_000_000, Math.max(1, CASES / 4));
    }

    private void run(TestServer server, long seed, int cases) throws Exception {
        for (int first = 0; first < cases; first += CASES_PER_DATABASE) {
            try (Oracle oracle = new Oracle(server)) {
                for (int i = first; i < Math.min(cases, first + CASES_PER_DATABASE); i++) {
                    one(oracle, server, seed + i);
                }
            }
        }
        System.out.println("8 writers on PostgreSQL " + server.version() + ": seed " + seed + ", " + accepted
                + " queries, " + statements + " statements worked, " + refused + " were refused, " + deadlocks
                + " of them in a deadlock, " + comparisons + " comparisons");
        assertThat(comparisons).isPositive();
        assertThat(statements).isGreaterThan(refused);
    }

    private void one(Oracle oracle, TestServer server, long seed) throws Exception {
        RandomScenario generator = new RandomScenario(oracle, seed, false, MODES);
        Scenario scenario = generator.create(WRITERS * CYCLES);
        accepted += generator.accepted();
        if (scenario.streamTables().isEmpty()) {
            return;
        }
        ConcurrentSessions.Result result = oracle.writeAtOnce(scenario, WRITERS, seed);
        comparisons += result.comparisons();
        statements += result.statements();
        refused += result.refused();
        deadlocks += result.deadlocks().size();
        if (Boolean.getBoolean("pgstream.oracle.deadlocks")) {
            result.deadlocks().forEach(it -> System.out.println("seed " + seed + ": " + it));
        }
        if (result.failure() != null) {
            throw new AssertionError("PostgreSQL " + server.version() + ", -Dpgstream.oracle.seed=" + seed
                    + " -Dpgstream.oracle.concurrentCases=1: " + result.failure() + "\n" + scenario.script());
        }
    }
}
