package io.pgstream.autoconfigure.observation;

import io.micrometer.observation.ObservationRegistry;
import io.pgstream.autoconfigure.PgStreamAutoConfiguration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of an observation for each refresh.
 *
 * @since 0.1.0
 */
@AutoConfiguration(
        after = PgStreamAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(ObservationRegistry.class)
public final class PgStreamObservationAutoConfiguration {

    PgStreamObservationAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    RefreshObservations pgStreamRefreshObservations(
            ObservationRegistry registry, ObjectProvider<RefreshObservationConvention> convention) {
        return new RefreshObservations(registry, convention.getIfAvailable());
    }
}
