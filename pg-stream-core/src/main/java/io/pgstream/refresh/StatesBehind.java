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

    /** How many times as much has to be lost before the states are computed again, where that was for nothing. */
    private static final double MOST_PATIENCE = 8;

    /** What refreshes without states took. */
    private final List<Double> micros = new ArrayList<>();

    /** What one might take: a result that is read from its states costs less, and the states more. */
    private double guess = Double.NaN;

    /** What computing the states takes. */
    private double price;

    private double lost;

    private double patience = 1;

    private boolean behind;

    /** Whether they were computed again, and no delta has been worth it yet. */
    private boolean onTrial;

    /** @param chosen whether it was full because a delta would have been dearer */
    void kept(double total, double states, boolean chosen) {
        guess = Math.max(total - states, total * UNTRIED);
        price = states;
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
        }
    }

    void behind(boolean are) {
        if (behind != are) {
            lost = 0;
            onTrial = false;
            behind = are;
        }
    }

    /** Whether a refresh that is full writes no states. */
    boolean leave() {
        return price > 0 && (behind ? lost < patience * price : lost >= price);
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
        return micros.isEmpty() ? guess : micros.stream().sorted().toList().get((micros.size() - 1) / 2);
    }
}
