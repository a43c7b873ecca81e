package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Queries of whole applications, changed at random, over changes by triggers, rules, cascades, partitions and views.
 * {@code pgstream.application.seed}, {@code .cases} and {@code .cycles} choose another run; the application goes by the seed.
 */
class ApplicationOracleTest {

    private static final long SEED = Long.getLong("pgstream.application.seed", 20_261_127);

    private static final int CASES = Integer.getInteger("pgstream.application.cases", 2);

    private static final int CYCLES = Integer.getInteger("pgstream.application.cycles", 4);

    private static final String LONG = "pgstream.application.minutes";

    /** Whether the tables of a long run are maintained by their writers. */
    private static final boolean SYNCHRONOUS = Boolean.getBoolean("pgstream.application.synchronous");

    private static final List<RefreshMode> MODES = List.of(RefreshMode.IMMEDIATE, RefreshMode.ON_COMMIT);

    private static final int SECONDS_TO_SHRINK = Integer.getInteger("pgstream.oracle.shrink", 60);

    private static final int CASES_PER_DATABASE = 4;

    private static final int CASES_PER_REPORT = 20;

    private final Map<String, String> refusals = new TreeMap<>();

    private final List<String> failures = new ArrayList<>();

    private int cases;

    private int comparisons;

    private int differential;

    private int full;

    private int accepted;

    @Test
    void every_stream_table_of_an_application_equals_its_query() throws SQLException {
        TestServer server = TestServer.current();
        try (Oracle oracle = new Oracle(server)) {
            for (long seed = SEED; seed < SEED + CASES; seed++) {
                one(oracle, server, seed, List.of());
            }
        }
        report(server);
    }

    /** For so many minutes, whatever fails meanwhile. */
    @Test
    @EnabledIfSystemProperty(named = LONG, matches = "\\d+")
    void every_stream_table_of_an_application_equals_its_query_in_a_long_run() throws SQLException {
        TestServer server = TestServer.current();
        long deadline = System.nanoTime() + Integer.getInteger(LONG, 1) * 60_000_000_000L;
        for (long seed = SEED; System.nanoTime() < deadline; ) {
            boolean keptPlans = Math.floorDiv(seed, CASES_PER_DATABASE) % 2 == 0;
            try (Oracle oracle = new Oracle(server, keptPlans)) {
                int failed = failures.size();
                for (int i = 0;
                        i < CASES_PER_DATABASE && failures.size() == failed && System.nanoTime() < deadline;
                        i++) {
                    one(oracle, server, seed++, SYNCHRONOUS ? MODES : List.of());
                }
            }
        }
        report(server);
    }

    private void one(Oracle oracle, TestServer server, long seed, List<RefreshMode> synchronous) throws SQLException {
        ApplicationScenario generator = new ApplicationScenario(oracle, seed, synchronous);
        Scenario scenario = null;
        Oracle.Failure failure;
        try {
            scenario = generator.create(CYCLES);
            Oracle.Outcome outcome = synchronous.isEmpty() ? oracle.change(scenario) : oracle.write(scenario);
            comparisons += outcome.comparisons();
            differential += outcome.differential();
            full += outcome.full();
            failure = outcome.failure();
        } catch (RandomScenario.CreationFailedException e) {
            scenario = e.scenario();
            failure = e.failure();
        } catch (RuntimeException | SQLException e) {
            throw new AssertionError("seed " + seed, e);
        }
        cases++;
        accepted += generator.differential();
        refusals.putAll(generator.refusals());
        generator.slow().forEach(it -> System.out.println("  slow: " + it));
        if (failure != null) {
            failures.add(shrunk(oracle, server, seed, scenario, failure));
            System.out.println("  FAILED " + failures.get(failures.size() - 1));
        }
        if (cases % CASES_PER_REPORT == 0) {
            System.out.println("  before seed " + (seed + 1) + ": " + totals());
        }
    }

    private static String shrunk(Oracle oracle, TestServer server, long seed, Scenario scenario, Oracle.Failure failure)
            throws SQLException {
        Scenario smaller = new Shrinker(oracle, SECONDS_TO_SHRINK).shrink(scenario, failure);
        return "PostgreSQL " + server.version() + ", -Dpgstream.application.seed=" + seed
                + " -Dpgstream.application.cases=1 -Dpgstream.application.cycles=" + CYCLES + ": " + failure
                + "\nsmaller: "
                + oracle.play(smaller).failure() + "\n" + smaller.script();
    }

    private String totals() {
        return comparisons + " refreshes compared, " + differential + " of them differential and " + full + " full; "
                + accepted + " queries accepted, " + refusals.size() + " refused; " + failures.size() + " failures";
    }

    private void report(TestServer server) {
        System.out.println("applications on PostgreSQL " + server.version() + ": " + totals());
        refusals.forEach((query, reason) -> System.out.println("  refused: " + reason + "\n    " + query));
        assertThat(failures).isEmpty();
        if (SYNCHRONOUS) {
            return;
        }
        assertThat(accepted)
                .as("accepted queries, and the refused ones: %s", refusals)
                .isGreaterThanOrEqualTo(9 * refusals.size());
    }
}
