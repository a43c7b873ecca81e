package io.pgstream.refresh;

import io.pgstream.catalog.FrontierRow;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How many changes the buffers of a stream table may hold, by their sizes. Counting many is a tenth to a third of what a delta takes. A size is a guess:
 * it decides whether a refresh is full, and by which of the plans that are all right a delta is followed; that there are no changes is
 * never concluded from it.
 */
final class BufferVolume {

    /** Fewer changes say little of the bytes that one takes. */
    private static final long ENOUGH_TO_LEARN = 1_000;

    /** No row is shorter than its header and what every change has. Less is seen where the changes went to pages that the buffer had before. */
    private static final double SHORTEST_CHANGE = 40;

    /** Counting fewer bytes takes a third of a millisecond. */
    private static final long WORTH_A_GUESS = 512 * 1024;

    /** Of so few changes a guess could be of none, or of other consumers' alone. */
    private static final long LEAST_GUESS = 1_000;

    /** So many guesses follow from one count. */
    private static final int GUESSES = 16;

    private final Map<Long, Double> bytesOfChange = new HashMap<>();

    /** What each source's segments had at the last refresh, and was read then. */
    private final Map<Long, List<FrontierRow.Segment>> read = new HashMap<>();

    /** The sources whose buffers were too large to be counted at the last refresh. */
    private Set<Long> lastUncountable = Set.of();

    /** Those that were at the one before, too. */
    private Set<Long> large = Set.of();

    private boolean many;

    private int guesses;

    /** What a refresh has found, and has followed. Only what was counted, and is in the segments, teaches how long a change is. */
    synchronized void learn(FrontierRow.Captured captured) {
        many |= captured.changes().values().stream().anyMatch(changed -> changed >= ENOUGH_TO_LEARN);
        captured.segments().forEach((source, segments) -> {
            long changed = captured.changes().getOrDefault(source, 0L);
            if (captured.uncounted().isEmpty() && !captured.backlog() && changed >= ENOUGH_TO_LEARN) {
                double each = unread(source, segments) / (double) changed;
                if (each >= SHORTEST_CHANGE) {
                    bytesOfChange.put(source, each);
                }
            }
        });
        read.putAll(captured.segments());
        Set<Long> uncountable = captured.segments().keySet().stream()
                .filter(source -> captured.uncounted().contains(source) || bytes(captured, source) > WORTH_A_GUESS)
                .filter(bytesOfChange::containsKey)
                .collect(Collectors.toUnmodifiableSet());
        large = uncountable.stream().filter(lastUncountable::contains).collect(Collectors.toUnmodifiableSet());
        lastUncountable = uncountable;
    }

    /** Tests set it, to read one segment of small buffers. */
    private static boolean always() {
        return Boolean.getBoolean("pgstream.test.oneSegment");
    }

    private static long bytes(FrontierRow.Captured captured, long source) {
        return captured.segments().getOrDefault(source, List.of()).stream()
                .mapToLong(FrontierRow.Segment::bytes)
                .sum();
    }

    /**
     * The sources whose buffers will be too large to be counted, it seems: they are as a rule if they were twice. One that is only now and then would
     * have other statements each time.
     */
    synchronized Set<Long> large() {
        return large;
    }

    /**
     * The segments that hold all changes of a source: the other one had no byte when its size was read, which was behind the snapshot and under a
     * lock that keeps it from being emptied, so that the snapshot sees no row of it. Only of sources that are {@linkplain #large large}, because each choice
     * of segments has a program of its own.
     *
     * @return 0 or 1, by the numbers of the sources
     */
    synchronized Map<Long, Integer> filled(FrontierRow.Captured captured) {
        Map<Long, Integer> filled = new HashMap<>();
        captured.segments().forEach((source, segments) -> {
            if (segments.size() == 2 && (large.contains(source) || always())) {
                if (segments.get(0).bytes() == 0) {
                    filled.put(source, 1);
                } else if (segments.get(1).bytes() == 0) {
                    filled.put(source, 0);
                }
            }
        });
        return filled;
    }

    /** Whether the sizes of the buffers are worth looking at: there have been many changes. */
    synchronized boolean matters() {
        return many || always();
    }

    /** How many changes of each source were counted, or about how many have not been read. */
    synchronized Map<Long, Long> changes(FrontierRow.Captured captured) {
        Map<Long, Long> changes = new HashMap<>(captured.changes());
        captured.segments().forEach((source, segments) -> {
            Double each = bytesOfChange.get(source);
            if (each != null && captured.uncounted().contains(source)) {
                changes.put(source, (long) (unread(source, segments) / each));
            }
        });
        return changes;
    }

    /** Whether a delta may be followed that was not counted; now and then it has to be, lest a wrong guess stays. */
    synchronized boolean suffices(FrontierRow.Captured captured) {
        Map<Long, Long> changes = changes(captured);
        return captured.uncounted().stream().allMatch(source -> changes.getOrDefault(source, 0L) >= LEAST_GUESS)
                && guesses++ % GUESSES > 0;
    }

    /**
     * From how many bytes on a buffer need not be counted, rounded up so that the statements which say so are few.
     *
     * @param rows from how many changes on a refresh is full anyway
     * @return by the numbers of the sources; those whose changes must be counted are missing
     */
    synchronized Map<Long, Long> limits(double rows) {
        Map<Long, Long> limits = new HashMap<>();
        bytesOfChange.forEach((source, each) -> limits.put(
                source,
                Math.min(
                        WORTH_A_GUESS,
                        Long.highestOneBit((long) Math.min(Integer.MAX_VALUE, Math.max(1, rows * each))) << 1)));
        return limits;
    }

    private long unread(long source, List<FrontierRow.Segment> segments) {
        List<FrontierRow.Segment> before = read.getOrDefault(source, List.of());
        return segments.stream()
                .mapToLong(segment -> segment.bytes()
                        - before.stream()
                                .filter(known -> known.file() == segment.file())
                                .mapToLong(FrontierRow.Segment::bytes)
                                .sum())
                .sum();
    }
}
