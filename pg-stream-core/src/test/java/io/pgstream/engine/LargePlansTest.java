package io.pgstream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableDefinition;
import io.pgstream.UnsupportedQueryException;
import io.pgstream.test.TestDatabase;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Queries with many states: those of a dashboard are followed in a moment, and those that would take the server's locks are not followed. */
class LargePlansTest {

    private static final int SUBQUERIES = 16;

    private static final int GROUPINGS = 230;

    private static TestDatabase database;

    @BeforeAll
    static void fill() throws SQLException {
        database = TestDatabase.onDefault();
        database.execute(
                "CREATE TABLE customer (id int PRIMARY KEY, region int)",
                "CREATE TABLE purchase (id int PRIMARY KEY, customer int, amount int, kind int)",
                "CREATE INDEX ON purchase (customer)",
                "INSERT INTO customer SELECT i, i % 5 FROM generate_series(1, 50) AS i",
                "INSERT INTO purchase SELECT i, i % 50, i, i % 7 FROM generate_series(1, 300) AS i");
    }

    private static String each(int count, String separator, IntFunction<String> part) {
        return IntStream.range(0, count).mapToObj(part).collect(Collectors.joining(separator));
    }

    /** Each of the left joins made three rows of each changed row of the one below: sixteen were 43 million. */
    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void many_subqueries_in_select_are_followed_in_a_moment() throws SQLException {
        database.create(
                "dashboard",
                "SELECT c.id, "
                        + each(
                                SUBQUERIES,
                                ", ",
                                i -> "(SELECT sum(p.amount) FROM purchase p WHERE p.customer = c.id AND p.kind <> " + i
                                        + ") AS s" + i)
                        + " FROM customer c");
        database.execute(
                "UPDATE purchase SET amount = amount + 1 WHERE id < 10",
                "DELETE FROM purchase WHERE customer = 7",
                "INSERT INTO purchase VALUES (1000, 60, 1, 1)",
                "INSERT INTO customer VALUES (60, 1)",
                "DELETE FROM customer WHERE id = 3");

        assertThat(database.engine().refresh("dashboard").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("dashboard");
    }

    /** So did each of the inner joins, where rows are met by hash. */
    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void many_joined_sums_are_followed_in_a_moment() throws SQLException {
        database.create(
                "sums",
                "SELECT c.id, " + each(SUBQUERIES, ", ", i -> "s" + i + ".total AS s" + i) + " FROM customer c "
                        + each(
                                SUBQUERIES,
                                " ",
                                i -> "JOIN (SELECT customer, sum(amount) AS total FROM purchase WHERE kind <> " + i
                                        + " GROUP BY customer) AS s" + i + " ON s" + i + ".customer = c.id"));
        database.execute(
                "UPDATE purchase SET amount = amount + 1 WHERE id BETWEEN 10 AND 20",
                "DELETE FROM purchase WHERE customer = 8",
                "INSERT INTO purchase VALUES (1001, 61, 1, 1), (1002, 61, 5, 3)",
                "INSERT INTO customer VALUES (61, 1)");

        assertThat(database.engine().refresh("sums").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("sums");
    }

    @Test
    void a_plan_that_would_take_too_many_locks_is_refused_with_the_number_and_auto_refreshes_fully()
            throws SQLException {
        String query = each(
                GROUPINGS,
                " UNION ALL ",
                i -> "SELECT " + i + " AS n, kind, sum(amount) AS amount FROM purchase GROUP BY kind");

        assertThatThrownBy(() -> database.create("huge", query))
                .isInstanceOf(UnsupportedQueryException.class)
                .hasMessageContaining("relations for 230 states")
                .satisfies(e ->
                        assertThat(((UnsupportedQueryException) e).action()).contains("max_locks_per_transaction"));
        database.engine()
                .create(StreamTableDefinition.of("huge", query)
                        .withMode(RefreshMode.AUTO)
                        .withSchedule("manual"));
        assertThat(database.engine().get("huge").effectiveMode()).isEqualTo(RefreshMode.FULL);
        assertThat(database.engine().get("huge").fullReason()).contains("230 states");
        database.execute("UPDATE purchase SET amount = 0 WHERE kind = 1");
        database.assertFollows("huge");
    }
}
