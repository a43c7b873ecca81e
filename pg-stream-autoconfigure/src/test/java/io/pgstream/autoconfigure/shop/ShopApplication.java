package io.pgstream.autoconfigure.shop;

import io.pgstream.StreamTable;
import java.math.BigDecimal;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.context.annotation.Configuration;

/** The application's one class, with what it declares. */
@Configuration(proxyBeanMethods = false)
@AutoConfigurationPackage
public class ShopApplication {

    @StreamTable(
            schedule = "1s",
            query = "SELECT customer_id, sum(amount) AS revenue, count(*) AS orders FROM orders GROUP BY customer_id")
    record RevenueByCustomer(long customerId, BigDecimal revenue, long orders) {}

    @StreamTable(schedule = "manual", queryResource = "classpath:shop/sql/large_orders.sql")
    interface LargeOrders {}
}
