package io.pgstream.refresh;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the refreshes of one stream table have cost, to choose the cheaper way before the work is done. Refreshes are told
 * apart by the size of their work, in magnitudes; of each magnitude the median of the newest few counts, so that one
 * refresh that met a busy moment, or exploded, decides nothing.
 */
final class RefreshCosts {

    /**
     * Until deltas have been seen: the cost of following one changed row, in microseconds. It is what the cheapest queries take, so
     * that a delta is tried once before it is given up for good.
     */
    private static final double PRIOR_MICROS_A_CHANGE = 0.5;

    /** The same for one of the many rows that a change touches: it is found and written. */
    private static final double PRIOR_MICROS_A_ROW = 5;

    /** From how many touched rows a change on the touched rows are what costs. */
    private static final double EXPLODED = 2;

    /** The same for what every refresh costs. */
    private static final double PRIOR_MICROS = 3_000;

    /**
     * By how much a delta is believed to have become cheaper whenever it was not applied: otherwise a table that was full
     * once, because of a busy moment or a wrong guess, would stay so for ever.
     */
    private static final double FORGETTING = 0.97;

    /**
     * What is guessed by the planner's idea of the rows that a change touches is believed to be so much too long: that idea was wrong by ten times and
     * more, trying a delta costs once, and never trying it costs at every refresh.
     */
    private static final double UNTRIED = 1.0 / 2;

    /**
     * What the only delta of a magnitude took, or what is reckoned from other magnitudes, is believed to be as much too long: it is tried once more
     * where a full refresh is not far cheaper.
     */
    private static final double DOUBT = 2.0 / 3;

    /** The same of a delta of which the statements had to be made and planned first: that can be most of it, and hardly any other pays for it. */
    private static final double FIRST = 1.0 / 3;

    /** Making and planning statements takes no longer than this, in microseconds: what is beyond it every delta takes. */
    private static final double MOST_PLANNING = 100_000;

    /** What has to be gained, in microseconds: small refreshes take what every one takes, and their times tell the ways apart by chance. */
    private static final double LEAST_GAIN = 1_000;

    /** How much longer than a full refresh a delta on trial may take, in microseconds: its statements are planned first. */
    private static final double TRIAL_MARGIN = 30_000;

    /** No longer than this, in microseconds: what pays for itself is done soon. */
    private static final double LONGEST_TRIAL = 5_000_000;

    /** So many times as long as a full refresh any other delta may take before it is given up, and so long in any case. */
    private static final double FAR_DEARER = 4;

    private static final double NEVER_TOO_LONG = 1_000_000;

    /** The same where it is deltas that were asked for: only what has got out of hand is given up. */
    private static final double OUT_OF_HAND = 10;

    private static final double NEVER_OUT_OF_HAND = 5_000_000;

    /** A delta that was given up on its trial is believed to take so many times what a full refresh does. */
    private static final double GIVEN_UP = 3;

    /** Deltas of a magnitude that are known and shorter than this, in microseconds, are not watched. */
    private static final double UNWATCHED = 20_000;

    private static final int REMEMBERED = 5;

    private static final double SMALLEST = 64;

    private static final double STEP = 4;

    /** The largest magnitude that is thought of: a billion rows. */
    private static final int LARGEST = 12;

    /** Deltas of one magnitude, or full refreshes. */
    private static final class Sample {

        private final List<Double> micros = new ArrayList<>();

        private double work;

        private double belief = 1;

        /** Whether all that is known is a delta that was the first of its kind. */
        private boolean first;

        /** Whether all that is known is that one was given up. */
        private boolean givenUp;

        /** Whether the newest one was given up. */
        private boolean lastGivenUp;

        void add(double newWork, double newMicros, boolean newFirst) {
            if (newFirst && known() && !first && !givenUp) {
                return;
            }
            if (first || givenUp || micros.size() == REMEMBERED) {
                micros.remove(0);
            }
            givenUp = false;
            lastGivenUp = false;
            first = newFirst;
            micros.add(newMicros);
            work = newWork;
            belief = 1;
        }

        /**
         * One was given up.
         *
         * @param least how long it was waited for
         * @param believed what one is believed to take if nothing else is known
         */
        void giveUp(double newWork, double least, double believed) {
            boolean all = !known() || givenUp;
            if (all) {
                micros.clear();
                givenUp = false;
                first = false;
            }
            add(newWork, all ? believed : least, false);
            givenUp = all;
            lastGivenUp = true;
        }

        boolean known() {
            return !micros.isEmpty();
        }

        /** Whether watching them would cost more than it saves. */
        boolean shortAsARule() {
            return micros.size() > 1 && !lastGivenUp && median() < UNWATCHED;
        }

        /** What a refresh took whose statements were there. */
        double usual() {
            return first ? withoutPlanning(median()) : median();
        }

        /** What the next one is believed to take. */
        double expected() {
            return belief * ((first || givenUp || micros.size() > 1) ? usual() : DOUBT * median());
        }

        double median() {
            List<Double> sorted = micros.stream().sorted().toList();
            return sorted.get((sorted.size() - 1) / 2);
        }
    }

    private final TreeMap<Integer, Sample> deltas = new TreeMap<>();

    /** Full refreshes that wrote the states, too. */
    private final Sample fulls = new Sample();

    /** Full refreshes without the states. */
    private final StatesBehind bare = new StatesBehind();

    private static double withoutPlanning(double micros) {
        return Math.max(FIRST * micros, micros - MOST_PLANNING);
    }

    private static int magnitude(double work) {
        int magnitude = 0;
        for (double bound = SMALLEST; bound < work; bound *= STEP) {
            magnitude++;
        }
        return magnitude;
    }

    private static double bound(int magnitude) {
        return SMALLEST * Math.pow(STEP, magnitude);
    }

    /** A full refresh; what it did not apply is believed to have become cheaper. */
    synchronized void full(double work, double micros) {
        full(work, micros, 0);
    }

    /** A full refresh of which a part was spent on the states. */
    synchronized void full(double work, double micros, double stateMicros) {
        fulls.add(0, micros, false);
        bare.kept(micros, stateMicros, work > 0);
        forget(work);
    }

    /** A full refresh that left the states behind. */
    synchronized void fullWithoutStates(double changes, double work, double micros) {
        Sample same = deltas.get(magnitude(work));
        // Whether the states are worth their price is reckoned without the doubt by which a delta is tried once more.
        double delta =
                (same != null && same.known()) ? same.belief * same.usual() : expectedDifferential(changes, work);
        bare.left(micros, work > 0 ? delta : Double.NaN);
        forget(work);
    }

    private void forget(double work) {
        if (work > 0) {
            deltas.computeIfAbsent(magnitude(work), key -> new Sample()).belief *= FORGETTING;
        }
    }

    synchronized void differential(double work, double micros) {
        differential(work, micros, false);
    }

    /** @param first whether its statements had to be made and planned first */
    synchronized void differential(double work, double micros, boolean first) {
        deltas.computeIfAbsent(magnitude(work), key -> new Sample()).add(work, micros, first);
        bare.applied(first ? withoutPlanning(micros) : micros);
    }

    /**
     * How long a delta may take before it is given up, in microseconds; infinite if it need not be watched.
     *
     * @param changes how many rows have changed
     * @param work how many rows they touch
     */
    synchronized double limit(double changes, double work) {
        double full = expectedFull();
        Sample same = deltas.get(magnitude(work));
        if (Double.isNaN(full) || (same != null && same.shortAsARule())) {
            return Double.POSITIVE_INFINITY;
        }
        boolean trial = isGuess(changes, work) || (same != null && same.givenUp);
        return trial ? Math.min(full + TRIAL_MARGIN, LONGEST_TRIAL) : Math.max(FAR_DEARER * full, NEVER_TOO_LONG);
    }

    /**
     * The same where deltas were asked for and no choice is left. One that has got out of hand is given up all the same; those that follow are given less, until one ends
     * in time.
     */
    synchronized double limitOfWanted(double work) {
        Sample same = deltas.get(magnitude(work));
        if (!fulls.known() || (same != null && same.shortAsARule())) {
            return Double.POSITIVE_INFINITY;
        }
        double full = fulls.median();
        return (same != null && same.lastGivenUp)
                ? Math.max(FAR_DEARER * full, NEVER_TOO_LONG)
                : Math.max(OUT_OF_HAND * full, NEVER_OUT_OF_HAND);
    }

    /** A delta was given up after so many microseconds, and nothing of it is left. */
    synchronized void gaveUp(double work, double micros) {
        double believed = Math.max(GIVEN_UP * expectedFull(), micros);
        deltas.computeIfAbsent(magnitude(work), key -> new Sample()).giveUp(work, micros, believed);
    }

    /** Whether what a delta takes goes by the planner's idea of the rows that a change touches, and none of this magnitude or a greater one has shown it. */
    private boolean isGuess(double changes, double work) {
        return work > EXPLODED * changes
                && deltas.tailMap(magnitude(work)).values().stream().noneMatch(Sample::known);
    }

    /** Whether the states are behind the table, so that a delta would need them to be computed first. */
    synchronized void behind(boolean are) {
        bare.behind(are);
    }

    /** Whether a full refresh had better leave the states behind. */
    synchronized boolean leavesStates() {
        return bare.leave();
    }

    /** Whether it is worth while to know what the query itself takes, after a delta that took so many microseconds. */
    synchronized boolean wantsTrial(double micros) {
        return bare.wantsTrial(micros);
    }

    /**
     * The query itself took so long, or did not end in that time.
     *
     * @param ended whether it came to its end
     */
    synchronized void tried(double micros, boolean ended) {
        bare.tried(micros, ended);
    }

    /** Whether nothing has been seen yet. */
    synchronized boolean unknown() {
        return !fulls.known() && deltas.isEmpty();
    }

    /** What a full refresh will probably take, in microseconds; NaN if none has been seen. */
    synchronized double expectedFull() {
        if (bare.leave()) {
            return bare.expected();
        }
        return fulls.known() ? fulls.median() : Double.NaN;
    }

    /**
     * What a delta will probably take, in microseconds.
     *
     * @param changes how many rows have changed
     * @param work how many rows they touch
     */
    synchronized double expectedDifferential(double changes, double work) {
        int magnitude = magnitude(work);
        Sample same = deltas.get(magnitude);
        if (same != null && same.known()) {
            return same.expected();
        }
        double belief = (same == null) ? 1 : same.belief;
        Sample lower = known(deltas.headMap(magnitude, false).descendingMap());
        Sample higher = known(deltas.tailMap(magnitude, false));
        double fixed = PRIOR_MICROS;
        double each = (work > EXPLODED * changes) ? PRIOR_MICROS_A_ROW * UNTRIED : PRIOR_MICROS_A_CHANGE;
        double trust = 1;
        if (lower != null) {
            Sample smallest = known(deltas);
            fixed = (smallest == null || smallest == lower)
                    ? Math.min(lower.usual(), PRIOR_MICROS)
                    : Math.min(lower.usual(), smallest.usual());
            // A small delta tells what every refresh costs, and nothing of what a row costs.
            if (lower.work > SMALLEST * STEP) {
                each = (lower.usual() - fixed) / lower.work;
                each = (each <= 0) ? lower.usual() / lower.work : each;
                // Where changes touch many rows, few of one kind tell little of many of another.
                each = (work > EXPLODED * changes) ? Math.min(each, PRIOR_MICROS_A_ROW) : each;
                trust = DOUBT;
            }
        }
        double expected = (fixed + each * work) * trust;
        return belief * (higher == null ? expected : Math.min(expected, higher.usual()));
    }

    private static @Nullable Sample known(Map<Integer, Sample> samples) {
        return samples.values().stream().filter(Sample::known).findFirst().orElse(null);
    }

    /**
     * Whether a full refresh is expected to be cheaper. What is only guessed of a delta is not believed before one was tried, for no longer than a full refresh
     * takes.
     */
    synchronized boolean fullIsCheaper(double changes, double work) {
        return bare.stay() || (isDearer(changes, work) && !(isGuess(changes, work) && bare.areThere()));
    }

    private boolean isDearer(double changes, double work) {
        return expectedDifferential(changes, work) > expectedFull() + LEAST_GAIN;
    }

    /** From how many rows of work on a full refresh is expected to be cheaper, however many there are; infinite if that is not known. */
    synchronized double alwaysFullFrom() {
        double from = Double.POSITIVE_INFINITY;
        for (int magnitude = LARGEST; magnitude > 0; magnitude--) {
            double least = bound(magnitude - 1) + 1;
            if (!isDearer(least, least) || !isDearer(bound(magnitude), bound(magnitude))) {
                return from;
            }
            from = least;
        }
        return from;
    }

    /** What was learned, for people. */
    synchronized List<String> describe() {
        List<String> lines = new ArrayList<>();
        if (fulls.known()) {
            lines.add("a full refresh takes " + millis(fulls.median()));
        }
        if (bare.seen()) {
            lines.add("one that leaves the states behind takes " + millis(bare.expected()));
        }
        deltas.forEach((magnitude, sample) -> {
            if (sample.known()) {
                lines.add("a delta of up to " + (long) bound(magnitude) + " rows takes " + millis(sample.median()));
            }
        });
        return lines;
    }

    static String millis(double micros) {
        return String.format(Locale.ROOT, micros < 10_000 ? "%.1f ms" : "%.0f ms", micros / 1000);
    }
}
