package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** The choice under costs that the test knows: how far behind the better way it is over many refreshes. */
class RefreshCostsTest {

    private static final int REFRESHES = 300;

    private final RefreshCosts costs = new RefreshCosts();

    private final Random random = new Random(7);

    /** Refreshes by the choice; returns how many times longer they took than the better way each time. */
    private double behind(double full, DoubleUnaryOperator differential, DoubleUnaryOperator work) {
        double taken = 0;
        double best = 0;
        for (int i = 0; i < REFRESHES; i++) {
            double size = work.applyAsDouble(i);
            double delta = differential.applyAsDouble(size) * (0.8 + 0.4 * random.nextDouble());
            best += Math.min(full, delta);
            if (costs.fullIsCheaper(size, size)) {
                costs.full(size, full);
                taken += full;
            } else {
                costs.differential(size, delta);
                taken += delta;
            }
        }
        return taken / best;
    }

    private static double usual(double work) {
        return 3_000 + 1.2 * work;
    }

    @Test
    void from_a_thousandth_to_half_of_the_rows_the_choice_is_hardly_behind_the_better_way() {
        for (double share : new double[] {0.001, 0.01, 0.1, 0.5}) {
            costs.full(0, 120_000);
            assertThat(behind(120_000, RefreshCostsTest::usual, i -> share * 2_000_000))
                    .as("%s of the rows", share)
                    .isLessThan(1.15);
        }
    }

    @Test
    void changes_of_all_sizes_in_turn_are_told_apart() {
        costs.full(0, 120_000);
        double[] sizes = {10, 2_000, 800_000, 40};
        assertThat(behind(120_000, RefreshCostsTest::usual, i -> sizes[(int) i % sizes.length]))
                .isLessThan(1.15);
    }

    @Test
    void a_join_that_explodes_costs_one_refresh_to_find_out_and_then_hardly_any() {
        costs.full(0, 1_000_000);
        assertThat(behind(1_000_000, work -> 10_000_000, i -> 20)).isLessThan(1.4);
    }

    @Test
    void one_explosion_does_not_make_the_small_changes_after_it_full() {
        costs.full(0, 1_000_000);
        for (int i = 0; i < 5; i++) {
            costs.differential(10, 4_000);
        }
        costs.differential(10, 60_000_000);
        assertThat(costs.fullIsCheaper(10, 10)).isFalse();
    }

    @Test
    void a_backlog_after_an_outage_is_judged_by_what_smaller_changes_have_cost() {
        costs.full(0, 1_000_000);
        for (int i = 0; i < 10; i++) {
            costs.differential(10_000, 33_000);
            costs.differential(100, 3_000);
        }
        assertThat(costs.fullIsCheaper(100_000, 100_000)).isFalse();
        assertThat(costs.fullIsCheaper(2_000_000, 2_000_000)).isTrue();
    }

    @Test
    void a_slow_moment_does_not_keep_a_table_full() {
        costs.full(0, 50_000);
        for (int i = 0; i < 5; i++) {
            costs.differential(100, 500_000);
        }
        int fulls = 0;
        while (costs.fullIsCheaper(100, 100)) {
            costs.full(100, 50_000);
            fulls++;
        }
        assertThat(fulls).isBetween(10, 100);
    }

    @Test
    void a_slow_moment_of_the_first_delta_is_not_taken_for_what_deltas_take() {
        costs.full(0, 220_000);
        costs.differential(170_000, 260_000);
        assertThat(costs.fullIsCheaper(170_000, 170_000)).isFalse();
        costs.differential(170_000, 114_000);
        assertThat(costs.expectedDifferential(170_000, 170_000)).isEqualTo(114_000);
    }

    /** The planner expected 45,000 rows of 280 changes, where there were hundreds. */
    @Test
    void what_is_only_guessed_to_be_dear_is_tried_and_what_is_surely_dear_is_not() {
        costs.full(0, 140_000);
        assertThat(costs.fullIsCheaper(280, 45_000)).isFalse();
        assertThat(costs.fullIsCheaper(280, 150_000)).isFalse();
        assertThat(costs.fullIsCheaper(1_000_000, 1_000_000)).isTrue();
    }

    @Test
    void of_deltas_of_one_size_what_every_refresh_costs_is_not_taken_for_the_cost_of_their_rows() {
        costs.full(0, 50_000);
        for (int i = 0; i < 5; i++) {
            costs.differential(270, 6_000);
        }
        assertThat(costs.fullIsCheaper(2_700, 2_700)).isFalse();
    }

    @Test
    void before_anything_was_seen_a_delta_is_tried() {
        assertThat(costs.fullIsCheaper(1_000_000, 1_000_000)).isFalse();
        assertThat(costs.describe()).isEmpty();
    }

    @Test
    void says_from_which_size_on_a_full_refresh_is_cheaper_whatever_the_size() {
        RefreshCosts costs = new RefreshCosts();
        assertThat(costs.alwaysFullFrom()).isInfinite();
        costs.full(0, 100_000);
        assertThat(costs.alwaysFullFrom()).isBetween(100_000.0, 1_000_000.0);
        costs.differential(50_000, 50_000);
        assertThat(costs.alwaysFullFrom()).isBetween(65_536.0, 300_000.0);
        costs.differential(20_000, 300_000);
        costs.differential(50_000, 200_000);
        costs.differential(50_000, 200_000);
        assertThat(costs.alwaysFullFrom()).isBetween(4_096.0, 65_536.0);
    }

    /** Half of what a full refresh with its states takes is more than the deltas take, and the query a third of that. */
    @Test
    void deltas_that_are_dearer_than_the_query_are_given_up_soon_once_the_query_was_tried() {
        costs.full(0, 400_000, 350_000);
        for (int i = 0; i < 20; i++) {
            costs.differential(700, 180_000);
        }
        assertThat(costs.fullIsCheaper(700, 700)).isFalse();
        assertThat(costs.wantsTrial(3_000)).isFalse();
        assertThat(costs.wantsTrial(180_000)).isTrue();

        costs.tried(60_000, true);
        assertThat(costs.wantsTrial(180_000)).isFalse();
        costs.differential(700, 180_000);
        assertThat(costs.leavesStates()).isFalse();
        costs.differential(700, 180_000);
        assertThat(costs.leavesStates()).isTrue();
        assertThat(costs.fullIsCheaper(700, 700)).isTrue();
    }

    @Test
    void a_query_that_did_not_end_as_soon_as_its_delta_changes_nothing() {
        costs.full(0, 400_000, 350_000);
        costs.differential(700, 180_000);
        costs.tried(180_000, false);
        for (int i = 0; i < 20; i++) {
            costs.differential(700, 180_000);
        }
        assertThat(costs.fullIsCheaper(700, 700)).isFalse();
    }

    /** Read from the states the result takes seconds, of which the query needs nothing. */
    @Test
    void what_a_load_took_that_read_its_states_does_not_keep_deltas_on() {
        costs.full(0, 16_000_000, 60_000);
        costs.differential(200, 260_000);
        assertThat(costs.wantsTrial(260_000)).isTrue();
        costs.tried(20_000, true);
        costs.differential(200, 260_000);
        costs.differential(200, 260_000);
        assertThat(costs.fullIsCheaper(200, 200)).isTrue();
        assertThat(costs.leavesStates()).isTrue();
    }

    @Test
    void a_query_that_was_given_up_is_tried_again_when_deltas_take_much_longer() {
        costs.full(0, 400_000, 350_000);
        costs.differential(700, 20_000);
        costs.tried(20_000, false);
        assertThat(costs.wantsTrial(60_000)).isFalse();
        assertThat(costs.wantsTrial(180_000)).isTrue();
        costs.tried(60_000, true);
        assertThat(costs.wantsTrial(600_000)).isFalse();
    }

    @Test
    void of_small_tables_the_states_are_kept_and_deltas_go_on() {
        costs.full(0, 8_000, 6_000);
        for (int i = 0; i < 20; i++) {
            costs.differential(20, 8_500);
        }
        assertThat(costs.leavesStates()).isFalse();
        assertThat(costs.fullIsCheaper(20, 20)).isFalse();
    }

    @Test
    void a_delta_of_which_the_statements_had_to_be_planned_is_forgotten_for_the_next_one() {
        costs.full(0, 36_000);
        costs.differential(640, 60_000, true);
        assertThat(costs.fullIsCheaper(640, 640)).isFalse();
        costs.differential(640, 9_000);
        costs.differential(640, 70_000, true);
        assertThat(costs.expectedDifferential(640, 640)).isLessThan(9_001);

        costs.differential(40, 150_000, true);
        assertThat(costs.fullIsCheaper(40, 40)).isTrue();
    }

    @Test
    void a_delta_that_is_only_guessed_to_be_dear_is_tried_for_as_long_as_a_full_refresh_takes() {
        costs.full(0, 40_000);
        assertThat(costs.expectedDifferential(600, 70_000)).isGreaterThan(150_000);
        assertThat(costs.fullIsCheaper(600, 70_000)).isFalse();
        assertThat(costs.limit(600, 70_000)).isEqualTo(70_000);
        costs.differential(70_000, 15_000);
        assertThat(costs.fullIsCheaper(600, 70_000)).isFalse();
        assertThat(costs.limit(600, 70_000)).isEqualTo(1_000_000);
        costs.differential(70_000, 15_000);
        assertThat(costs.limit(600, 70_000)).isInfinite();
    }

    @Test
    void a_delta_that_was_given_up_is_seldom_tried_again_and_as_shortly() {
        costs.full(0, 40_000);
        costs.gaveUp(70_000, 70_000);
        int fulls = 0;
        while (costs.fullIsCheaper(600, 70_000)) {
            costs.full(70_000, 40_000);
            fulls++;
        }
        assertThat(fulls).isBetween(20, 60);
        assertThat(costs.limit(600, 70_000)).isEqualTo(70_000);
        costs.gaveUp(70_000, 70_000);
        assertThat(costs.fullIsCheaper(600, 70_000)).isTrue();
    }

    @Test
    void a_delta_that_takes_many_times_what_others_did_is_given_up_and_decides_nothing_alone() {
        costs.full(0, 400_000);
        costs.differential(500, 30_000);
        costs.differential(500, 30_000);
        costs.differential(500, 30_000);
        assertThat(costs.limit(500, 500)).isEqualTo(1_600_000);
        costs.gaveUp(500, 1_600_000);
        assertThat(costs.fullIsCheaper(500, 500)).isFalse();
    }

    @Test
    void a_delta_that_was_asked_for_is_given_up_when_it_is_out_of_hand_and_those_behind_it_sooner() {
        assertThat(costs.limitOfWanted(500)).isInfinite();
        costs.full(0, 400_000);
        assertThat(costs.limitOfWanted(500)).isEqualTo(5_000_000);
        costs.full(0, 800_000);
        costs.full(0, 800_000);
        assertThat(costs.limitOfWanted(500)).isEqualTo(8_000_000);
        costs.gaveUp(500, 8_000_000);
        assertThat(costs.limitOfWanted(500)).isEqualTo(3_200_000);
        costs.differential(500, 10_000);
        assertThat(costs.limitOfWanted(500)).isEqualTo(8_000_000);
        costs.differential(500, 10_000);
        assertThat(costs.limitOfWanted(500)).isInfinite();
        costs.gaveUp(500, 8_000_000);
        assertThat(costs.limitOfWanted(500)).isEqualTo(3_200_000);
    }

    @Test
    void planning_is_not_all_of_a_long_delta() {
        costs.full(0, 150_000);
        costs.differential(300, 400_000, true);
        assertThat(costs.expectedDifferential(300, 300)).isEqualTo(300_000);
        assertThat(costs.fullIsCheaper(300, 300)).isTrue();
    }
}
