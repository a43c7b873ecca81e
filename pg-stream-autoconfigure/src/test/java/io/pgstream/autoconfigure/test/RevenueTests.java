package io.pgstream.autoconfigure.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.QualifiedName;
import io.pgstream.autoconfigure.test.TestedApplication.CustomerRevenue;
import io.pgstream.autoconfigure.test.TestedApplication.GoodCustomer;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.transaction.annotation.Transactional;

/** The example of the guide: a test of stream tables as a user writes it. */
@StreamTableTest
class RevenueTests {

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private StreamTableTester streamTables;

    @Autowired
    private TestClock clock;

    @DynamicPropertySource
    static void database(DynamicPropertyRegistry registry) {
        TestedApplication.database(registry);
    }

    @BeforeEach
    void begin() {
        streamTables.emptySources();
    }

    // guide: begin
    @Test
    void orders_of_a_customer_add_up() {
        jdbc.sql("INSERT INTO orders VALUES (1, 7, 10.00), (2, 7, 5.00)").update();

        streamTables.refreshAll();

        assertThat(jdbc.sql("SELECT * FROM customer_revenue")
                        .query(CustomerRevenue.class)
                        .list())
                .containsExactly(new CustomerRevenue(7, new BigDecimal("15.00"), 2));
    }

    @Test
    @Transactional
    void what_is_rolled_back_can_be_asked_for_in_the_query() {
        jdbc.sql("INSERT INTO orders VALUES (1, 7, 10.00)").update();

        assertThat(streamTables.rowsNow("customer_revenue", CustomerRevenue.class))
                .containsExactly(new CustomerRevenue(7, new BigDecimal("10.00"), 1));
    }

    @Test
    void revenue_is_at_most_five_seconds_old() {
        assertThat(streamTables.advance(Duration.ofSeconds(4))).isEmpty();
        assertThat(streamTables.advance(Duration.ofSeconds(1)))
                .extracting(QualifiedName::name)
                .containsExactly("customer_revenue");
    }
    // guide: end

    @Test
    void a_table_over_another_one_is_refreshed_after_it_and_computed_through_it() {
        jdbc.sql("INSERT INTO orders VALUES (1, 7, 400), (2, 7, 700), (3, 8, 999)")
                .update();

        assertThat(streamTables.rowsNow("good_customer")).containsExactly(Map.of("customer_id", 7L));
        streamTables.refreshAll();

        assertThat(jdbc.sql("SELECT * FROM good_customer")
                        .query(GoodCustomer.class)
                        .list())
                .containsExactly(new GoodCustomer(7));
    }

    @Test
    void a_cron_schedule_follows_the_clock_of_the_test() {
        Instant threeAtNight = clock.instant()
                .atZone(clock.zone())
                .plusDays(1)
                .withHour(3)
                .withMinute(0)
                .withSecond(0)
                .toInstant();

        assertThat(streamTables.advance(Duration.between(clock.instant(), threeAtNight.minusSeconds(1))))
                .extracting(QualifiedName::name)
                .contains("customer_revenue");
        assertThat(streamTables.advance(Duration.ofSeconds(1)))
                .extracting(QualifiedName::name)
                .contains("good_customer");
        assertThat(clock.asClock().instant()).isEqualTo(threeAtNight);
    }

    @Test
    void the_slice_has_no_other_beans_and_no_clock(@Autowired ApplicationContext context) {
        assertThat(context.getBeansOfType(RevenueListener.class)).isEmpty();
        assertThat(context.getBeansOfType(io.pgstream.schedule.RefreshScheduler.class))
                .isEmpty();
    }
}
