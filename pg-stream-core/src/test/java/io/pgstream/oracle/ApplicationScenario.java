package io.pgstream.oracle;

import io.pgstream.RefreshMode;
import io.pgstream.UnsupportedQueryException;
import io.pgstream.oracle.ApplicationCatalog.Column;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** An application with queries that came from its own by mutation, made in the database, ready to change. */
final class ApplicationScenario {

    private static final int STREAM_TABLES = 6;

    private static final long MAXIMUM_ROWS = 600;

    private static final long SLOW_MILLISECONDS = 10_000;

    private final Oracle oracle;

    private final Random random;

    private final long seed;

    private final Map<String, String> refusals = new TreeMap<>();

    private final List<String> slow = new ArrayList<>();

    private final List<RefreshMode> synchronous;

    private int differential;

    /** @param synchronous the modes of tables that their writers maintain; none for tables that are refreshed */
    ApplicationScenario(Oracle oracle, long seed, List<RefreshMode> synchronous) {
        this.oracle = oracle;
        this.synchronous = synchronous;
        this.random = new Random(seed * 7_919);
        this.seed = seed;
    }

    /** The refused queries with the reasons. */
    Map<String, String> refusals() {
        return refusals;
    }

    /** How many queries were accepted under DIFFERENTIAL, or in the mode that was asked for. */
    int differential() {
        return differential;
    }

    /** What took so long to create that somebody would ask why. */
    List<String> slow() {
        return slow;
    }

    Scenario create(int cycles) throws SQLException {
        TestClock.stop();
        oracle.reset();
        Application application =
                Application.read(Application.NAMES.get((int) Math.floorMod(seed, (long) Application.NAMES.size())));
        List<String> setup = new ArrayList<>();
        for (List<String> statements : List.of(application.tables(), application.rows())) {
            for (String statement : statements) {
                oracle.sql(statement);
                setup.add(statement);
            }
        }
        ApplicationCatalog catalog = new ApplicationCatalog(oracle);
        List<Scenario.StreamTable> tables = new ArrayList<>();
        for (int i = 0; i < STREAM_TABLES; i++) {
            Scenario.StreamTable table = streamTable("st" + i, application, catalog, setup, tables);
            if (table != null) {
                tables.add(table);
                if (random.nextInt(3) == 0) {
                    catalog.add(table.name());
                }
            }
        }
        List<List<String>> planned = new ArrayList<>();
        for (int i = 0; i < cycles; i++) {
            planned.add(application.cycle(random, synchronous.isEmpty()));
        }
        return new Scenario("application seed " + seed, setup, tables, planned, random.nextInt(3) == 0);
    }

    private Scenario.@org.jspecify.annotations.Nullable StreamTable streamTable(
            String name,
            Application application,
            ApplicationCatalog catalog,
            List<String> setup,
            List<Scenario.StreamTable> before)
            throws SQLException {
        String query = query(application, catalog);
        boolean floats = oracle.columns(query).stream().anyMatch(Column::floating);
        RefreshMode mode =
                synchronous.isEmpty() ? RefreshMode.DIFFERENTIAL : synchronous.get(random.nextInt(synchronous.size()));
        Scenario.StreamTable table = new Scenario.StreamTable(name, query, mode, floats);
        long start = System.nanoTime();
        try {
            oracle.create(table);
            differential++;
            return table;
        } catch (UnsupportedQueryException e) {
            refusals.put(query, String.valueOf(e.getMessage()));
            return null;
        } catch (RuntimeException e) {
            List<Scenario.StreamTable> all = new ArrayList<>(before);
            all.add(table);
            throw new RandomScenario.CreationFailedException(
                    new Scenario("application seed " + seed, List.copyOf(setup), all, List.of(), false), name, e);
        } finally {
            long milliseconds = (System.nanoTime() - start) / 1_000_000;
            if (milliseconds > SLOW_MILLISECONDS) {
                slow.add(milliseconds + " ms to create, seed " + seed + ": " + query);
            }
        }
    }

    /** One of the application's queries, changed some times; what PostgreSQL does not accept is left out. */
    private String query(Application application, ApplicationCatalog catalog) {
        BlockMutations mutations = new BlockMutations(random, catalog);
        QueryWrappers wrappers = new QueryWrappers(random, catalog, mutations);
        String original =
                application.queries().get(random.nextInt(application.queries().size()));
        String query = original;
        String other = original;
        if (original.contains(" | ")) {
            QueryBlock block = QueryBlock.parse(original);
            query = block.sql();
            other = query;
            for (int i = 1 + random.nextInt(5); i > 0; i--) {
                QueryBlock changed = mutations.mutated(block);
                if (usable(changed.sql())) {
                    other = query;
                    block = changed;
                    query = block.sql();
                }
            }
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            try {
                String changed = wrappers.wrapped(query, oracle.columns(query), other);
                if (usable(changed)) {
                    other = query;
                    query = changed;
                }
            } catch (SQLException e) {
                oracle.run("ROLLBACK");
            }
        }
        return named(query);
    }

    /** Whether PostgreSQL accepts it, and it is neither slow nor large. */
    private boolean usable(String query) {
        try {
            return oracle.rows(query) <= MAXIMUM_ROWS
                    // The largest of some composite values is a record of no type that a table could have.
                    && oracle.columns(query).stream()
                            .noneMatch(column -> column.type().equals("record"));
        } catch (SQLException e) {
            oracle.run("ROLLBACK");
            return false;
        }
    }

    /** With names of its own for its columns, which could be there twice. */
    private String named(String query) {
        try {
            List<Column> columns = oracle.columns(query);
            boolean unique = columns.stream().map(Column::sql).distinct().count() == columns.size();
            if (unique) {
                return query;
            }
            List<String> names = new ArrayList<>();
            for (int i = 1; i <= columns.size(); i++) {
                names.add("c" + i);
            }
            return "SELECT * FROM (" + query + ") AS q (" + String.join(", ", names) + ")";
        } catch (SQLException e) {
            throw new IllegalStateException(query, e);
        }
    }
}
