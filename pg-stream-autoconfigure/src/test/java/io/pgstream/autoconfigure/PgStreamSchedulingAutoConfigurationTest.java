package io.pgstream.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.engine.StreamTableEngine;
import io.pgstream.schedule.RefreshScheduler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.task.ThreadPoolTaskSchedulerCustomizer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

class PgStreamSchedulingAutoConfigurationTest {

    private static final String OURS = PgStreamSchedulingAutoConfiguration.TASK_SCHEDULER;

    private final ApplicationContextRunner application = ContextRunners.on(TestDatabase.create());

    @Test
    void the_clock_runs_on_threads_of_its_own() {
        application
                .withPropertyValues("pg-stream.max-concurrent-refreshes=6", "spring.task.scheduling.pool.size=2")
                .run(context -> {
                    assertThat(context).hasSingleBean(RefreshScheduler.class);
                    ThreadPoolTaskScheduler scheduler = context.getBean(OURS, ThreadPoolTaskScheduler.class);

                    assertThat(scheduler.getScheduledThreadPoolExecutor().getCorePoolSize())
                            .isEqualTo(8);
                    assertThat(scheduler.getThreadNamePrefix()).isEqualTo("pg-stream-");
                });
    }

    @Test
    void a_scheduled_job_of_the_application_keeps_its_thread() {
        application.withUserConfiguration(ScheduledJob.class).run(context -> {
            assertThat(context.getBean(TaskScheduler.class)).isSameAs(context.getBean("taskScheduler"));
            assertThat(context.getBean(ScheduledJob.class).thread.get(10, TimeUnit.SECONDS))
                    .startsWith("scheduling-");
        });
    }

    @Test
    void customizers_of_schedulers_are_honoured() {
        application
                .withBean(
                        ThreadPoolTaskSchedulerCustomizer.class,
                        () -> scheduler -> scheduler.setRemoveOnCancelPolicy(true))
                .run(context -> assertThat(context.getBean(OURS, ThreadPoolTaskScheduler.class)
                                .getScheduledThreadPoolExecutor()
                                .getRemoveOnCancelPolicy())
                        .isTrue());
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void virtual_threads_are_used_where_the_application_uses_them() {
        application
                .withPropertyValues("spring.threads.virtual.enabled=true")
                .run(context -> assertThat(context.getBean(OURS)).isInstanceOf(SimpleAsyncTaskScheduler.class));
    }

    @Test
    void a_scheduler_of_the_application_of_that_name_is_used() {
        application
                .withBean(OURS, ThreadPoolTaskScheduler.class, () -> {
                    ThreadPoolTaskScheduler own = new ThreadPoolTaskScheduler();
                    own.setThreadNamePrefix("own-");
                    return own;
                })
                .run(context -> assertThat(context.getBean(OURS, ThreadPoolTaskScheduler.class)
                                .getThreadNamePrefix())
                        .isEqualTo("own-"));
    }

    @Test
    void without_the_clock_the_engine_is_there_for_requests() {
        application
                .withPropertyValues("pg-stream.scheduler.enabled=false")
                .run(context -> assertThat(context)
                        .hasSingleBean(StreamTableEngine.class)
                        .doesNotHaveBean(RefreshScheduler.class)
                        .doesNotHaveBean(OURS));
    }

    @Test
    void the_clock_starts_in_an_application_that_makes_its_beans_lazily() {
        application
                .withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .run(context -> {
                    assertThat(context.getSourceApplicationContext()
                                    .getBeanFactory()
                                    .containsSingleton("pgStreamRefreshScheduler"))
                            .isTrue();
                    assertThat(context.getBean(RefreshScheduler.class).isRunning())
                            .isTrue();
                });
    }

    @Test
    void the_clock_runs_after_the_definitions_and_around_the_web_server() {
        application.run(context -> {
            int definitions = context.getBean(StreamTableSynchronizer.class).getPhase();
            int clock = context.getBean(RefreshSchedulerLifecycle.class).getPhase();
            int threads = context.getBean(OURS, ThreadPoolTaskScheduler.class).getPhase();

            assertThat(threads).isLessThan(definitions);
            assertThat(definitions).isLessThan(clock);
            assertThat(clock).isLessThan(WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE);
            assertThat(WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE).isLessThan(SmartLifecycle.DEFAULT_PHASE);
        });
    }

    @Configuration(proxyBeanMethods = false)
    @EnableScheduling
    static class ScheduledJob {

        final CompletableFuture<String> thread = new CompletableFuture<>();

        @Scheduled(fixedRate = 1, timeUnit = TimeUnit.HOURS)
        void run() {
            thread.complete(Thread.currentThread().getName());
        }
    }
}
