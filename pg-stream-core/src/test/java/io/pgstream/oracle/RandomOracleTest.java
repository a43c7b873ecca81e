package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Random queries over random changes. {@code pgstream.oracle.seed}, {@code pgstream.oracle.cases} and
 * {@code pgstream.oracle.cycles} choose another run, or a longer one; every build runs the same one, so that it fails
 * by what was changed and not by chance; the first case of a run has the seed itself, so that
 * the seed of a failure and one case replay it.
 */
class RandomOracleTest {

    private static final long SEED = Long.getLong("pgstream.oracle.seed", 20_261_121);

    private static final int CASES = Integer.getInteger("pgstream.oracle.cases", 8);

    private static final int CYCLES = Integer.getInteger("pgstream.oracle.cycles", 4);

    /** How many refreshes a long run compares. */
    private static final String PAIRS = "pgstream.oracle.pairs";

    /** A long run changes its tables more often: creating them takes much longer than a refresh. */
    private static final int CYCLES_OF_LONG_RUN = Integer.getInteger("pgstream.oracle.cycles", 20);

    private static final int CASES_PER_REPORT = 5;

    private static final int CASES_PER_CLOCK = 4;

    private static final int SECONDS_TO_SHRINK = Integer.getInteger("pgstream.oracle.shrink", 60);

    /** Whoever runs for hours wants to know more than the first thing that is wrong. */
    private static final int FAILURES_OF_LONG_RUN = 20;

    private static final int CASES_PER_DATABASE = 25;

    /** Long cases leave more behind in the sessions of a database than its creation takes. */
    private static final int CASES_PER_DATABASE_OF_LONG_RUN = 2;

    @Test
    void every_stream_table_equals_its_query_on_postgresql_18() throws SQLException {
        Run.on(TestServer.of(18)).run(SEED, CASES);
    }

    @Test
    void every_stream_table_equals_its_query_on_postgresql_15() throws SQLException {
        Run.on(TestServer.of(15)).run(SEED + 1_000_000, Math.max(1, CASES / 4));
    }

    /** Every query is of the third generator, which the others' seeds do not have. */
    @Test
    void every_stream_table_of_a_rare_form_equals_its_query() throws SQLException {
        Run.ofForms(TestServer.of(18)).run(SEED, Math.max(1, CASES / 4));
    }

    /**
     * Until {@code pgstream.oracle.pairs} refreshes have been compared, on {@code pgstream.test.postgres}; every fourth case
     * reads the clock.
     */
    @Test
    @EnabledIfSystemProperty(named = PAIRS, matches = "\\d+")
    void every_stream_table_equals_its_query_in_a_long_run() throws SQLException {
        Run.mixed(TestServer.current()).until(Integer.getInteger(PAIRS, 0), SEED);
    }

    /** A number of cases on one server. */
    static final class Run {

        private final TestServer server;

        private int accepted;

        private int comparisons;

        private int differential;

        private int full;

        private final Map<String, String> refusals = new TreeMap<>();

        /** What a long run has found; any other ends with the first. */
        private final List<AssertionError> failures = new ArrayList<>();

        private final boolean clock;

        private final boolean longRun;

        private final int forms;

        private Run(TestServer server, boolean clock, boolean longRun) {
            this(server, clock, longRun, Integer.getInteger("pgstream.oracle.forms", longRun ? 4 : 0));
        }

        private Run(TestServer server, boolean clock, boolean longRun, int forms) {
            this.forms = forms;
            this.server = server;
            this.clock = clock;
            this.longRun = longRun;
        }

        static Run on(TestServer server) {
            return new Run(server, false, false);
        }

        /** Queries of rare forms. */
        static Run ofForms(TestServer server) {
            return new Run(server, false, false, 1);
        }

        /** Queries that read the clock. */
        static Run byClock(TestServer server) {
            return new Run(server, true, false);
        }

        /** Both, with many changes of each case. */
        static Run mixed(TestServer server) {
            return new Run(server, false, true);
        }

        void run(long seed, int cases) throws SQLException {
            System.out.println("oracle on PostgreSQL " + server.version() + ": seed " + seed + ", " + cases + " cases");
            for (long next = seed; next < seed + cases; ) {
                next = database(next, seed + cases, Integer.MAX_VALUE, CYCLES);
            }
            report();
        }

        /** Cases until so many refreshes have been compared. */
        void until(int pairs, long seed) throws SQLException {
            System.out.println("oracle on PostgreSQL " + server.version() + ": seed " + seed + ", " + pairs + " pairs");
            for (long next = seed; comparisons < pairs && failures.size() < FAILURES_OF_LONG_RUN; ) {
                next = database(next, Long.MAX_VALUE, pairs, CYCLES_OF_LONG_RUN);
            }
            report();
        }

        /**
         * The cases of one database; returns the seed behind them. Whether plans are kept, as in applications, or not,
         * as behind a pooler, depends on the seed, so that the seed replays it.
         */
        private long database(long seed, long end, int pairs, int cycles) throws SQLException {
            int size = longRun ? CASES_PER_DATABASE_OF_LONG_RUN : CASES_PER_DATABASE;
            long number = Math.floorDiv(seed, size);
            long next = seed;
            try (Oracle oracle = new Oracle(server, (number + server.version()) % 2 == 0)) {
                while (next < Math.min(end, (number + 1) * size) && comparisons < pairs) {
                    boolean byClock = clock || (longRun && next % CASES_PER_CLOCK == CASES_PER_CLOCK - 1);
                    boolean passed = passed(oracle, next, cycles, byClock);
                    next++;
                    if (longRun && next % CASES_PER_REPORT == 0) {
                        System.out.println("  before seed " + next + ": " + totals());
                    }
                    if (!passed) {
                        break;
                    }
                }
            }
            return next;
        }

        private String totals() {
            return comparisons + " refreshes compared, " + differential + " of them differential and " + full
                    + " full; " + accepted + " queries accepted, " + refusals.size() + " refused"
                    + (longRun ? "; " + failures.size() + " failures" : "");
        }

        private void report() {
            TestClock.stop();
            System.out.println("oracle on PostgreSQL " + server.version() + ": " + totals());
            refusals.values().stream()
                    .distinct()
                    .limit(20)
                    .forEach(reason -> System.out.println("  refused: " + reason));
            assertThat(failures).isEmpty();
            assertThat(accepted)
                    .as("accepted queries, at least 90 %% of them and the refused ones: %s", refusals)
                    .isGreaterThanOrEqualTo((clock || longRun ? 3 : 9) * refusals.size());
        }

        /** Whether a case passed; behind one that did not, the next one of a long run has a new database. */
        private boolean passed(Oracle oracle, long seed, int cycles, boolean byClock) throws SQLException {
            try {
                one(oracle, seed, cycles, byClock);
                return true;
            } catch (AssertionError | RuntimeException | SQLException e) {
                if (!longRun) {
                    throw e;
                }
                System.out.println("  FAILED, seed " + seed + ": " + e);
                failures.add(new AssertionError("seed " + seed, e));
                return false;
            }
        }

        private void one(Oracle oracle, long seed, int cycles, boolean byClock) throws SQLException {
            RandomScenario generator = new RandomScenario(oracle, seed, byClock, List.of(), forms);
            Scenario scenario;
            try {
                scenario = generator.create(cycles);
            } catch (RandomScenario.CreationFailedException e) {
                throw shrunk(oracle, seed, cycles, e.scenario(), e.failure());
            }
            accepted += generator.accepted();
            refusals.putAll(generator.refusals());
            Oracle.Outcome outcome = oracle.change(scenario);
            comparisons += outcome.comparisons();
            differential += outcome.differential();
            full += outcome.full();
            if (outcome.failure() != null) {
                throw shrunk(oracle, seed, cycles, scenario, outcome.failure());
            }
        }

        private AssertionError shrunk(Oracle oracle, long seed, int cycles, Scenario scenario, Oracle.Failure failure)
                throws SQLException {
            Scenario smaller = new Shrinker(oracle, SECONDS_TO_SHRINK).shrink(scenario, failure);
            return new AssertionError("PostgreSQL " + server.version() + ", -Dpgstream.oracle.seed=" + seed
                    + " -Dpgstream.oracle." + (longRun ? "pairs" : "cases") + "=1 -Dpgstream.oracle.cycles=" + cycles
                    + ": " + failure + "\nsmaller: " + oracle.play(smaller).failure() + "\n" + smaller.script());
        }
    }
}
