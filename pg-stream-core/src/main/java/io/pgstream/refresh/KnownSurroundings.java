package io.pgstream.refresh;

import io.pgstream.catalog.Reliance;
import org.jspecify.annotations.Nullable;

/**
 * What refreshes of a stream table rely on, once it was found to be right, so that the next one only has to ask whether it has stayed. Where it
 * changes again and again, because a partition comes before each refresh, it is not worth to be remembered: after each change
 * twice as many refreshes read everything as after the one before.
 */
final class KnownSurroundings {

    private static final int LONGEST_PAUSE = 256;

    private @Nullable Reliance known;

    private int pause;

    private int left;

    /** What was found to be right, or {@code null}. */
    synchronized @Nullable Reliance known() {
        return known;
    }

    /** Something has changed. */
    synchronized void changed() {
        known = null;
        left = pause;
        pause = Math.min(LONGEST_PAUSE, Math.max(1, 2 * pause));
    }

    /** Nothing has changed. */
    synchronized void stayed() {
        pause = 0;
    }

    /** Whether it is time to find out what is relied on. */
    synchronized boolean due() {
        return known == null && left-- <= 0;
    }

    synchronized void learn(@Nullable Reliance reliance) {
        known = reliance;
    }
}
