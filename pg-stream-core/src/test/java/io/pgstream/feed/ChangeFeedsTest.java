package io.pgstream.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableChange;
import io.pgstream.StreamTableChanges;
import io.pgstream.StreamTableChanges.Reset;
import io.pgstream.feed.ChangeFeeds.Outcome;
import io.pgstream.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Who listens to a stream table can keep a copy of it, whatever its mode, across failures and restarts. */
class ChangeFeedsTest extends FeedFixture {

    private static final String BAG = "SELECT customer, amount % 3 AS remainder FROM orders WHERE amount > 10";

    private void change(Random random) throws SQLException {
        int id = random.nextInt(60);
        String sql = switch (random.nextInt(4)) {
            case 0 -> "DELETE FROM orders WHERE id = " + id;
            case 1 ->
                "UPDATE orders SET customer = " + random.nextInt(5) + ", amount = amount + 1 WHERE id % 7 = " + id % 7;
            case 2 -> "UPDATE orders SET amount = " + random.nextInt(30) + " WHERE id = " + id;
            default ->
                "INSERT INTO orders SELECT coalesce(max(id), 0) + 1, " + id % 6 + ", " + random.nextInt(40)
                        + " FROM orders";
        };
        database.execute(sql);
    }

    @ParameterizedTest
    @EnumSource(names = {"DIFFERENTIAL", "FULL", "IMMEDIATE", "ON_COMMIT"})
    void a_copy_follows_a_table_with_a_key_and_a_bag(RefreshMode mode) throws Exception {
        Replica totals = listening("totals", TOTALS, mode);
        Replica bag = listening("bag", BAG, mode);
        Random random = new Random(mode.ordinal());
        for (int round = 0; round < 8; round++) {
            for (int i = 0; i <= round % 4; i++) {
                change(random);
            }
            database.engine().refresh("totals");
            database.engine().refresh("bag");
            deliverAll(feeds, totals);
            deliverAll(feeds, bag);
            totals.assertEqual();
            bag.assertEqual();
        }
        assertThat(totals.told).filteredOn(StreamTableChanges::isReset).hasSize(1);
        assertThat(totals.told.stream()
                        .mapToInt(changes -> changes.updated().size())
                        .sum())
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17})
    void a_copy_follows_on_every_version(int version) throws Exception {
        database = TestDatabase.on(version);
        start(version);
        Replica totals = listening("totals", TOTALS, RefreshMode.AUTO);
        database.execute("UPDATE orders SET customer = 9 WHERE customer = 1", "DELETE FROM orders WHERE customer = 2");

        database.engine().refresh("totals");
        deliverAll(feeds, totals);

        totals.assertEqual();
        assertThat(totals.last().inserted()).hasSize(1);
        assertThat(totals.last().deleted()).hasSize(2);
    }

    private void start(int version) throws SQLException {
        assertThat(database.value("SHOW server_version_num")).startsWith(String.valueOf(version));
        database.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, customer int NOT NULL, amount numeric NOT NULL)",
                "INSERT INTO orders SELECT i, i % 5, i FROM generate_series(1, 40) AS i");
        feeds = feeds(Duration.ofDays(1), 1000);
    }

    @Test
    void the_old_and_the_new_row_of_a_key_are_one_change() throws Exception {
        Replica totals = listening("totals", "SELECT id, amount FROM orders", RefreshMode.DIFFERENTIAL);
        database.execute("UPDATE orders SET amount = 1.50 WHERE id = 7", "INSERT INTO orders VALUES (99, 1, 2)");

        database.engine().refresh("totals");
        deliverAll(feeds, totals);

        assertThat(totals.last().changes())
                .containsExactlyInAnyOrder(
                        new StreamTableChange<>("[7, 7]", "[7, 1.50]"), new StreamTableChange<>(null, "[99, 2]"));
        assertThat(totals.last().transaction()).isNotNull();
    }

    @Test
    void a_listener_that_fails_is_told_again_and_nothing_is_skipped() throws Exception {
        Replica totals = listening("totals", TOTALS, RefreshMode.DIFFERENTIAL);
        AtomicBoolean fails = new AtomicBoolean(true);
        Subscription<String> failing = new Subscription<>(
                totals.subscription().listener(),
                totals.subscription().table(),
                totals.subscription().rows(),
                changes -> {
                    if (fails.get()) {
                        throw new IllegalStateException("row data");
                    }
                    totals.apply(changes);
                });
        for (int i = 0; i < 2; i++) {
            database.execute("UPDATE orders SET amount = amount + 1");
            database.engine().refresh("totals");
        }

        for (int failures = 1; failures <= 2; failures++) {
            int expected = failures;
            assertThatExceptionOfType(ListenerFailedException.class)
                    .isThrownBy(() -> feeds.deliver(failing))
                    .satisfies(e -> assertThat(e.failures()).isEqualTo(expected));
        }
        assertThat(database.value("SELECT last_failure FROM pgstream.pgs_feed_listeners"))
                .isEqualTo("java.lang.IllegalStateException");
        fails.set(false);
        feeds.deliver(failing);

        assertThat(totals.told).hasSize(3);
        totals.assertEqual();
        assertThat(database.value("SELECT failures || ' ' || delivered FROM pgstream.pgs_feed_listeners"))
                .isEqualTo("0 10");
    }

    @Test
    void what_was_not_told_is_told_after_a_restart_once() throws Exception {
        Replica totals = listening("totals", TOTALS, RefreshMode.DIFFERENTIAL);
        database.execute("UPDATE orders SET amount = amount + 1");
        database.engine().refresh("totals");

        ChangeFeeds restarted = feeds(Duration.ofDays(1), 1000);
        deliverAll(restarted, totals);
        deliverAll(restarted, totals);

        assertThat(totals.told).hasSize(2);
        totals.assertEqual();
    }

    @Test
    void one_instance_at_a_time_tells_a_listener() throws Exception {
        Replica totals = listening("totals", TOTALS, RefreshMode.DIFFERENTIAL);
        database.execute("UPDATE orders SET amount = amount + 1");
        database.engine().refresh("totals");
        ChangeFeeds other = feeds(Duration.ofDays(1), 1000);
        Subscription<String> meeting = new Subscription<>(
                totals.subscription().listener(),
                totals.subscription().table(),
                totals.subscription().rows(),
                changes -> {
                    try {
                        assertThat(other.deliver(totals.subscription())).isEqualTo(Outcome.NOT_HERE);
                    } catch (ListenerFailedException e) {
                        throw new IllegalStateException(e);
                    }
                    totals.apply(changes);
                });

        assertThat(feeds.deliver(meeting)).isEqualTo(Outcome.DONE);

        totals.assertEqual();
    }

    @Test
    void a_transaction_that_began_earlier_and_commits_later_is_told_of() throws Exception {
        Replica counts = listening(
                "counts", "SELECT customer, count(*) AS orders FROM orders GROUP BY customer", RefreshMode.IMMEDIATE);
        try (Connection slow = database.begin()) {
            TestDatabase.execute(slow, "INSERT INTO orders VALUES (101, 1, 1)");
            database.execute("SET statement_timeout = '20s'", "INSERT INTO orders VALUES (102, 2, 1)");
            deliverAll(feeds, counts);
            counts.assertEqual();
            slow.commit();
        }
        deliverAll(feeds, counts);

        counts.assertEqual();
        assertThat(counts.told).hasSize(3);
    }

    @Test
    void other_clients_are_notified_and_read_the_changes_in_sql() throws Exception {
        listening("totals", "SELECT id, amount FROM orders", RefreshMode.DIFFERENTIAL);
        try (Connection client = database.connect()) {
            TestDatabase.execute(client, "LISTEN pgstream_changes");
            database.execute("UPDATE orders SET amount = 0 WHERE id = 7");
            database.engine().refresh("totals");

            PGNotification[] heard = client.unwrap(PGConnection.class).getNotifications(10_000);

            assertThat(heard).hasSize(1);
            String payload = heard[0].getParameter();
            assertThat(payload).contains("\"table\" : \"public.totals\"");
            String transaction = payload.replaceAll(".*\"transaction\" : \"(\\d+)\".*", "$1");
            assertThat(database.column(
                            "SELECT before || ' ' || after FROM pgstream.changes_of('totals', '" + transaction + "')"))
                    .containsExactly("{\"id\":7,\"amount\":7} {\"id\":7,\"amount\":0}");
        }
    }

    @Test
    void values_of_every_kind_come_as_they_are_stored() throws Exception {
        database.execute(
                "CREATE TABLE kinds (id int PRIMARY KEY, n numeric, f float8, t timestamptz, d daterange, b bytea,"
                        + " i interval, a text[], j jsonb, u uuid, c char(4), s text)");
        Replica kinds = listening("copy_of_kinds", "SELECT * FROM kinds", RefreshMode.DIFFERENTIAL);
        database.execute(
                "SET TimeZone = 'Asia/Tokyo'",
                "INSERT INTO kinds VALUES (1, 1.500, 0.1, '2026-01-31 12:00:00.123456+09', '[2026-01-01,2026-02-01)',"
                        + " '\\x00ff', '1 mon 2 days 03:04:05.6', '{a,NULL,\"b,c\"}', '{\"k\": [1.0, null]}',"
                        + " '00000000-0000-0000-0000-000000000001', 'ab', 'quote '' and \\ and \u00fc')",
                "INSERT INTO kinds (id, n, f, t) VALUES (2, 'NaN', '-Infinity', 'infinity')");

        database.engine().refresh("copy_of_kinds");
        deliverAll(feeds, kinds);

        kinds.assertEqual();
        assertThat(kinds.last().inserted()).hasSize(2);
    }

    @Test
    void each_of_two_listeners_has_its_own_position() throws Exception {
        Replica totals = listening("totals", TOTALS, RefreshMode.DIFFERENTIAL);
        Replica second = new Replica(database, "totals");
        Subscription<String> other = new Subscription<>(
                "second", second.subscription().table(), second.subscription().rows(), second::apply);
        database.execute("UPDATE orders SET amount = amount + 1");
        database.engine().refresh("totals");

        deliverAll(feeds, totals);
        while (feeds.deliver(other) == Outcome.MORE) {
            assertThat(second.told).hasSizeLessThan(5);
        }

        deliverAll(feeds, totals);

        assertThat(second.told).extracting(StreamTableChanges::reset).isEqualTo(List.of(Reset.NEW_LISTENER));
        assertThat(totals.told).filteredOn(StreamTableChanges::isReset).hasSize(1);
        second.assertEqual();
    }
}
