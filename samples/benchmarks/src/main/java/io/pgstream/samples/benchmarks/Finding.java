package io.pgstream.samples.benchmarks;

import java.util.OptionalDouble;

/**
 * A target beside what was measured.
 *
 * @param group what is promised, for the summary
 * @param cell where it was measured
 * @param atLeast whether the target is a lower limit
 * @param target the limit
 * @param measured the figure
 */
record Finding(String group, String cell, boolean atLeast, double target, double measured) {

    static Finding atLeast(String group, String cell, double target, OptionalDouble measured) {
        return new Finding(group, cell, true, target, measured.orElse(Double.NaN));
    }

    static Finding atMost(String group, String cell, double target, OptionalDouble measured) {
        return new Finding(group, cell, false, target, measured.orElse(Double.NaN));
    }

    boolean isMeasured() {
        return !Double.isNaN(measured);
    }

    boolean isMet() {
        return atLeast ? measured >= target : measured <= target;
    }
}
