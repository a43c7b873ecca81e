package io.pgstream.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableAlteration;
import io.pgstream.StreamTableChanges.Reset;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What listeners have missed is told as such, and what nobody needs is not kept. */
class FeedLimitsTest extends FeedFixture {

    @Test
    void a_changed_query_and_a_swapped_table_are_resets() throws Exception {
        Replica totals = listening("totals", TOTALS, RefreshMode.DIFFERENTIAL);
        database.engine()
                .alter(
                        "totals",
                        StreamTableAlteration.query("SELECT customer, max(amount) AS most FROM orders GROUP BY 1"));
        deliverAll(feeds, totals);
        assertThat(totals.last().reset()).isEqualTo(Reset.TABLE_REPLACED);
        totals.assertEqual();

        database.engine().alter("totals", StreamTableAlteration.mode(RefreshMode.IMMEDIATE));
        deliverAll(feeds, totals);
        assertThat(totals.last().reset()).isEqualTo(Reset.TABLE_REPLACED);
        database.execute("UPDATE orders SET amount = amount + 1");
        deliverAll(feeds, totals);
        totals.assertEqual();
        assertThat(totals.last().isReset()).isFalse();
    }

    @Test
    void a_table_that_somebody_empties_is_a_reset() throws Exception {
        Replica totals = listening("totals", TOTALS, RefreshMode.DIFFERENTIAL);
        database.execute(
                "ALTER TABLE totals DISABLE TRIGGER pgstream_protection",
                "TRUNCATE totals",
                "ALTER TABLE totals ENABLE TRIGGER pgstream_protection");

        deliverAll(feeds, totals);

        assertThat(totals.last().reset()).isEqualTo(Reset.TABLE_REPLACED);
        totals.assertEqual();
        database.engine().refreshFully("totals");
        deliverAll(feeds, totals);
        assertThat(totals.last().inserted()).hasSize(5);
        totals.assertEqual();
    }

    @Test
    void what_a_dump_brought_from_another_cluster_is_not_told() throws Exception {
        Replica totals = listening("totals", TOTALS, RefreshMode.DIFFERENTIAL);
        database.execute(
                "INSERT INTO pgstream_state.feed_1 (pgstream_xid, pgstream_weight, pgstream_row) SELECT"
                        + " ((pg_current_xact_id()::text)::bigint + 3)::text::xid8, 1, '{\"customer\": 77, \"total\": 1,"
                        + " \"orders\": 1}'",
                "UPDATE pgstream.pgs_feed_listeners SET shape = 'of another cluster'");

        deliverAll(feeds, totals);
        for (int i = 0; i < 4; i++) {
            database.execute("UPDATE orders SET amount = amount + 1");
            database.engine().refresh("totals");
            deliverAll(feeds, totals);
        }

        totals.assertEqual();
    }

    @Test
    void more_changes_than_are_told_one_by_one_are_a_reset() throws Exception {
        Replica totals = listening("totals", "SELECT id, amount FROM orders", RefreshMode.DIFFERENTIAL);
        ChangeFeeds narrow = feeds(Duration.ofDays(1), 10);
        database.execute("UPDATE orders SET amount = amount + 1");
        database.engine().refresh("totals");

        deliverAll(narrow, totals);

        assertThat(totals.last().reset()).isEqualTo(Reset.TOO_MANY_CHANGES);
        totals.assertEqual();
    }

    @Test
    void what_all_have_heard_is_removed() throws Exception {
        Replica totals = listening("totals", TOTALS, RefreshMode.DIFFERENTIAL);
        database.execute("UPDATE orders SET amount = amount + 1");
        database.engine().refresh("totals");
        feeds.clean();
        assertThat(database.value(entries())).isEqualTo("10");

        deliverAll(feeds, totals);
        feeds.clean();

        assertThat(database.value(entries())).isEqualTo("0");
    }

    @Test
    void changes_that_nobody_fetches_in_time_are_a_reset() throws Exception {
        Replica totals = listening("totals", TOTALS, RefreshMode.DIFFERENTIAL);
        database.execute("UPDATE orders SET amount = amount + 1");
        database.engine().refresh("totals");
        database.execute("UPDATE pgstream_state.feed_1 SET pgstream_at = pgstream_at - interval '2 days'");
        feeds.clean();
        assertThat(database.value(entries())).isEqualTo("0");

        deliverAll(feeds, totals);

        assertThat(totals.last().reset()).isEqualTo(Reset.EXPIRED);
        totals.assertEqual();
    }

    @Test
    void a_listener_that_is_gone_takes_the_log_and_the_triggers_with_it() throws Exception {
        listening("totals", TOTALS, RefreshMode.DIFFERENTIAL);
        assertThat(feeds.inUse()).isTrue();
        database.execute("UPDATE pgstream.pgs_feed_listeners SET seen_at = seen_at - interval '2 days'");

        feeds.clean();

        assertThat(feeds.inUse()).isFalse();
        assertThat(database.column("SELECT relname FROM pg_class WHERE relname ~ '^feed_'"))
                .isEmpty();
        assertThat(database.column("SELECT tgname FROM pg_trigger WHERE tgname ~ 'feed'"))
                .isEmpty();
        database.execute("UPDATE orders SET amount = amount + 1");
        database.assertFollows("totals");
    }

    @Test
    void a_table_without_listeners_has_no_trigger_and_a_dropped_one_leaves_nothing() throws Exception {
        database.create("quiet", "SELECT id FROM orders WHERE amount > 10");
        assertThat(database.column("SELECT tgname FROM pg_trigger WHERE tgname ~ 'feed'"))
                .isEmpty();
        listening("totals", TOTALS, RefreshMode.DIFFERENTIAL);

        database.engine().drop("totals");

        assertThat(database.column("SELECT relname FROM pg_class WHERE relname ~ '^feed_[0-9]'"))
                .isEmpty();
        assertThat(database.column("SELECT listener FROM pgstream.pgs_feed_listeners"))
                .isEmpty();
    }

    private static String entries() {
        return "SELECT count(*) FROM pgstream_state.feed_1";
    }
}
