package io.pgstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S",
        "30s, PT30S",
        "5m, PT5M",
        "2h, PT2H",
        "1d, P1D",
        "1w, P7D",
        "1h30m, PT1H30M",
        "1H30M, PT1H30M",
        "PT45S, PT45S",
    })
    void a_duration_is_the_longest_age_of_the_data(String text, Duration expected) {
        assertThat(Schedule.parse(text)).isEqualTo(new Schedule.Every(expected));
    }

    @Test
    void a_cron_expression_may_leave_out_the_seconds() {
        assertThat(Schedule.parse("*/5 * * * *"))
                .isInstanceOfSatisfying(
                        Schedule.Cron.class,
                        cron -> assertThat(cron.sixFields()).isEqualTo("0 */5 * * * *"));
        assertThat(Schedule.parse("30 */5 * * * *"))
                .isInstanceOfSatisfying(
                        Schedule.Cron.class,
                        cron -> assertThat(cron.sixFields()).isEqualTo("30 */5 * * * *"));
    }

    @Test
    void an_alias_stands_for_a_cron_expression() {
        assertThat(Schedule.parse("@hourly")).isEqualTo(new Schedule.Cron("@hourly"));
    }

    @Test
    void calculated_and_manual_are_words_in_any_case() {
        assertThat(Schedule.parse("calculated")).isEqualTo(new Schedule.Calculated());
        assertThat(Schedule.parse(" Manual ")).isEqualTo(new Schedule.Manual());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1h30m", "500ms", "8d", "*/5 * * * *", "@daily", "calculated", "manual"})
    void what_a_schedule_shows_is_read_as_the_same_schedule(String text) {
        Schedule schedule = Schedule.parse(text);

        assertThat(Schedule.parse(schedule.text())).isEqualTo(schedule);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "soon", "5", "5x", "-5s", "0s", "1 2 3", "61 * * * *", "@never", "99999999999999999999d"})
    void a_text_that_is_not_a_schedule_is_refused_with_examples_of_what_is(String text) {
        assertThatExceptionOfType(InvalidDefinitionException.class)
                .isThrownBy(() -> Schedule.parse(text))
                .withMessageContaining("is not a schedule")
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_SCHEDULE))
                .satisfies(failure -> assertThat(failure.action()).contains("30s", "'*/5 * * * *'", "@hourly"));
    }
}
