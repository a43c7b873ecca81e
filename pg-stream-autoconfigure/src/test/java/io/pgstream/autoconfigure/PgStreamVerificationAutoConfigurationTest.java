package io.pgstream.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.InvalidDefinitionException;
import io.pgstream.QualifiedName;
import io.pgstream.Schedule;
import io.pgstream.autoconfigure.PgStreamVerificationProperties.Table;
import io.pgstream.schedule.VerificationSchedule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** When stream tables are compared with their queries. */
class PgStreamVerificationAutoConfigurationTest {

    private static final QualifiedName TOTALS = new QualifiedName("public", "totals");

    private final ApplicationContextRunner application = ContextRunners.on(TestDatabase.create())
            .withConfiguration(AutoConfigurations.of(PgStreamVerificationAutoConfiguration.class));

    @Test
    void nothing_is_verified_unless_it_is_asked_for() {
        application.run(context -> assertThat(
                        context.getBean(VerificationSchedule.class).isRunning())
                .isFalse());
    }

    @Test
    void a_schedule_starts_verifications_with_the_clock() {
        application
                .withPropertyValues("pg-stream.verification.schedule=1d")
                .run(context -> assertThat(
                                context.getBean(VerificationSchedule.class).isRunning())
                        .isTrue());
        application
                .withPropertyValues(
                        "pg-stream.verification.tables[0].name=totals", "pg-stream.verification.tables[0].schedule=1d")
                .run(context -> assertThat(
                                context.getBean(VerificationSchedule.class).isRunning())
                        .isTrue());
        application
                .withPropertyValues("pg-stream.verification.schedule=1d", "pg-stream.scheduler.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(VerificationSchedule.class));
    }

    @Test
    void a_table_can_have_a_schedule_of_its_own_or_none() {
        PgStreamVerificationProperties properties = new PgStreamVerificationProperties(
                "1d", 1000, false, List.of(new Table("public.totals", "0 3 * * *"), new Table("sales", "off")));

        assertThat(properties.scheduleOf(TOTALS)).isEqualTo(Schedule.parse("0 3 * * *"));
        assertThat(properties.scheduleOf(new QualifiedName("reporting", "sales")))
                .isNull();
        assertThat(properties.scheduleOf(new QualifiedName("public", "other"))).isEqualTo(Schedule.parse("1d"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"live", "manual", "calculated", "30s", "often"})
    void a_schedule_that_makes_no_sense_is_refused(String schedule) {
        assertThatThrownBy(() -> new PgStreamVerificationProperties(schedule, 1000, false, List.of()))
                .isInstanceOf(InvalidDefinitionException.class)
                .hasMessageContaining("pg-stream.verification.schedule");
        assertThatThrownBy(() ->
                        new PgStreamVerificationProperties("off", 1000, false, List.of(new Table("totals", schedule))))
                .isInstanceOf(InvalidDefinitionException.class);
    }
}
