package io.pgstream.autoconfigure;

import io.pgstream.engine.StreamTableEngine;
import io.pgstream.schedule.RefreshScheduler;
import io.pgstream.schedule.VerificationSchedule;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.TaskScheduler;

/**
 * Auto-configuration of verifications on a schedule.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = PgStreamSchedulingAutoConfiguration.class)
@ConditionalOnBean({StreamTableEngine.class, RefreshScheduler.class})
@EnableConfigurationProperties(PgStreamVerificationProperties.class)
public final class PgStreamVerificationAutoConfiguration {

    private static final Duration LOOK = Duration.ofSeconds(30);

    PgStreamVerificationAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    VerificationSchedule pgStreamVerificationSchedule(
            StreamTableEngine engine,
            @Qualifier(PgStreamSchedulingAutoConfiguration.TASK_SCHEDULER) TaskScheduler taskScheduler,
            PgStreamVerificationProperties properties) {
        return new VerificationSchedule(
                engine.verifier(),
                taskScheduler,
                properties::scheduleOf,
                new VerificationSchedule.Settings(LOOK, properties.sampleRows(), properties.repair()));
    }

    @Bean
    VerificationScheduleLifecycle pgStreamVerificationScheduleLifecycle(
            VerificationSchedule schedule, PgStreamVerificationProperties properties) {
        return new VerificationScheduleLifecycle(schedule, properties.anything());
    }

    @Bean
    static LazyInitializationExcludeFilter pgStreamVerificationLazyInitializationExcludeFilter() {
        return LazyInitializationExcludeFilter.forBeanTypes(VerificationScheduleLifecycle.class);
    }
}
