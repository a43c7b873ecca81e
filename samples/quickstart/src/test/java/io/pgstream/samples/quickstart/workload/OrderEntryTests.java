package io.pgstream.samples.quickstart.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.samples.quickstart.database.TestDatabase;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class OrderEntryTests {

    private static TestDatabase database;

    private final JdbcClient jdbc = JdbcClient.create(database.dataSource());

    private final OrderEntry orderEntry = new OrderEntry(
            jdbc, new TransactionTemplate(new JdbcTransactionManager(database.dataSource())), new Random(42));

    @BeforeAll
    static void load() {
        database = TestDatabase.start(0.001);
    }

    @AfterAll
    static void stop() throws Exception {
        database.close();
    }

    @RepeatedTest(10)
    void a_new_order_is_one_order_with_its_lines_and_their_total() {
        long orders = count("orders");
        long lines = count("lineitem");
        Written written = orderEntry.placeOrder();
        assertThat(count("orders")).isEqualTo(orders + 1);
        assertThat(count("lineitem")).isEqualTo(lines + written.inserted() - 1).isGreaterThan(lines);
        assertThat(count("orders WHERE o_comment = 'quickstart' AND o_totalprice <= 0"))
                .isZero();
    }

    @Test
    void a_shipped_order_and_its_lines_are_no_longer_open() {
        long open = count("orders WHERE o_orderstatus = 'O'");
        Written written = orderEntry.shipOrder();
        assertThat(count("orders WHERE o_orderstatus = 'O'")).isEqualTo(open - 1);
        assertThat(written.updated()).isGreaterThan(1);
    }

    @Test
    void a_cancelled_order_is_gone_with_its_lines() {
        long orders = count("orders");
        long lines = count("lineitem");
        Written written = orderEntry.cancelOrder();
        assertThat(count("orders")).isEqualTo(orders - 1);
        assertThat(count("lineitem")).isEqualTo(lines - written.deleted() + 1).isLessThan(lines);
    }

    @Test
    void a_price_change_updates_the_lines_and_the_order() {
        assertThat(orderEntry.changePrice().updated()).isGreaterThan(1);
    }

    @Test
    void a_customer_change_updates_one_customer() {
        assertThat(orderEntry.updateCustomer()).isEqualTo(Written.updates(1));
    }

    @Test
    void hundreds_of_transactions_leave_no_order_without_lines() {
        for (int i = 0; i < 300; i++) {
            orderEntry.runOne();
        }
        assertThat(count("orders WHERE NOT EXISTS (SELECT FROM lineitem WHERE l_orderkey = o_orderkey)"))
                .isZero();
    }

    private long count(String from) {
        return jdbc.sql("SELECT count(*) FROM " + from).query(Long.class).single();
    }
}
