package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.test.TestServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Random queries, and queries of whole applications, under eight writers of random changes: transactions of all isolation
 * levels, savepoints, rollbacks, cascades, {@code MERGE}, {@code COPY}, {@code TRUNCATE}. Most tables are maintained by these writers, some are
 * refreshed meanwhile, and modes change meanwhile. Any reader finds each table that its writers maintain equal to its query at any moment,
 * all are equal in the end, and a writer who cannot be served is told so by a serialization failure or a deadlock.
 * {@code pgstream.oracle.concurrentCases} chooses a longer run, the properties of {@link RandomOracleTest} another one;
 * {@code pgstream.oracle.concurrentMinutes} goes on for so many minutes, whatever fails.
 */
class ConcurrentOracleTest {

    private static final long SEED = Long.getLong("pgstream.oracle.seed", 20_261_127);

    private static final int CASES = Integer.getInteger("pgstream.oracle.concurrentCases", 1);

    private static final int CYCLES = Integer.getInteger("pgstream.oracle.cycles", 2);

    private static final String LONG = "pgstream.oracle.concurrentMinutes";

    /** The scenarios are made once and changed for long in a long run. */
    private static final int CYCLES_OF_LONG_RUN = Integer.getInteger("pgstream.oracle.cycles", 20);

    private static final int CASES_PER_DATABASE = 25;

    private static final int CASES_PER_REPORT = 5;

    private static final int SECONDS_TO_SHRINK = 60;

    private static final int WRITERS = 8;

    private static final List<RefreshMode> MODES = List.of(
            RefreshMode.IMMEDIATE,
            RefreshMode.ON_COMMIT,
            RefreshMode.IMMEDIATE,
            RefreshMode.ON_COMMIT,
            RefreshMode.DIFFERENTIAL);

    private int accepted;

    private int cases;

    private int comparisons;

    private int statements;

    private int refused;

    private int deadlocks;

    private int timeouts;

    private int switches;

    private int refreshes;

    private final List<String> failures = new ArrayList<>();

    @Test
    void eight_writers_leave_every_table_of_random_queries_right_on_postgresql_18() throws Exception {
        run(TestServer.of(18), SEED, CASES, false);
    }

    @Test
    void eight_writers_leave_every_table_of_an_application_right_on_postgresql_15() throws Exception {
        run(TestServer.of(15), SEED + 1_000_000, Math.max(1, CASES / 4), true);
    }

    @Test
    @EnabledIfSystemProperty(named = LONG, matches = "\\d+")
    void eight_writers_leave_every_table_right_in_a_long_run() throws Exception {
        TestServer server = TestServer.current();
        long deadline = System.nanoTime() + Integer.getInteger(LONG, 1) * 60_000_000_000L;
        for (long seed = SEED; System.nanoTime() < deadline; ) {
            try (Oracle oracle = new Oracle(server)) {
                int failed = failures.size();
                for (int i = 0;
                        i < CASES_PER_DATABASE && failures.size() == failed && System.nanoTime() < deadline;
                        i++) {
                    one(oracle, server, seed, Math.floorMod(seed, 2) == 0, CYCLES_OF_LONG_RUN);
                    seed++;
                }
            }
        }
        report(server);
        assertThat(failures).isEmpty();
    }

    private void run(TestServer server, long seed, int number, boolean application) throws Exception {
        for (int first = 0; first < number; first += CASES_PER_DATABASE) {
            try (Oracle oracle = new Oracle(server)) {
                for (int i = first; i < Math.min(number, first + CASES_PER_DATABASE); i++) {
                    one(oracle, server, seed + i, application, CYCLES);
                }
            }
        }
        report(server);
        assertThat(failures).isEmpty();
        assertThat(comparisons).isPositive();
        assertThat(statements).isGreaterThan(refused);
    }

    private void one(Oracle oracle, TestServer server, long seed, boolean application, int cycles) throws Exception {
        Scenario scenario;
        try {
            scenario = application
                    ? new ApplicationScenario(oracle, seed, MODES).create(WRITERS * cycles)
                    : new RandomScenario(oracle, seed, false, MODES).create(WRITERS * cycles);
        } catch (RandomScenario.CreationFailedException e) {
            Scenario smaller = new Shrinker(oracle, SECONDS_TO_SHRINK).shrink(e.scenario(), e.failure());
            failed(server, seed, cycles, e.failure() + "\nsmaller:\n" + smaller.script());
            return;
        }
        accepted += scenario.streamTables().size();
        cases++;
        if (!scenario.streamTables().isEmpty()) {
            judge(server, seed, cycles, scenario, oracle.writeAtOnce(scenario, WRITERS, seed));
        }
        if (cases % CASES_PER_REPORT == 0) {
            report(server);
        }
    }

    private void judge(TestServer server, long seed, int cycles, Scenario scenario, ConcurrentSessions.Result result) {
        comparisons += result.comparisons();
        statements += result.statements();
        refused += result.refused();
        switches += result.switches();
        refreshes += result.refreshes();
        deadlocks += result.deadlocks().size();
        timeouts += result.timeouts().size();
        if (Boolean.getBoolean("pgstream.oracle.deadlocks")) {
            result.deadlocks().forEach(it -> System.out.println("seed " + seed + ": " + it));
        }
        result.timeouts().forEach(it -> System.out.println("seed " + seed + ": waited too long: " + it));
        if (result.failure() != null) {
            failed(
                    server,
                    seed,
                    cycles,
                    result.failure() + "\n" + scenario.withCycles(List.of()).script() + "\n-- what was done:\n"
                            + String.join("\n", result.log()));
        }
    }

    private void failed(TestServer server, long seed, int cycles, String what) {
        failures.add("PostgreSQL " + server.version() + ", -Dpgstream.oracle.seed=" + seed
                + " -Dpgstream.oracle.concurrentCases=1 -Dpgstream.oracle.cycles=" + cycles + ": " + what);
        System.out.println("FAILED " + failures.get(failures.size() - 1));
    }

    private void report(TestServer server) {
        System.out.println("8 writers on PostgreSQL " + server.version() + ": " + cases + " cases, " + accepted
                + " queries, " + statements
                + " statements worked, " + refused + " were refused, " + deadlocks + " of them in a deadlock; "
                + timeouts + " waited too long; " + refreshes + " refreshes, " + switches + " changes of modes, "
                + comparisons + " comparisons; " + failures.size() + " failures");
    }
}
