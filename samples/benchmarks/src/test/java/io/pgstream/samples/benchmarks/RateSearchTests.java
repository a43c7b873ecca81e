package io.pgstream.samples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RateSearchTests {

    private final List<Integer> tried = new ArrayList<>();

    private RateSearch search(int capacity, int trials) {
        return new RateSearch(
                rate -> {
                    tried.add(rate);
                    return rate <= capacity;
                },
                () -> tried.size() < trials);
    }

    @Test
    void the_rate_found_is_sustained_and_at_most_a_tenth_below_the_capacity() {
        assertThat(search(13_700, 100).from(1000)).isBetween(13_700 * 10 / 11, 13_700);
    }

    @Test
    void a_first_rate_that_is_too_high_is_halved() {
        assertThat(search(130, 100).from(4000)).isBetween(130 * 10 / 11, 130);
        assertThat(tried).startsWith(4000, 2000, 1000);
    }

    @Test
    void without_time_the_best_rate_so_far_counts() {
        assertThat(search(1_000_000, 3).from(1000)).isEqualTo(4000);
    }

    @Test
    void nothing_is_found_where_nothing_is_sustained() {
        assertThat(search(0, 100).from(1000)).isZero();
        assertThat(tried).hasSizeLessThan(10);
    }

    @Test
    void quantiles_can_be_weighted() {
        List<Double> values = List.of(30.0, 10.0, 20.0);

        assertThat(Statistics.quantile(values, new double[] {1, 98, 1}, 0.5)).isEqualTo(10);
        assertThat(Statistics.quantile(values, new double[] {1, 98, 1}, 0.99)).isEqualTo(20);
        assertThat(Statistics.quantile(values, new double[] {1, 98, 1}, 1)).isEqualTo(30);
        assertThat(Statistics.quantile(values, new double[] {0, 0, 0}, 0.5)).isZero();
    }
}
