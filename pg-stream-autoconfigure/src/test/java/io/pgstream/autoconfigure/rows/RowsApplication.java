package io.pgstream.autoconfigure.rows;

import io.pgstream.StreamTable;
import java.math.BigDecimal;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.annotation.Id;

/** An application that reads a stream table through a repository of Spring Data JDBC. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration(exclude = FlywayAutoConfiguration.class)
public class RowsApplication {

    @StreamTable(
            schedule = "manual",
            query = "SELECT customer_id, sum(amount) AS revenue, count(*) AS orders FROM orders GROUP BY customer_id")
    record CustomerRevenue(@Id long customerId, BigDecimal revenue, long orders) {}
}
