package io.pgstream.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.pgstream.DiamondConsistency;
import io.pgstream.DiamondPolicy;
import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.RefreshMode;
import io.pgstream.engine.GraphSettings;
import io.pgstream.engine.LifeSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

class PgStreamPropertiesTest {

    @Test
    void have_the_documented_defaults() {
        PgStreamProperties properties = bind();

        assertThat(properties.enabled()).isTrue();
        assertThat(properties.tables()).isEmpty();
        assertThat(properties.schedulerInterval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(properties.minSchedule()).isEqualTo(Duration.ofSeconds(1));
        assertThat(properties.defaultSchedule()).isEqualTo("1m");
        assertThat(properties.maxConcurrentRefreshes()).isEqualTo(4);
        assertThat(properties.maxConsecutiveErrors()).isEqualTo(3);
        assertThat(properties.maxRetries()).isEqualTo(5);
        assertThat(properties.differentialMaxChangeRatio()).isEqualTo(0.15);
        assertThat(properties.topkMaxLimit()).isEqualTo(1_000);
        assertThat(properties.recursiveMaxDepth()).isEqualTo(100);
        assertThat(properties.allowCircular()).isFalse();
        assertThat(properties.fixpointMaxIterations()).isEqualTo(GraphSettings.MAX_ITERATIONS);
        assertThat(properties.changeBufferSchema()).isEqualTo("pgstream_changes");
        assertThat(properties.stateSchema()).isEqualTo("pgstream_state");
        assertThat(properties.directUrl()).isNull();
        assertThat(properties.dedicatedPool()).isTrue();
        assertThat(properties.catalog()).isEqualTo(new PgStreamProperties.Catalog("pgstream", true, null, null, null));
        assertThat(properties.scheduler()).isEqualTo(new PgStreamProperties.Scheduler(true, Duration.ofSeconds(20)));
        assertThat(properties.startup())
                .isEqualTo(new PgStreamProperties.Startup(
                        PgStreamProperties.OnInvalidDefinition.FAIL,
                        LifeSettings.Changed.MIGRATE,
                        LifeSettings.Superseded.KEEP,
                        LifeSettings.Gone.KEEP));
        assertThat(properties.userTriggers()).isEqualTo(LifeSettings.UserTriggers.AUTO);
        assertThat(properties.changeFeed())
                .isEqualTo(
                        new PgStreamProperties.ChangeFeed(true, Duration.ofSeconds(1), 2, Duration.ofDays(1), 100_000));
    }

    @Test
    void keep_underscores_in_the_names_of_a_yaml_list() throws IOException {
        PgStreamProperties properties = bindYaml("""
            pg-stream:
              tables:
                - name: order_totals
                  query: SELECT customer_id, sum(amount) FROM orders GROUP BY customer_id
                  schedule: 5s
                  mode: differential
                  diamond-consistency: none
                  diamond-policy: slowest
                - name: reporting.daily_sales
                  query-resource: classpath:sql/daily_sales.sql
            """);

        assertThat(properties.tables())
                .containsExactly(
                        new PgStreamProperties.Table(
                                "order_totals",
                                "SELECT customer_id, sum(amount) FROM orders GROUP BY customer_id",
                                null,
                                "5s",
                                RefreshMode.DIFFERENTIAL,
                                DiamondConsistency.NONE,
                                DiamondPolicy.SLOWEST),
                        new PgStreamProperties.Table(
                                "reporting.daily_sales",
                                null,
                                "classpath:sql/daily_sales.sql",
                                null,
                                null,
                                null,
                                null));
    }

    @ParameterizedTest
    @CsvSource({
        "scheduler-interval, 50ms, 100ms, 60s",
        "scheduler-interval, 61s, 100ms, 60s",
        "min-schedule, 999ms, 1s, 86400s",
        "min-schedule, 2d, 1s, 86400s",
        "max-concurrent-refreshes, 0, 1, 32",
        "max-concurrent-refreshes, 33, 1, 32",
        "max-consecutive-errors, 0, 1, 100",
        "max-retries, -1, 0, 100",
        "topk-max-limit, 1000001, 0, 1000000",
        "recursive-max-depth, 100001, 0, 100000",
        "fixpoint-max-iterations, 0, 1, 1000000",
        "differential-max-change-ratio, 1.5, 0, 1",
        "scheduler.shutdown-timeout, -1s, 0s, 3600s",
        "change-feed.interval, 50ms, 100ms, 60s",
        "change-feed.max-concurrent-listeners, 0, 1, 32",
        "change-feed.retention, 1s, 60s, 31536000s",
        "change-feed.reset-above, 0, 1, 10000000",
    })
    void say_which_value_is_out_of_which_range(String setting, String value, String least, String most) {
        PgStreamException failure = failureOf(() -> bind("pg-stream." + setting, value));

        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_OPTION);
        assertThat(failure)
                .hasMessageStartingWith("pg-stream." + setting + " is '")
                .hasMessageEndingWith("': it has to be between " + least + " and " + most + ".");
        assertThat(failure.action()).contains("pg-stream." + setting, least, most);
    }

    @ParameterizedTest
    @CsvSource({"catalog.schema, pg_stream", "change-buffer-schema, 1st", "state-schema, 'my state'"})
    void refuse_what_is_not_the_name_of_a_schema(String setting, String value) {
        PgStreamException failure = failureOf(() -> bind("pg-stream." + setting, value));

        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_OPTION);
        assertThat(failure).hasMessageStartingWith("pg-stream." + setting + " is '" + value + "': a schema");
    }

    @Test
    void refuse_one_schema_for_two_purposes() {
        PgStreamException failure = failureOf(() -> bind("pg-stream.state-schema", "pgstream"));

        assertThat(failure).hasMessageContaining("pg-stream.state-schema").hasMessageContaining("have to differ");
    }

    @Test
    void refuse_a_default_schedule_that_cannot_be_read() {
        PgStreamException failure = failureOf(() -> bind("pg-stream.default-schedule", "sometimes"));

        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_SCHEDULE);
        assertThat(failure).hasMessageContaining("pg-stream.default-schedule").hasMessageContaining("sometimes");
    }

    @Test
    void refuse_a_default_schedule_that_has_to_be_calculated_itself() {
        PgStreamException failure = failureOf(() -> bind("pg-stream.default-schedule", "calculated"));

        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_OPTION);
        assertThat(failure).hasMessageContaining("pg-stream.default-schedule is 'calculated'");
    }

    @Test
    void refuse_a_direct_url_without_a_pool_of_its_own() {
        PgStreamException failure = failureOf(() ->
                bind("pg-stream.direct-url", "jdbc:postgresql://localhost/app", "pg-stream.dedicated-pool", "false"));

        assertThat(failure).hasMessageContaining("pg-stream.direct-url").hasMessageContaining("dedicated-pool");
    }

    @Test
    void refuse_the_url_of_another_server_without_repeating_it() {
        PgStreamException failure =
                failureOf(() -> bind("pg-stream.direct-url", "jdbc:mysql://localhost/app?user=me&password=secret"));

        assertThat(failure)
                .hasMessage("pg-stream.direct-url is not the JDBC URL of a PostgreSQL server.")
                .hasMessageNotContaining("secret");
    }

    @Test
    void refuse_a_password_without_its_user() {
        PgStreamException failure = failureOf(() -> bind("pg-stream.catalog.password", "secret"));

        assertThat(failure).hasMessageContaining("pg-stream.catalog.user").hasMessageNotContaining("secret");
    }

    @Test
    void do_not_print_the_password() {
        PgStreamProperties properties = bind("pg-stream.catalog.user", "owner", "pg-stream.catalog.password", "secret");

        assertThat(properties.toString()).contains("owner").doesNotContain("secret");
    }

    private static PgStreamProperties bind(String... namesAndValues) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return new Binder(new MapConfigurationPropertySource(map)).bindOrCreate("pg-stream", PgStreamProperties.class);
    }

    private static PgStreamProperties bindYaml(String yaml) throws IOException {
        List<PropertySource<?>> sources =
                new YamlPropertySourceLoader().load("test", new ByteArrayResource(yaml.getBytes()));
        return new Binder(ConfigurationPropertySources.from(sources))
                .bindOrCreate("pg-stream", PgStreamProperties.class);
    }

    private static PgStreamException failureOf(ThrowingCallable binding) {
        Throwable failure = catchThrowable(binding);
        while (failure != null && !(failure instanceof PgStreamException)) {
            failure = failure.getCause();
        }
        assertThat(failure).as("the cause of the failed binding").isInstanceOf(PgStreamException.class);
        return (PgStreamException) failure;
    }
}
