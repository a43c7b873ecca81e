package io.pgstream.samples.quickstart.tables;

import io.pgstream.StreamTable;
import java.math.BigDecimal;

/**
 * An order that has not been shipped, with its customer; the record stands for a row of the table {@code open_orders}.
 *
 * @param orderKey the order
 * @param customer the customer's name
 * @param nation the nation that the customer lives in
 * @param priority how urgent the order is
 * @param totalPrice what it comes to
 */
@StreamTable(name = "open_orders", schedule = "1s", query = """
                SELECT o.o_orderkey AS order_key, c.c_name AS customer, n.n_name AS nation,
                       o.o_orderpriority AS priority, o.o_totalprice AS total_price
                  FROM orders o
                  JOIN customer c ON c.c_custkey = o.o_custkey
                  JOIN nation n ON n.n_nationkey = c.c_nationkey
                 WHERE o.o_orderstatus = 'O'
                """)
record OpenOrder(long orderKey, String customer, String nation, String priority, BigDecimal totalPrice) {}
