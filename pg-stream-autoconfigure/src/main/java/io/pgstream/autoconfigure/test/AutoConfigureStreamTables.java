package io.pgstream.autoconfigure.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.PropertyMapping;

/**
 * Makes stream tables in a test: with {@code @SpringBootTest}, or added to a slice that has a data source. Nothing is refreshed
 * by a clock, but only when the test says so, through a {@link StreamTableTester}.
 *
 * @since 0.1.0
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ImportAutoConfiguration
@PropertyMapping("pg-stream")
public @interface AutoConfigureStreamTables {

    /**
     * Whether stream tables are refreshed on their schedules as well.
     *
     * @return {@code false} unless the test waits for what the clock does
     */
    @PropertyMapping("scheduler.enabled")
    boolean scheduler() default false;
}
