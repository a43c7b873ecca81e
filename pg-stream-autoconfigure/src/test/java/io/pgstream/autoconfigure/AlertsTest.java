package io.pgstream.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.StreamTableAlert;
import io.pgstream.StreamTableAlertListener;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableOperations;
import io.pgstream.alert.Alerts;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.JdbcTemplate;

/** What happens to stream tables arrives as application events, also at beans that use the engine themselves. */
class AlertsTest {

    private final ApplicationContextRunner application =
            ContextRunners.on(TestDatabase.create()).withUserConfiguration(Operators.class);

    @Test
    void a_refresh_is_an_application_event_and_told_to_listeners() {
        application.run(context -> {
            assertThat(context).hasNotFailed();
            new JdbcTemplate(context.getBean(DataSource.class)).execute("CREATE TABLE item (id int PRIMARY KEY)");
            StreamTableOperations operations = context.getBean(StreamTableOperations.class);
            operations.create(StreamTableDefinition.of("items", "SELECT id FROM item"));
            Operators operators = context.getBean(Operators.class);
            for (BlockingQueue<StreamTableAlert> queue : java.util.List.of(operators.events, operators.told)) {
                StreamTableAlert alert = queue.poll(30, TimeUnit.SECONDS);
                assertThat(alert).isNotNull();
                assertThat(alert.event()).isEqualTo(StreamTableAlert.Event.REFRESH_COMPLETED);
                assertThat(alert.name()).hasToString("public.items");
            }
            operations.drop("items");
            new JdbcTemplate(context.getBean(DataSource.class)).execute("DROP TABLE item");
        });
    }

    @Test
    void a_property_switches_them_off() {
        application
                .withPropertyValues("pg-stream.alerts.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Alerts.class));
    }

    @Configuration(proxyBeanMethods = false)
    static class Operators {

        final BlockingQueue<StreamTableAlert> events = new LinkedBlockingQueue<>();

        final BlockingQueue<StreamTableAlert> told = new LinkedBlockingQueue<>();

        @EventListener
        void on(StreamTableAlert alert) {
            events.add(alert);
        }

        /** Needs the engine, which needs the alerts, which need the listeners. */
        @Bean
        StreamTableAlertListener operator(StreamTableOperations operations) {
            return alert -> {
                operations.list();
                told.add(alert);
            };
        }
    }
}
