package io.pgstream.refresh;

import java.util.ArrayList;
import java.util.List;

/**
 * When a full refresh leaves the states behind, which can be most of its cost, and when they are computed again for deltas to follow. Both is decided
 * like between renting and buying: what has been lost by staying is added up, and once it comes to what the states cost, it is
 * time to change. So sizes of changes in turn do not make the states come and go, and no sequence of them can cost much more than twice what
 * knowing it all before would.
 */
final class StatesBehind {

    private static final int REMEMBERED = 5;

    /** The part of a full refresh that one without the states is believed to take, until one has been tried. */
    private static final double UNTRIED = 0.5;

    /** So much more than the query itself a refresh without states is believed to take, until one has been tried. */
    private static final double WRITING = 1.15;

    /**
     * From how many microseconds on a delta makes it worth while to know what the query itself takes. Below, what a refresh costs in any case decides,
     * and the states cost little.
     */
    private static final double WORTH = 10_000;

    /** How many times as long as the last try a delta takes that makes another one worth while, if that one was given up. */
    private static final double AGAIN = 4;

    /** After so many deltas in a row that were clearly dearer than the query the next ones are expected to be so, too. */
    private static final int CERTAIN = 3;

    private static final double CLEARLY = 1.2;

    /** Deltas that are dearer by so much count twice. */
    private static final double FAR = 2;

    /** How many times as much has to be lost before the states are computed again, where that was for nothing. */
    private static final double MOST_PATIENCE = 8;

    /** What refreshes without states took. */
    private final List<Double> micros = new ArrayList<>();

    /** What one might take: a result that is read from its states costs less, and the states more. */
    private double guess = Double.NaN;

    /** What the query itself took, run once for that; NaN if it was not. */
    private double query = Double.NaN;

    /** Whether that was given up, so that it takes longer. */
    private boolean givenUp;

    /** What a full refresh with the states takes. */
    private double whole;

    /** What computing the states takes. */
    private double price;

    /** How many of the newest deltas were clearly dearer than a refresh without states. */
    private int dearer;

    private double lost;

    private double patience = 1;

    private boolean behind;

    /** Whether they were computed again, and no delta has been worth it yet. */
    private boolean onTrial;

    /** @param chosen whether it was full because a delta would have been dearer */
    void kept(double total, double states, boolean chosen) {
        guess = Math.max(total - states, total * UNTRIED);
        whole = total;
        // Where the result is read from the states, that can be dearer than the query.
        price = (micros.isEmpty() && Double.isNaN(query)) ? states : Math.max(states, total - expected());
        dearer = 0;
        lost = (chosen && !behind) ? Math.max(0, lost + total - expected()) : 0;
        onTrial |= behind;
        behind = false;
    }

    /** @param delta what a delta would probably have taken, if that is known */
    void left(double total, double delta) {
        if (micros.size() == REMEMBERED) {
            micros.remove(0);
        }
        micros.add(total);
        if (behind) {
            lost = Double.isNaN(delta) ? lost : Math.max(0, lost + total - delta);
        } else {
            lost = 0;
            patience = onTrial ? Math.min(2 * patience, MOST_PATIENCE) : 1;
            behind = true;
        }
    }

    void applied(double total) {
        if (price > 0) {
            lost = Math.max(0, lost + total - expected());
            onTrial &= lost > 0;
            dearer = (total > CLEARLY * expected()) ? dearer + (total > FAR * expected() ? 2 : 1) : 0;
        }
    }

    /**
     * Whether it is worth while to run the query itself once, for as long as a delta took: half of a full refresh with the states is a bad guess where the states are
     * most of it, or where the result is dear to read from them, and deltas that are dearer than the query would go on for long.
     */
    boolean wantsTrial(double delta) {
        return price > 0
                && micros.isEmpty()
                && delta > WORTH
                && (Double.isNaN(query) || (givenUp && delta > AGAIN * query));
    }

    /**
     * @param took what the query took, or as long as it was waited for
     * @param ended whether it came to its end
     */
    void tried(double took, boolean ended) {
        query = took;
        givenUp = !ended;
    }

    void behind(boolean are) {
        if (behind != are) {
            lost = 0;
            dearer = 0;
            onTrial = false;
            behind = are;
        }
    }

    /** Whether a refresh that is full writes no states. */
    boolean leave() {
        return price > 0
                && whole > WORTH
                && (behind ? lost < patience * price : lost >= price || (dearer >= CERTAIN && !Double.isNaN(query)));
    }

    /** Whether a delta would find the states as they should be. */
    boolean areThere() {
        return !behind;
    }

    /** Whether the states stay behind, whatever a delta would take. */
    boolean stay() {
        return behind && leave();
    }

    boolean seen() {
        return !micros.isEmpty();
    }

    /** What a refresh without the states will probably take. */
    double expected() {
        if (micros.isEmpty()) {
            return Double.isNaN(query) ? guess : WRITING * query;
        }
        return micros.stream().sorted().toList().get((micros.size() - 1) / 2);
    }
}
