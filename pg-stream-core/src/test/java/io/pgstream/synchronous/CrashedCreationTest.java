package io.pgstream.synchronous;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.PgStreamException;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.test.TestDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An engine that dies while it creates a table that is loaded beside its writers and handed to them: whatever it was about to do, writes go
 * on, no table is wrong that says it is right, and the next start finishes what was begun.
 */
class CrashedCreationTest {

    private static final String LOAD_BESIDE = "pgstream.test.loadBeside";

    /** At how many places each creation is interrupted; there are some hundred. */
    private static final int CRASHES = Integer.getInteger("pgstream.crashes", 5);

    private static final String QUERY =
            "SELECT g.name, count(*) AS n, sum(i.v) AS total FROM item i JOIN grp g ON g.id = i.g GROUP BY g.name";

    @BeforeAll
    static void loadAlwaysBeside() {
        System.setProperty(LOAD_BESIDE, "-1");
    }

    @AfterAll
    static void loadAsUsual() {
        System.clearProperty(LOAD_BESIDE);
    }

    @ParameterizedTest
    @EnumSource(names = {"IMMEDIATE", "ON_COMMIT"})
    void a_creation_that_dies_anywhere_is_finished_by_the_next_start(RefreshMode mode) throws SQLException {
        int steps = interrupted(mode, Integer.MAX_VALUE);
        assertThat(steps).isGreaterThan(50);
        for (int step :
                IntStream.range(0, CRASHES).map(i -> 1 + i * steps / CRASHES).toArray()) {
            interrupted(mode, step);
        }
    }

    /** Creates a table and dies at a step; the steps that there were. */
    private static int interrupted(RefreshMode mode, int deadly) throws SQLException {
        TestDatabase database = TestDatabase.onDefault();
        database.execute(
                "CREATE TABLE grp (id int PRIMARY KEY, name text NOT NULL)",
                "CREATE TABLE item (id int PRIMARY KEY, g int NOT NULL, v int NOT NULL)",
                "INSERT INTO grp SELECT i, 'g' || i FROM generate_series(0, 4) AS i",
                "INSERT INTO item SELECT i, i % 5, i FROM generate_series(1, 200) AS i");
        StreamTableDefinition definition =
                StreamTableDefinition.of("totals", QUERY).withMode(mode);
        Mortal mortal = new Mortal(database.dataSource(), deadly);
        StreamTableEngine dying = new StreamTableEngine(
                mortal.dataSource(), TestDatabase.settings(Duration.ofSeconds(4), Duration.ofSeconds(60)), List.of());
        boolean died = false;
        try {
            dying.create(definition);
        } catch (PgStreamException e) {
            died = true;
        }
        assertThat(died).isEqualTo(deadly != Integer.MAX_VALUE);

        write(database, 1_000);
        if (maintained(database)) {
            database.assertEqual("totals");
        }

        StreamTableEngine next = TestDatabase.migrated(database.dataSource()).engine();
        next.synchronize(List.of(definition));
        assertThat(next.get("totals").effectiveMode())
                .as("died at step %s", deadly)
                .isEqualTo(mode);
        database.assertEqual("totals");
        write(database, 2_000);
        database.assertEqual("totals");
        return mortal.steps();
    }

    private static void write(TestDatabase database, int id) throws SQLException {
        database.execute(
                "INSERT INTO item VALUES (" + id + ", 1, 7), (" + (id + 1) + ", 2, 8)",
                "UPDATE item SET v = v + 1, g = 3 WHERE id % 10 = 0",
                "DELETE FROM item WHERE id = " + id / 100,
                "UPDATE grp SET name = name || '!' WHERE id = 4");
    }

    /** Whether there is a table that promises to be right at any time. */
    private static boolean maintained(TestDatabase database) throws SQLException {
        return database.value(
                        "SELECT EXISTS (SELECT FROM pgstream.pgs_stream_tables WHERE effective_mode IN ('IMMEDIATE', 'ON_COMMIT'))")
                .equals("t");
    }

    /** Connections of a process that dies at some step: all of them are gone then, and there are no new ones. */
    private static final class Mortal {

        private static final Set<String> STEPS = Set.of("createStatement", "prepareStatement", "commit");

        private final DataSource real;

        private final int deadly;

        private final AtomicInteger steps = new AtomicInteger();

        Mortal(DataSource real, int deadly) {
            this.real = real;
            this.deadly = deadly;
        }

        int steps() {
            return steps.get();
        }

        DataSource dataSource() {
            return (DataSource) Proxy.newProxyInstance(
                    Mortal.class.getClassLoader(),
                    new Class<?>[] {DataSource.class},
                    (proxy, method, arguments) ->
                            method.getName().equals("getConnection") ? connection() : method.invoke(real, arguments));
        }

        private Connection connection() throws SQLException {
            if (steps.get() >= deadly) {
                throw new SQLException("The process is dead", "08001");
            }
            Connection connection = real.getConnection();
            return (Connection) Proxy.newProxyInstance(
                    Mortal.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                        if (STEPS.contains(method.getName()) && steps.incrementAndGet() >= deadly) {
                            connection.abort(Runnable::run);
                        }
                        try {
                            return method.invoke(connection, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }
}
