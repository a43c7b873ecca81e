package io.pgstream.samples.benchmarks;

import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;

/** Looks for the highest rate that is sustained: doubles or halves it until it is enclosed, then divides the distance. */
final class RateSearch {

    /** Where the search ends: the rate that is not sustained is hardly higher. */
    private static final double CLOSE = 1.1;

    private static final int LOWEST = 20;

    private final IntPredicate sustained;

    private final BooleanSupplier timeIsLeft;

    RateSearch(IntPredicate sustained, BooleanSupplier timeIsLeft) {
        this.sustained = sustained;
        this.timeIsLeft = timeIsLeft;
    }

    /** The highest rate that was sustained, or 0 if none was. */
    int from(int start) {
        int good = 0;
        int bad = Integer.MAX_VALUE;
        int rate = start;
        do {
            if (sustained.test(rate)) {
                good = rate;
            } else {
                bad = rate;
            }
            rate = next(good, bad);
        } while (rate >= LOWEST && bad > good * CLOSE && timeIsLeft.getAsBoolean());
        return good;
    }

    private static int next(int good, int bad) {
        if (good == 0) {
            return bad / 2;
        }
        return (bad == Integer.MAX_VALUE) ? good * 2 : (int) Math.round(Math.sqrt((double) good * bad));
    }
}
