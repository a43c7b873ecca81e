package io.pgstream.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgstream.StreamTableChange;
import io.pgstream.StreamTableChanges;
import io.pgstream.StreamTableChanges.Reset;
import io.pgstream.StreamTableListener;
import io.pgstream.StreamTableOperations;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Beans hear of the rows that a refresh has changed. */
class ChangeFeedIntegrationTest {

    private TestDatabase database;

    private ApplicationContextRunner shop;

    @BeforeEach
    void setUp() {
        database = TestDatabase.create()
                .execute(
                        "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL, amount numeric(15, 2)"
                                + " NOT NULL)")
                .execute("INSERT INTO orders VALUES (1, 7, 10), (2, 8, 20)");
        shop = ContextRunners.on(database)
                .withPropertyValues(
                        "spring.application.name=shop",
                        "pg-stream.scheduler.enabled=false",
                        "pg-stream.change-feed.interval=100ms",
                        "pg-stream.tables[0].name=revenue",
                        "pg-stream.tables[0].query=SELECT customer_id, sum(amount) AS revenue FROM orders GROUP BY"
                                + " customer_id");
    }

    @Test
    void typed_rows_come_after_the_commit_also_those_of_a_stopped_time() {
        shop.withUserConfiguration(Listening.class).run(context -> {
            Heard heard = context.getBean(Heard.class);
            awaitUntil(() -> assertThat(heard.typed).hasSize(1));
            assertThat(heard.typed.get(0).reset()).isEqualTo(Reset.NEW_LISTENER);

            database.execute("UPDATE orders SET amount = 15 WHERE id = 1").execute("DELETE FROM orders WHERE id = 2");
            database.execute("INSERT INTO orders VALUES (3, 9, 5)");
            context.getBean(StreamTableOperations.class).refresh("revenue");

            awaitUntil(() -> assertThat(heard.typed).hasSize(2));
            StreamTableChanges<Revenue> changes = heard.typed.get(1);
            assertThat(changes.inserted()).containsExactly(new Revenue(9, new BigDecimal("5.00")));
            assertThat(changes.deleted()).containsExactly(new Revenue(8, new BigDecimal("20.00")));
            assertThat(changes.updated())
                    .containsExactly(new StreamTableChange<>(
                            new Revenue(7, new BigDecimal("10.00")), new Revenue(7, new BigDecimal("15.00"))));
            awaitUntil(() -> assertThat(heard.maps).hasSize(2));
            assertThat(heard.maps.get(1).inserted())
                    .containsExactly(Map.of("customer_id", 9L, "revenue", new BigDecimal("5.00")));
        });
        shop.run(context -> {
            database.execute("UPDATE orders SET amount = 25 WHERE id = 1");
            context.getBean(StreamTableOperations.class).refresh("revenue");
        });
        shop.withUserConfiguration(Listening.class).run(context -> {
            Heard heard = context.getBean(Heard.class);
            awaitUntil(() -> assertThat(heard.typed).hasSize(1));
            assertThat(heard.typed.get(0).updated())
                    .extracting(StreamTableChange::after)
                    .containsExactly(new Revenue(7, new BigDecimal("25.00")));
        });
    }

    @Test
    void a_failing_listener_holds_up_neither_refreshes_nor_others_and_is_told_again() {
        shop.withUserConfiguration(Listening.class, Failing.class).run(context -> {
            Heard heard = context.getBean(Heard.class);
            Failing failing = context.getBean(Failing.class);
            awaitUntil(() -> assertThat(failing.calls).hasPositiveValue());

            database.execute("UPDATE orders SET amount = 15 WHERE id = 1");
            assertThat(context.getBean(StreamTableOperations.class)
                            .refresh("revenue")
                            .updated())
                    .isEqualTo(1);

            awaitUntil(() -> assertThat(heard.typed).hasSize(2));
            awaitUntil(() -> assertThat(failing.heard).hasPositiveValue());
            assertThat(failing.calls).hasValueGreaterThan(2);
        });
    }

    @Test
    void an_application_without_listeners_leaves_its_tables_alone() {
        shop.run(context -> assertThat(database.sql()
                        .sql("SELECT count(*) FROM pg_trigger WHERE tgname LIKE '%feed%'")
                        .query(Integer.class)
                        .single())
                .isZero());
    }

    @Test
    void a_listener_of_no_stream_table_is_refused() {
        shop.withUserConfiguration(OfNothing.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasRootCauseInstanceOf(io.pgstream.InvalidDefinitionException.class)
                        .hasStackTraceContaining("OfNothing.changed listens to the stream table public.nowhere"));
    }

    @Test
    void a_method_that_takes_something_else_is_refused() {
        shop.withUserConfiguration(OfRows.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining("has other parameters than a StreamTableChanges"));
    }

    @Test
    void a_record_that_does_not_fit_is_refused() {
        shop.withUserConfiguration(OfOtherRows.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining("does not fit the query of the stream table"));
    }

    @Test
    void two_listeners_of_one_id_are_refused() {
        shop.withUserConfiguration(Listening.class, SameId.class)
                .run(context ->
                        assertThat(context).getFailure().hasStackTraceContaining("methods have the id 'typed'"));
    }

    @Test
    void the_feed_can_be_switched_off() {
        shop.withUserConfiguration(Listening.class)
                .withPropertyValues("pg-stream.change-feed.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ChangeFeedLifecycle.class));
    }

    private static void awaitUntil(org.awaitility.core.ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(assertion);
    }

    record Revenue(long customerId, BigDecimal revenue) {}

    static class Heard {

        final List<StreamTableChanges<Revenue>> typed = new CopyOnWriteArrayList<>();

        final List<StreamTableChanges<Map<String, Object>>> maps = new CopyOnWriteArrayList<>();

        @StreamTableListener(table = "revenue", id = "typed")
        void typed(StreamTableChanges<Revenue> changes) {
            typed.add(changes);
        }

        @StreamTableListener(table = "public.revenue")
        public void maps(StreamTableChanges<Map<String, Object>> changes) {
            maps.add(changes);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Listening {

        @Bean
        Heard heard() {
            return new Heard();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Failing {

        final AtomicInteger calls = new AtomicInteger();

        final AtomicInteger heard = new AtomicInteger();

        @StreamTableListener(table = "revenue")
        void changed(StreamTableChanges<Map<String, Object>> changes) {
            if (calls.incrementAndGet() <= 2) {
                throw new IllegalStateException("not yet");
            }
            heard.incrementAndGet();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OfNothing {

        @StreamTableListener(table = "nowhere")
        void changed(StreamTableChanges<Map<String, Object>> changes) {}
    }

    @Configuration(proxyBeanMethods = false)
    static class OfRows {

        @StreamTableListener(table = "revenue")
        void changed(Revenue row) {}
    }

    record Other(int customerId) {}

    @Configuration(proxyBeanMethods = false)
    static class OfOtherRows {

        @StreamTableListener(table = "revenue")
        void changed(StreamTableChanges<Other> changes) {}
    }

    @Configuration(proxyBeanMethods = false)
    static class SameId {

        @StreamTableListener(table = "revenue", id = "typed")
        void changed(StreamTableChanges<Map<String, Object>> changes) {}
    }
}
