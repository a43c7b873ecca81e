package io.pgstream.autoconfigure;

import io.pgstream.StreamTableAlertListener;
import io.pgstream.alert.Alerts;
import io.pgstream.engine.EngineSettings;
import java.time.Clock;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.function.SingletonSupplier;

/** What operators are told, by NOTIFY, as application events, and through listeners. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = "pg-stream.alerts.enabled", matchIfMissing = true)
final class AlertsConfiguration {

    /** How often it is looked for data that grows old and buffers that grow. */
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    AlertsConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    Alerts pgStreamAlerts(
            EngineConnections connections,
            EngineSettings settings,
            ObjectProvider<StreamTableAlertListener> listeners) {
        return new Alerts(
                connections.dataSource(),
                settings.catalogSchema(),
                INTERVAL,
                Clock.systemUTC(),
                SingletonSupplier.of(() -> listeners.orderedStream().toList()));
    }

    @Bean
    AlertsLifecycle pgStreamAlertsLifecycle(Alerts alerts) {
        return new AlertsLifecycle(alerts);
    }

    @Bean
    StreamTableAlertListener pgStreamAlertEventPublisher(ApplicationEventPublisher publisher) {
        return publisher::publishEvent;
    }

    @Bean
    static LazyInitializationExcludeFilter pgStreamAlertsLazyInitializationExcludeFilter() {
        return LazyInitializationExcludeFilter.forBeanTypes(AlertsLifecycle.class);
    }
}
