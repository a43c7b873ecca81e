package io.pgstream;

import java.util.List;
import java.util.Map;

/**
 * What those who watch over stream tables want to know, in few statements, of all stream tables of the catalog.
 *
 * @since 0.1.0
 */
public interface StreamTableMonitor {

    /** Above so many captured changes in one of the two halves of a source's buffer they are not counted any further. */
    long COUNTED_CHANGES = 100_000;

    /**
     * The stream tables with what is right and wrong with them; three statements, whatever their number.
     *
     * @return all of them, in the order of their names
     */
    StreamTableOverview overview();

    /**
     * How many captured changes each stream table has not applied yet. Counting costs what it counts, up to
     * {@link #COUNTED_CHANGES} a half of a source's buffer.
     *
     * @return the numbers; without those stream tables that are not refreshed from captured changes
     */
    Map<QualifiedName, Long> pendingChanges();

    /**
     * How much room captured changes take.
     *
     * @return the bytes, by the name of the source
     */
    Map<String, Long> bufferSizes();

    /**
     * The latest attempts to refresh a stream table, successful or not, the newest first.
     *
     * @param name the stream table
     * @param limit how many at most
     * @return the attempts; those that found nothing to do are not kept
     */
    List<RefreshAttempt> attempts(String name, int limit);
}
