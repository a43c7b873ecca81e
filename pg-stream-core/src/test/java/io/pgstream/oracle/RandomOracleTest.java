package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Random queries over random changes. {@code pgstream.oracle.seed}, {@code pgstream.oracle.cases} and
 * {@code pgstream.oracle.cycles} choose another run, or a longer one; every build runs the same one, so that it fails
 * by what was changed and not by chance; the first case of a run has the seed itself, so that
 * the seed of a failure and one case replay it.
 */
class RandomOracleTest {

    private static final long SEED = Long.getLong("pgstream.oracle.seed", 20_261_121);

    private static final int CASES = Integer.getInteger("pgstream.oracle.cases", 14);

    private static final int CYCLES = Integer.getInteger("pgstream.oracle.cycles", 4);

    private static final int SECONDS_TO_SHRINK = 60;

    private static final int CASES_PER_DATABASE = 25;

    @Test
    void every_stream_table_equals_its_query_on_postgresql_18() throws SQLException {
        new Run(TestServer.of(18)).run(SEED, CASES);
    }

    @Test
    void every_stream_table_equals_its_query_on_postgresql_15() throws SQLException {
        new Run(TestServer.of(15)).run(SEED + 1_000_000, Math.max(1, CASES / 4));
    }

    /** A number of cases on one server. */
    static final class Run {

        private final TestServer server;

        private int accepted;

        private int comparisons;

        private int differential;

        private final Map<String, String> refusals = new TreeMap<>();

        private final boolean clock;

        Run(TestServer server) {
            this(server, false);
        }

        Run(TestServer server, boolean clock) {
            this.clock = clock;
            this.server = server;
        }

        void run(long seed, int cases) throws SQLException {
            System.out.println("oracle on PostgreSQL " + server.version() + ": seed " + seed + ", " + cases + " cases");
            for (int first = 0; first < cases; first += CASES_PER_DATABASE) {
                try (Oracle oracle = new Oracle(server)) {
                    for (int i = first; i < Math.min(cases, first + CASES_PER_DATABASE); i++) {
                        one(oracle, seed + i);
                    }
                }
            }
            System.out.println("oracle on PostgreSQL " + server.version() + ": " + comparisons + " refreshes compared, "
                    + differential + " of them differential; " + accepted + " queries accepted, " + refusals.size()
                    + " refused");
            refusals.values().stream()
                    .distinct()
                    .limit(20)
                    .forEach(reason -> System.out.println("  refused: " + reason));
            assertThat(accepted)
                    .as("accepted queries, at least 90 %% of them and the refused ones: %s", refusals)
                    .isGreaterThanOrEqualTo((clock ? 3 : 9) * refusals.size());
        }

        void one(Oracle oracle, long seed) throws SQLException {
            RandomScenario generator = new RandomScenario(oracle, seed, clock);
            Scenario scenario;
            try {
                scenario = generator.create(CYCLES);
            } catch (RandomScenario.CreationFailedException e) {
                throw shrunk(oracle, seed, e.scenario(), e.failure());
            }
            accepted += generator.accepted();
            refusals.putAll(generator.refusals());
            Oracle.Outcome outcome = oracle.change(scenario);
            comparisons += outcome.comparisons();
            differential += outcome.differential();
            if (outcome.failure() != null) {
                throw shrunk(oracle, seed, scenario, outcome.failure());
            }
        }

        private AssertionError shrunk(Oracle oracle, long seed, Scenario scenario, Oracle.Failure failure)
                throws SQLException {
            Scenario smaller = new Shrinker(oracle, SECONDS_TO_SHRINK).shrink(scenario, failure);
            return new AssertionError("PostgreSQL " + server.version() + ", -Dpgstream.oracle.seed=" + seed
                    + " -Dpgstream.oracle.cases=1: " + failure + "\nsmaller: "
                    + oracle.play(smaller).failure() + "\n" + smaller.script());
        }
    }
}
