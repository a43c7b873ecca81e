package io.pgstream.autoconfigure.test;

import io.pgstream.StreamTable;
import io.pgstream.autoconfigure.TestDatabase;
import java.math.BigDecimal;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.test.context.DynamicPropertyRegistry;

/** An application whose tests use the test support. */
@SpringBootApplication(exclude = FlywayAutoConfiguration.class)
class TestedApplication {

    @StreamTable(
            schedule = "5s",
            query = "SELECT customer_id, sum(amount) AS revenue, count(*) AS orders FROM orders GROUP BY customer_id")
    record CustomerRevenue(long customerId, BigDecimal revenue, long orders) {}

    @StreamTable(schedule = "0 3 * * *", query = "SELECT customer_id FROM customer_revenue WHERE revenue >= 1000")
    record GoodCustomer(long customerId) {}

    static void database(DynamicPropertyRegistry registry) {
        TestDatabase database = TestDatabase.create()
                .execute(
                        "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL, amount numeric(15, 2)"
                                + " NOT NULL)");
        // The slice of JDBC has Flyway, which is on the class path of other tests here.
        registry.add("spring.flyway.enabled", () -> false);
        registry.add("spring.datasource.url", database::url);
        registry.add("spring.datasource.username", () -> "postgres");
        registry.add("spring.datasource.password", () -> "postgres");
    }
}
