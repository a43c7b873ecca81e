package io.pgstream.refresh;

import io.pgstream.catalog.FrontierRow;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many changes the buffers of a stream table may hold, by their sizes. Counting is a tenth to a third of what a delta takes: where so many rows
 * have changed that the refresh will be full anyway, it would be for nothing. A size is a guess and decides nothing but whether a refresh is
 * full; what a delta follows is always counted.
 */
final class BufferVolume {

    /** Fewer changes say little of the bytes that one takes. */
    private static final long ENOUGH_TO_LEARN = 1_000;

    /** No row is shorter than its header and what every change has. Less is seen where the changes went to pages that the buffer had before. */
    private static final double SHORTEST_CHANGE = 40;

    private final Map<Long, Double> bytesOfChange = new HashMap<>();

    /** What each source's segments had at the last refresh, and was read then. */
    private final Map<Long, List<FrontierRow.Segment>> read = new HashMap<>();

    /** What a refresh has found. Only what was counted, and is in the segments, teaches how long a change is. */
    synchronized void learn(FrontierRow.Captured captured) {
        captured.segments().forEach((source, segments) -> {
            long changed = captured.changes().getOrDefault(source, 0L);
            if (!captured.uncounted() && !captured.backlog() && changed >= ENOUGH_TO_LEARN) {
                double each = unread(source, segments) / (double) changed;
                if (each >= SHORTEST_CHANGE) {
                    bytesOfChange.put(source, each);
                }
            }
        });
        read.putAll(captured.segments());
    }

    /** About how many changes of each source have not been read; what was counted of a source whose changes were never many. */
    synchronized Map<Long, Long> changes(FrontierRow.Captured captured) {
        Map<Long, Long> changes = new HashMap<>(captured.changes());
        captured.segments().forEach((source, segments) -> {
            Double each = bytesOfChange.get(source);
            if (each != null) {
                changes.put(source, (long) (unread(source, segments) / each));
            }
        });
        return changes;
    }

    /**
     * From how many bytes on a buffer need not be counted, rounded up so that the statements which say so are few.
     *
     * @param rows from how many changes on a refresh is full anyway
     * @return by the numbers of the sources; those whose changes must be counted are missing
     */
    synchronized Map<Long, Long> limits(double rows) {
        Map<Long, Long> limits = new HashMap<>();
        if (rows < Integer.MAX_VALUE) {
            bytesOfChange.forEach((source, each) ->
                    limits.put(source, Long.highestOneBit(Math.max(1, (long) (rows * each))) << 1));
        }
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
