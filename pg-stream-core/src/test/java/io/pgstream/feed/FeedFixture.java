package io.pgstream.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableChanges;
import io.pgstream.StreamTableChanges.Reset;
import io.pgstream.StreamTableDefinition;
import io.pgstream.feed.ChangeFeeds.Outcome;
import io.pgstream.test.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;

/** Orders, and listeners to stream tables over them. */
abstract class FeedFixture {

    static final String TOTALS =
            "SELECT customer, sum(amount) AS total, count(*) AS orders FROM orders GROUP BY customer";

    TestDatabase database;

    ChangeFeeds feeds;

    @BeforeEach
    void start() throws SQLException {
        database = TestDatabase.onDefault();
        database.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, customer int NOT NULL, amount numeric NOT NULL)",
                "INSERT INTO orders SELECT i, i % 5, i FROM generate_series(1, 40) AS i");
        feeds = feeds(Duration.ofDays(1), 1000);
    }

    ChangeFeeds feeds(Duration retention, int resetAbove) {
        return new ChangeFeeds(
                database.dataSource(),
                new FeedSettings("pgstream", "pgstream_state", "test", Duration.ofSeconds(4), retention, resetAbove));
    }

    static void deliverAll(ChangeFeeds feeds, Replica replica) throws ListenerFailedException {
        Outcome outcome = Outcome.MORE;
        while (outcome == Outcome.MORE) {
            outcome = feeds.deliver(replica.subscription());
        }
        assertThat(outcome).isEqualTo(Outcome.DONE);
    }

    Replica listening(String name, String query, RefreshMode mode) throws ListenerFailedException {
        database.engine().create(StreamTableDefinition.of(name, query).withMode(mode));
        Replica replica = new Replica(database, name);
        deliverAll(feeds, replica);
        assertThat(replica.told).extracting(StreamTableChanges::reset).containsExactly(Reset.NEW_LISTENER);
        return replica;
    }
}
