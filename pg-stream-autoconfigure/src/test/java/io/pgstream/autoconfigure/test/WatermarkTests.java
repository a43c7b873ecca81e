package io.pgstream.autoconfigure.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.QualifiedName;
import io.pgstream.StreamTableDefinition;
import io.pgstream.Watermarks;
import io.pgstream.engine.StreamTableEngine;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Loaders and schedules that go by one clock, which the test moves: nothing waits for time to pass. */
@StreamTableTest
class WatermarkTests {

    private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private StreamTableTester streamTables;

    @Autowired
    private StreamTableEngine engine;

    @Autowired
    private TestClock clock;

    @DynamicPropertySource
    static void database(DynamicPropertyRegistry registry) {
        TestedApplication.database(registry);
    }

    @BeforeEach
    void twoLoadedTables() {
        jdbc.sql("CREATE TABLE payments (id bigint PRIMARY KEY, order_id bigint)")
                .update();
        engine.create(StreamTableDefinition.of(
                        "paid", "SELECT o.id, o.amount FROM orders o JOIN payments p ON p.order_id = o.id")
                .withSchedule("10m"));
        engine.watermarks().createGroup("shop", List.of("orders", "payments"), Duration.ofMinutes(5));
    }

    @AfterEach
    void drop() {
        engine.watermarks().dropGroup("shop");
        engine.drop("paid");
        jdbc.sql("DROP TABLE payments").update();
    }

    /** What was refreshed of the table that reads both. */
    private List<String> advance(Duration time) {
        return streamTables.advance(time).stream()
                .map(QualifiedName::name)
                .filter("paid"::equals)
                .toList();
    }

    @Test
    void a_table_that_waits_for_watermarks_stays_due_and_is_refreshed_as_soon_as_they_are_aligned() {
        Watermarks watermarks = engine.watermarks();
        jdbc.sql("INSERT INTO orders VALUES (100, 7, 10.00)").update();
        jdbc.sql("INSERT INTO payments VALUES (1, 100)").update();
        watermarks.advance("orders", clock.instant());

        assertThat(advance(TEN_MINUTES)).as("due, and one watermark missing").isEmpty();
        watermarks.advance("payments", clock.instant());
        assertThat(advance(Duration.ZERO)).as("ten minutes apart").isEmpty();
        assertThat(jdbc.sql("SELECT count(*) FROM paid").query(Long.class).single())
                .isZero();
        watermarks.advance("orders", clock.instant().minus(Duration.ofMinutes(5)));
        assertThat(advance(Duration.ZERO)).as("within the tolerance").containsExactly("paid");
        assertThat(jdbc.sql("SELECT count(*) FROM paid").query(Long.class).single())
                .isEqualTo(1);

        assertThat(advance(TEN_MINUTES.minusSeconds(1))).as("not due").isEmpty();
        watermarks.advance("payments", clock.instant());
        assertThat(advance(Duration.ofSeconds(1)))
                .as("due, and fifteen minutes apart")
                .isEmpty();
        watermarks.advance("orders", clock.instant());
        assertThat(advance(Duration.ZERO)).containsExactly("paid");
    }
}
