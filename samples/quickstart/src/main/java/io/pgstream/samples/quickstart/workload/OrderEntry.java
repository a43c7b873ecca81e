package io.pgstream.samples.quickstart.workload;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** The transactions of an order-entry application, each on customers, parts and orders chosen at random. */
class OrderEntry {

    private static final int MAXIMUM_LINES = 7;

    private static final List<String> SEGMENTS =
            List.of("AUTOMOBILE", "BUILDING", "FURNITURE", "HOUSEHOLD", "MACHINERY");

    private static final List<String> PRIORITIES =
            List.of("1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW");

    private static final List<String> SHIP_MODES = List.of("AIR", "FOB", "MAIL", "RAIL", "REG AIR", "SHIP", "TRUCK");

    private final JdbcClient jdbc;

    private final TransactionOperations transactions;

    private final RandomGenerator random;

    OrderEntry(JdbcClient jdbc, TransactionOperations transactions, RandomGenerator random) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.random = random;
    }

    /** Runs one transaction; about as many orders are placed as are cancelled. */
    Written runOne() {
        int percentile = random.nextInt(100);
        if (percentile < 25) {
            return placeOrder();
        }
        if (percentile < 45) {
            return shipOrder();
        }
        if (percentile < 65) {
            return changePrice();
        }
        if (percentile < 90) {
            return cancelOrder();
        }
        return updateCustomer();
    }

    /** A new order of one to seven lines. */
    Written placeOrder() {
        return transactions.execute(status -> {
            int lines = 1 + random.nextInt(MAXIMUM_LINES);
            long order = jdbc.sql("""
                            INSERT INTO orders (o_custkey, o_orderstatus, o_totalprice, o_orderdate, o_orderpriority,
                                                o_clerk, o_shippriority, o_comment)
                            SELECT c_custkey, 'O', 0, DATE '1998-08-02', :priority, 'Clerk#000000001', 0, 'quickstart'
                              FROM customer
                             WHERE c_custkey >= (SELECT ceil(:position * max(c_custkey)) FROM customer)
                             ORDER BY c_custkey
                             LIMIT 1
                            RETURNING o_orderkey
                            """)
                    .param("priority", anyOf(PRIORITIES))
                    .param("position", random.nextDouble())
                    .query(Long.class)
                    .single();
            int inserted = 0;
            for (int line = 1; line <= lines; line++) {
                inserted += addLine(order, line);
            }
            return Written.inserts(1 + inserted).and(updateTotal(order));
        });
    }

    private int addLine(long order, int line) {
        int quantity = 1 + random.nextInt(50);
        return jdbc.sql("""
                        INSERT INTO lineitem (l_orderkey, l_partkey, l_suppkey, l_linenumber, l_quantity,
                                              l_extendedprice, l_discount, l_tax, l_returnflag, l_linestatus,
                                              l_shipdate, l_commitdate, l_receiptdate, l_shipinstruct, l_shipmode,
                                              l_comment)
                        SELECT :order, ps_partkey, ps_suppkey, :line, :quantity, :quantity * p_retailprice,
                               :discount / 100.0, :tax / 100.0, 'N', 'O', DATE '1998-08-02' + :days,
                               DATE '1998-09-01', DATE '1998-08-05' + :days, 'NONE', :mode, 'quickstart'
                          FROM part
                          JOIN partsupp ON ps_partkey = p_partkey
                         WHERE p_partkey = (SELECT ceil(:position * max(p_partkey))::integer FROM part)
                         ORDER BY ps_suppkey
                         LIMIT 1
                        """)
                .param("order", order)
                .param("line", line)
                .param("quantity", quantity)
                .param("discount", random.nextInt(11))
                .param("tax", random.nextInt(9))
                .param("days", 1 + random.nextInt(60))
                .param("mode", anyOf(SHIP_MODES))
                .param("position", 1 - random.nextDouble())
                .update();
    }

    /** An open order leaves the house: its status and that of its lines change. */
    Written shipOrder() {
        return withAnOrder("o_orderstatus = 'O'", order -> {
            int lines = jdbc.sql("""
                            UPDATE lineitem
                               SET l_linestatus = 'F', l_returnflag = :flag
                             WHERE l_orderkey = :order
                            """)
                    .param("flag", anyOf(List.of("A", "N", "N", "N", "R")))
                    .param("order", order)
                    .update();
            int orders = jdbc.sql("UPDATE orders SET o_orderstatus = 'F' WHERE o_orderkey = :order")
                    .param("order", order)
                    .update();
            return Written.updates(lines + orders);
        });
    }

    /** An open order is discounted. */
    Written changePrice() {
        return withAnOrder("o_orderstatus = 'O'", order -> {
            int lines = jdbc.sql("UPDATE lineitem SET l_discount = :discount / 100.0 WHERE l_orderkey = :order")
                    .param("discount", random.nextInt(11))
                    .param("order", order)
                    .update();
            return Written.updates(lines).and(updateTotal(order));
        });
    }

    /** An order and its lines are deleted. */
    Written cancelOrder() {
        return withAnOrder("true", order -> {
            int lines = jdbc.sql("DELETE FROM lineitem WHERE l_orderkey = :order")
                    .param("order", order)
                    .update();
            int orders = jdbc.sql("DELETE FROM orders WHERE o_orderkey = :order")
                    .param("order", order)
                    .update();
            return Written.deletes(lines + orders);
        });
    }

    /** A customer moves, to another nation now and then, or to another market segment. */
    Written updateCustomer() {
        return transactions.execute(status -> Written.updates(jdbc.sql("""
                        UPDATE customer
                           SET c_address = :address, c_mktsegment = :segment,
                               c_nationkey = CASE WHEN :moves THEN :nation ELSE c_nationkey END
                         WHERE c_custkey = (SELECT ceil(:position * max(c_custkey))::integer FROM customer)
                        """)
                .param("address", random.nextInt(1, 1000) + " Main Street")
                .param("segment", anyOf(SEGMENTS))
                .param("moves", random.nextInt(4) == 0)
                .param("nation", random.nextInt(25))
                .param("position", 1 - random.nextDouble())
                .update()));
    }

    private Written updateTotal(long order) {
        return Written.updates(jdbc.sql("""
                        UPDATE orders
                           SET o_totalprice = (SELECT coalesce(sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)), 0)
                                                 FROM lineitem
                                                WHERE l_orderkey = :order)
                         WHERE o_orderkey = :order
                        """).param("order", order).update());
    }

    private Written withAnOrder(String condition, OrderAction action) {
        return transactions.execute(
                status -> lockAnOrder(condition).map(action::apply).orElse(Written.NOTHING));
    }

    /** Locks the order before its lines, and passes over those that another writer holds: no deadlocks. */
    private Optional<Long> lockAnOrder(String condition) {
        return jdbc.sql("""
                        SELECT o_orderkey
                          FROM orders
                         WHERE o_orderkey >= (SELECT (:position * max(o_orderkey))::bigint FROM orders)
                           AND %s
                         ORDER BY o_orderkey
                         LIMIT 1
                           FOR UPDATE SKIP LOCKED
                        """.formatted(condition))
                .param("position", random.nextDouble())
                .query(Long.class)
                .optional();
    }

    private <T> T anyOf(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    @FunctionalInterface
    private interface OrderAction {

        Written apply(long order);
    }
}
