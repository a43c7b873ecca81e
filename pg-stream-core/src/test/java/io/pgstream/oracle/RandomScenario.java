package io.pgstream.oracle;

import io.pgstream.RefreshMode;
import io.pgstream.UnsupportedQueryException;
import io.pgstream.oracle.RandomQuery.Query;
import io.pgstream.oracle.RandomQuery.Relation;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Makes a random scenario in the database, so that PostgreSQL can judge what is a query, and leaves it ready to change. */
final class RandomScenario {

    private static final int VIEWS = 2;

    private static final int STREAM_TABLES = 6;

    /** Of so many queries, one is of the second generator. */
    private static final int NESTED = Integer.getInteger("pgstream.oracle.nested", 3);

    /** Of so many queries, one is of the third generator; 0 for none, so that the seeds of the other two stay what they are. */
    private final int forms;

    /** Whether a second session changes the tables too. */
    private static final boolean SESSIONS =
            Boolean.parseBoolean(System.getProperty("pgstream.oracle.sessions", "true"));

    private static final long MAXIMUM_ROWS = 1000;

    private final Oracle oracle;

    private final Random random;

    private final long seed;

    private final List<Relation> relations = new ArrayList<>();

    private final List<String> setup = new ArrayList<>();

    private final List<Scenario.StreamTable> streamTables = new ArrayList<>();

    private final Map<String, String> refusals = new TreeMap<>();

    /** Whether queries read the clock. */
    private final boolean clock;

    private final List<RefreshMode> synchronous;

    private int accepted;

    RandomScenario(Oracle oracle, long seed) {
        this(oracle, seed, false);
    }

    RandomScenario(Oracle oracle, long seed, boolean clock) {
        this(oracle, seed, clock, List.of());
    }

    /** @param synchronous the modes of tables that their writers maintain; none for tables that are refreshed */
    RandomScenario(Oracle oracle, long seed, boolean clock, List<RefreshMode> synchronous) {
        this(oracle, seed, clock, synchronous, Integer.getInteger("pgstream.oracle.forms", 0));
    }

    RandomScenario(Oracle oracle, long seed, boolean clock, List<RefreshMode> synchronous, int forms) {
        this.forms = forms;
        this.synchronous = synchronous;
        this.clock = clock;
        this.oracle = oracle;
        this.random = new Random(seed);
        this.seed = seed;
    }

    /** The refused queries with the reasons. */
    Map<String, String> refusals() {
        return refusals;
    }

    /** How many queries the compiler accepted under DIFFERENTIAL. */
    int accepted() {
        return accepted;
    }

    /** A failure of the compiler is thrown as an {@link AssertionError}. */
    Scenario create(int cycles) throws SQLException {
        TestClock.stop();
        oracle.reset();
        RandomSchema schema = new RandomSchema(random, clock);
        schema.statements().forEach(this::setup);
        schema.tables()
                .forEach(table -> relations.add(new Relation(
                        table.name(),
                        table.readable().stream()
                                .map(column -> new RandomExpression.Column(column.name(), column.kind()))
                                .toList())));
        RandomChanges changes = new RandomChanges(random, schema.tables(), SESSIONS && synchronous.isEmpty());
        changes.load().forEach(this::setup);
        for (int i = 0; i < VIEWS; i++) {
            Query query = query(false);
            if (query != null && setup("CREATE VIEW v" + i + " AS " + query.sql())) {
                relations.add(new Relation("v" + i, query.columns()));
            }
        }
        if (clock) {
            // Views know nothing of the clock of tests.
            TestClock.use();
        }
        Oracle.choose(List.copyOf(setup));
        for (int i = 0; i < STREAM_TABLES; i++) {
            streamTable("st" + i);
        }
        List<List<String>> planned = new ArrayList<>();
        for (int i = 0; i < cycles; i++) {
            List<String> cycle = new ArrayList<>(changes.cycle());
            if (forms > 0 && random.nextBoolean()) {
                cycle.add(changes.returning());
            }
            if (clock && random.nextInt(4) > 0) {
                cycle.add(new RandomClock(random).move());
            }
            planned.add(cycle);
        }
        return new Scenario(
                "seed " + seed, List.copyOf(setup), List.copyOf(streamTables), planned, random.nextInt(3) == 0);
    }

    private boolean setup(String statement) {
        boolean worked = oracle.run(statement);
        if (worked) {
            setup.add(statement);
        }
        return worked;
    }

    private @org.jspecify.annotations.Nullable Query query(boolean unsupported) {
        for (int i = 0; i < 20; i++) {
            boolean form = !unsupported && forms > 0 && random.nextInt(forms) == 0;
            Query query = form
                    ? new FormsQuery(random, relations).query()
                    : (!unsupported && NESTED > 0 && random.nextInt(NESTED) == 0)
                            ? new NestedQuery(random, relations).query()
                            : plain(unsupported);
            try {
                if (oracle.rows(query.sql()) <= MAXIMUM_ROWS) {
                    return query;
                }
            } catch (SQLException e) {
                // Not a query, or one that takes too long: the next one.
                oracle.run("ROLLBACK");
            }
        }
        return null;
    }

    private Query plain(boolean unsupported) {
        RandomQuery generator = new RandomQuery(random, relations);
        return unsupported ? generator.unsupported() : generator.query();
    }

    private void streamTable(String name) {
        // A table that is always refreshed fully runs its own text, which asks the server for the time.
        boolean auto = random.nextInt(5) == 0 && !clock && synchronous.isEmpty();
        Query query = query(auto && random.nextInt(3) == 0);
        if (query == null) {
            return;
        }
        boolean floats =
                query.sql().contains("float8") || query.columns().stream().anyMatch(it -> it.kind() == Kind.FLOAT);
        RefreshMode mode = synchronous.isEmpty()
                ? (auto ? RefreshMode.AUTO : RefreshMode.DIFFERENTIAL)
                : synchronous.get(random.nextInt(synchronous.size()));
        Scenario.StreamTable table = new Scenario.StreamTable(name, query.sql(), mode, floats);
        try {
            oracle.create(table);
        } catch (UnsupportedQueryException e) {
            refusals.put(query.sql(), String.valueOf(e.getMessage()));
            return;
        } catch (RuntimeException e) {
            List<Scenario.StreamTable> all = new ArrayList<>(streamTables);
            all.add(table);
            throw new CreationFailedException(
                    new Scenario("seed " + seed, List.copyOf(setup), all, List.of(), false), name, e);
        }
        accepted += auto ? 0 : 1;
        streamTables.add(table);
        if (random.nextInt(3) == 0) {
            relations.add(new Relation(name, query.columns()));
        }
    }

    /** A stream table whose query PostgreSQL runs, and that could not be created. */
    static final class CreationFailedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final transient Scenario scenario;

        private final String table;

        CreationFailedException(Scenario scenario, String table, Throwable cause) {
            super(scenario.origin() + ": the creation of " + table + " failed", cause);
            this.scenario = scenario;
            this.table = table;
        }

        Scenario scenario() {
            return scenario;
        }

        Oracle.Failure failure() {
            return new Oracle.Failure(table, -1, String.valueOf(getCause()));
        }
    }
}
