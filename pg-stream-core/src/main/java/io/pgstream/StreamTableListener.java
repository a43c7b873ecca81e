package io.pgstream;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;

/**
 * Marks a method of a bean that is told which rows of a stream table have changed. Its one parameter is a
 * {@link StreamTableChanges}, of the record that stands for the rows or of {@code Map<String, Object>}.
 *
 * <pre>{@code
 * @StreamTableListener(table = "revenue_by_customer", id = "revenue-cache")
 * void revenueChanged(StreamTableChanges<RevenueByCustomer> changes) {
 *     if (changes.isReset()) {
 *         cache.clear();
 *     }
 *     changes.forEach(change -> cache.evict(change.row().customerId()));
 * }
 * }</pre>
 *
 * It is called after the commit, transaction by transaction in their order, in one instance of the application at a time. What
 * it does not return from normally is told again, also after a restart: at least once, not exactly once.
 *
 * @since 0.1.0
 */
@Documented
@Reflective(ListenerReflection.class)
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface StreamTableListener {

    /**
     * The stream table.
     *
     * @return its name, with a schema if it is not in the first one of the {@code search_path}
     */
    String table();

    /**
     * What the position of the listener is remembered under; unique in the application, and the same for all of its instances
     * and versions.
     *
     * @return the id; by default the simple name of the class and the name of the method
     */
    String id() default "";
}
