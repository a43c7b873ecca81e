package io.pgstream.autoconfigure.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.autoconfigure.test.TestedApplication.CustomerRevenue;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The whole application, refreshed by the test. */
@SpringBootTest(webEnvironment = WebEnvironment.NONE)
@AutoConfigureStreamTables
class WholeApplicationTests {

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private StreamTableTester streamTables;

    @Autowired
    private RevenueListener listener;

    @DynamicPropertySource
    static void database(DynamicPropertyRegistry registry) {
        TestedApplication.database(registry);
    }

    @Test
    void listeners_are_told_when_the_test_says_so() {
        streamTables.deliverChanges();
        jdbc.sql("INSERT INTO orders VALUES (1, 7, 10.00)").update();
        streamTables.refreshAll();

        streamTables.deliverChanges();

        assertThat(listener.heard).hasSize(2);
        assertThat(listener.heard.get(1).inserted())
                .containsExactly(new CustomerRevenue(7, new BigDecimal("10.00"), 1));
    }
}
