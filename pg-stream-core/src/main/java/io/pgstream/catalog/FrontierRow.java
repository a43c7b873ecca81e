package io.pgstream.catalog;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a refresh reads first, all at its own snapshot.
 *
 * @param frontier the snapshot that the table equals its query at, or {@code null} before the first load
 * @param snapshot the snapshot of the refresh
 * @param now the server's clock
 * @param version the version of the definition
 * @param planHash the plan that the states were written by
 * @param surroundings what else the refresh relies on
 * @param sources what is known of each source
 * @param captured what has been captured since the frontier
 * @since 0.1.0
 */
public record FrontierRow(
        @Nullable String frontier,
        String snapshot,
        Instant now,
        int version,
        @Nullable String planHash,
        Surroundings surroundings,
        List<Source> sources,
        Captured captured) {

    public FrontierRow {
        sources = List.copyOf(sources);
    }

    /** Whether all markers have been looked at, also those of what was not counted. */
    public boolean knowsMarkers() {
        return sources.stream()
                .allMatch(
                        source -> source.markersApart() || !captured.uncounted().contains(source.relid()));
    }

    /** The same, read at another time. */
    public FrontierRow at(Instant time) {
        return new FrontierRow(frontier, snapshot, time, version, planHash, surroundings, sources, captured);
    }

    /** The same with what has been captured. */
    public FrontierRow with(Captured counted) {
        return new FrontierRow(frontier, snapshot, now, version, planHash, surroundings, sources, counted);
    }

    /** The same with another snapshot. */
    public FrontierRow upTo(String newSnapshot) {
        return new FrontierRow(frontier, newSnapshot, now, version, planHash, surroundings, sources, captured);
    }

    /**
     * What the change buffers hold.
     *
     * @param changes how many changed rows there are since the frontier, by the source's number; without those that have none
     * @param marked whether a source was truncated or altered since the frontier
     * @param segments what the buffers consist of, with what was read before, by the source's number
     * @param uncounted the sources whose segments were so large that they were not counted; of them, {@code marked} knows only what
     *     captures say that keep their markers apart
     * @param backlog whether some of the changes wait in a backlog, which {@code segments} does not contain
     */
    public record Captured(
            Map<Long, Long> changes,
            boolean marked,
            Map<Long, List<Segment>> segments,
            Set<Long> uncounted,
            boolean backlog) {

        /** Nothing, or nothing that was looked for. */
        public static final Captured NOTHING = new Captured(Map.of(), false, Map.of(), Set.of(), false);

        public Captured {
            changes = Map.copyOf(changes);
            segments = Map.copyOf(segments);
            uncounted = Set.copyOf(uncounted);
        }
    }

    /**
     * A segment of a change buffer.
     *
     * @param file the number of its file, which is another one after it was emptied
     * @param bytes its size
     */
    public record Segment(long file, long bytes) {}

    /**
     * What a refresh relies on besides its sources.
     *
     * @param database which database of which cluster this is
     * @param elsewhere whether the frontier was written in another one
     * @param functionsReplaced whether a function that the query calls is another than when the definition was loaded
     * @param targetAltered whether the columns or the name of the table itself are not those that the engine made
     * @param restored whether the table is another than the catalog says, because a dump has made both of them here
     * @param foreignKey the statement that removes a foreign key to or from the table, if it has one
     */
    public record Surroundings(
            String database,
            boolean elsewhere,
            boolean functionsReplaced,
            boolean targetAltered,
            boolean restored,
            @Nullable String foreignKey) {}

    /**
     * A source at the snapshot.
     *
     * @param relid the table
     * @param present whether the table of its name is still this one
     * @param captureId the capture that its changes are read from
     * @param fingerprint the fingerprint at the last refresh
     * @param currentFingerprint the fingerprint now
     * @param newestCaptureId the newest capture that has all the columns
     * @param newestFingerprint the fingerprint with the newest capture
     * @param markersApart whether the markers of the capture can be looked for without its changes
     */
    public record Source(
            long relid,
            boolean present,
            @Nullable Long captureId,
            @Nullable String fingerprint,
            @Nullable String currentFingerprint,
            @Nullable Long newestCaptureId,
            @Nullable String newestFingerprint,
            boolean markersApart) {

        /** Whether columns were altered, or a view was replaced, since the last refresh. */
        public boolean redefined() {
            return fingerprint != null
                    && !definition(fingerprint).equals(definition(String.valueOf(currentFingerprint)));
        }

        /**
         * Whether changes can be missing from now on, or too many: a partition without triggers, a disabled trigger, or changes of what is no
         * partition any more.
         */
        public boolean capturedIncompletely() {
            return captureId != null && !String.valueOf(newestFingerprint).endsWith("/complete");
        }

        private static String definition(String fingerprint) {
            return fingerprint.split("/", 2)[0];
        }
    }
}
