package io.pgstream.autoconfigure;

import io.pgstream.engine.StreamTableEngine;
import io.pgstream.schedule.RefreshScheduler;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnThreading;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.task.SimpleAsyncTaskSchedulerBuilder;
import org.springframework.boot.task.ThreadPoolTaskSchedulerBuilder;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * Auto-configuration of the clock that refreshes stream tables on their schedules.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = {PgStreamAutoConfiguration.class, TaskSchedulingAutoConfiguration.class})
@ConditionalOnBean(StreamTableEngine.class)
@ConditionalOnBooleanProperty(name = "pg-stream.scheduler.enabled", matchIfMissing = true)
public final class PgStreamSchedulingAutoConfiguration {

    static final String TASK_SCHEDULER = "pgStreamTaskScheduler";

    private static final String THREAD_NAME_PREFIX = "pg-stream-";

    /** Lower than the clock's own phase: the threads are there before it starts, and after it has stopped. */
    private static final int TASK_SCHEDULER_PHASE = StreamTableSynchronizer.PHASE - 1;

    /** One for the clock, one for verifications. */
    private static final int OTHER_THREADS = 2;

    PgStreamSchedulingAutoConfiguration() {}

    @Bean(name = TASK_SCHEDULER, defaultCandidate = false)
    @ConditionalOnMissingBean(name = TASK_SCHEDULER)
    @ConditionalOnThreading(Threading.PLATFORM)
    ThreadPoolTaskScheduler pgStreamTaskScheduler(
            ObjectProvider<ThreadPoolTaskSchedulerBuilder> builder, PgStreamProperties properties) {
        ThreadPoolTaskScheduler scheduler = builder.getIfAvailable(ThreadPoolTaskSchedulerBuilder::new)
                .poolSize(properties.maxConcurrentRefreshes() + OTHER_THREADS)
                .threadNamePrefix(THREAD_NAME_PREFIX)
                .build();
        // The clock decides what still runs while the application stops, and when it is cancelled.
        scheduler.setAcceptTasksAfterContextClose(true);
        scheduler.setPhase(TASK_SCHEDULER_PHASE);
        return scheduler;
    }

    @Bean(name = TASK_SCHEDULER, defaultCandidate = false)
    @ConditionalOnMissingBean(name = TASK_SCHEDULER)
    @ConditionalOnThreading(Threading.VIRTUAL)
    SimpleAsyncTaskScheduler pgStreamVirtualThreadTaskScheduler(
            ObjectProvider<SimpleAsyncTaskSchedulerBuilder> builder) {
        SimpleAsyncTaskScheduler scheduler = builder.getIfAvailable(SimpleAsyncTaskSchedulerBuilder::new)
                .threadNamePrefix(THREAD_NAME_PREFIX)
                .virtualThreads(true)
                .build();
        scheduler.setPhase(TASK_SCHEDULER_PHASE);
        return scheduler;
    }

    @Bean
    @ConditionalOnMissingBean
    RefreshScheduler pgStreamRefreshScheduler(
            StreamTableEngine engine,
            @Qualifier(TASK_SCHEDULER) TaskScheduler taskScheduler,
            PgStreamProperties properties) {
        return new RefreshScheduler(
                engine, taskScheduler, properties.schedulerInterval(), properties.maxConcurrentRefreshes());
    }

    @Bean
    RefreshSchedulerLifecycle pgStreamRefreshSchedulerLifecycle(
            RefreshScheduler scheduler, PgStreamProperties properties) {
        return new RefreshSchedulerLifecycle(scheduler, properties.scheduler().shutdownTimeout());
    }

    @Bean
    static LazyInitializationExcludeFilter pgStreamSchedulingLazyInitializationExcludeFilter() {
        return LazyInitializationExcludeFilter.forBeanTypes(RefreshSchedulerLifecycle.class);
    }
}
