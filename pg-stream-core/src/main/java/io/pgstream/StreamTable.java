package io.pgstream;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares a stream table: an ordinary table that keeps itself equal to its query. It is found on types in the
 * application's packages; the type itself may be a marker, or a record for the table's rows.
 *
 * <pre>{@code
 * @StreamTable(name = "revenue_by_customer", schedule = "5s", query = """
 *         SELECT customer_id, sum(amount) AS revenue, count(*) AS orders
 *           FROM orders
 *          GROUP BY customer_id
 *         """)
 * record RevenueByCustomer(long customerId, BigDecimal revenue, long orders) {}
 * }</pre>
 *
 * @since 0.1.0
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface StreamTable {

    /**
     * The name of the table, with a schema if it should not be in the first one of the {@code search_path}.
     *
     * @return the name; by default the simple name of the type in snake case
     */
    String name() default "";

    /**
     * The defining query.
     *
     * @return one SELECT; empty if {@link #queryResource()} is given
     */
    String query() default "";

    /**
     * The resource that holds the defining query.
     *
     * @return a Spring resource location such as {@code classpath:sql/revenue.sql}; empty if {@link #query()} is given
     */
    String queryResource() default "";

    /**
     * When the table is refreshed.
     *
     * @return a text for {@link Schedule#parse(String)}; by default as often as the tightest of its consumers
     */
    String schedule() default Schedule.CALCULATED;

    /**
     * How the table is refreshed.
     *
     * @return the mode
     */
    RefreshMode mode() default RefreshMode.AUTO;

    /**
     * Whether the table is refreshed with the other tables of a diamond, in one transaction and at one snapshot. Where they
     * differ, atomic wins.
     *
     * @return by default as {@code pg-stream.diamond-consistency} says
     */
    DiamondConsistency diamondConsistency() default DiamondConsistency.DEFAULT;

    /**
     * When the tables of a diamond are due together. Where they differ, the slowest wins.
     *
     * @return by default as {@code pg-stream.diamond-policy} says
     */
    DiamondPolicy diamondPolicy() default DiamondPolicy.DEFAULT;
}
