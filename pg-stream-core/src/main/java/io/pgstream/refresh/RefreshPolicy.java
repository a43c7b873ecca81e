package io.pgstream.refresh;

import io.pgstream.RefreshMode;
import io.pgstream.sql.Identifiers;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a refresh transaction may do and how it chooses.
 *
 * @param catalogSchema the schema of the catalog, not quoted
 * @param stateSchema the schema of the locks, not quoted
 * @param ownLockMillis how long to wait for another refresh of the same table; 0 for not at all
 * @param sourceLockMillis how long to wait for DDL on a source
 * @param statementMillis how long a statement may run; 0 for no limit
 * @param maximumChangeRatio the share of changed rows from which AUTO is always full; 0 for no such limit
 * @param costs what refreshes have cost
 * @param userTriggers whether triggers of the user's on the stream table fire
 * @param partitionedTables the sources that have partitions
 * @param maxRounds in how many rounds a circle of stream tables must come to an end
 * @param keepsStates whether a full refresh must not leave states behind
 */
record RefreshPolicy(
        String catalogSchema,
        String stateSchema,
        long ownLockMillis,
        long sourceLockMillis,
        long statementMillis,
        double maximumChangeRatio,
        CostHistory costs,
        boolean userTriggers,
        Set<Long> partitionedTables,
        int maxRounds,
        boolean keepsStates) {

    private static final String STATES_LEFT = ", and the states are left behind";

    /** Why a refresh is full that goes by the query alone. */
    static final String STATES_FAIL =
            "what deltas would need cannot be computed of these rows, while the query can" + STATES_LEFT;

    private static final String NOT_COUNTED = " (by the size of the buffers, they are not counted)";

    static RefreshPolicy of(
            String catalogSchema,
            String stateSchema,
            Duration ownLock,
            Duration sourceLock,
            Duration statement,
            double maximumChangeRatio,
            CostHistory costs,
            boolean userTriggers,
            Set<Long> partitionedTables,
            int maxRounds) {
        return new RefreshPolicy(
                catalogSchema,
                stateSchema,
                ownLock.toMillis(),
                sourceLock.toMillis(),
                statement.toMillis(),
                maximumChangeRatio,
                costs,
                userTriggers,
                partitionedTables,
                maxRounds,
                false);
    }

    /** The same where the states must be right afterwards. */
    RefreshPolicy keepingStates() {
        return new RefreshPolicy(
                catalogSchema,
                stateSchema,
                ownLockMillis,
                sourceLockMillis,
                statementMillis,
                maximumChangeRatio,
                costs,
                userTriggers,
                partitionedTables,
                maxRounds,
                true);
    }

    String lockTable(long id) {
        return Identifiers.quote(stateSchema) + ".l" + id;
    }

    boolean partitioned(long relid) {
        return partitionedTables.contains(relid);
    }

    /** Whether so many changes are above the share from which AUTO is always full; an update is two: the old row and the new one. */
    boolean aboveCeiling(PreparedTable table, long changes) {
        return chooses(table) && ceilingOf(table) && changes / 2.0 > maximumChangeRatio * table.sourceRows();
    }

    /** Whether the sizes and costs of changes decide about anything. */
    boolean chooses(PreparedTable table) {
        return table.row().requestedMode() == RefreshMode.AUTO;
    }

    private boolean ceilingOf(PreparedTable table) {
        return maximumChangeRatio > 0 && table.sourceRows() > 1000;
    }

    /** From how many bytes on a buffer need not be counted, also because AUTO will refresh fully anyway; by the source's number. */
    Map<Long, Long> countingLimits(PreparedTable table) {
        return table.volume().limits(chooses(table) ? alwaysFullFrom(table) : Double.POSITIVE_INFINITY);
    }

    private double alwaysFullFrom(PreparedTable table) {
        double ceiling = ceilingOf(table) ? 2 * maximumChangeRatio * table.sourceRows() : Double.POSITIVE_INFINITY;
        return Math.min(ceiling, costs.of(table.row().id()).alwaysFullFrom());
    }

    /** Whether a refresh for this reason leaves the states behind. */
    static boolean leavesStates(@Nullable String reason) {
        return reason != null && reason.endsWith(STATES_LEFT);
    }

    /** The reason of a full refresh that AUTO has chosen, which says also if it leaves the states behind. */
    private String chosen(PreparedTable table, String reason) {
        boolean leaves = !keepsStates
                && table.queryWithoutStates() != null
                && table.row().circle().isEmpty()
                && costs.of(table.row().id()).leavesStates();
        return leaves ? reason + STATES_LEFT : reason;
    }

    /** Why a refresh is full of which the delta was given up. */
    String givenUp(PreparedTable table) {
        String reason = "the delta took far longer than a full refresh is expected to take, and was given up";
        return chooses(table) ? chosen(table, reason) : reason;
    }

    /** Why AUTO refreshes fully although it need not, or {@code null}. */
    @Nullable
    String fullReason(PreparedTable table, Changes changes) {
        if (!chooses(table) || changes.rows() == 0) {
            return null;
        }
        if (aboveCeiling(table, changes.rows())) {
            return chosen(
                    table,
                    "more than " + Math.round(maximumChangeRatio * 100) + " % of the rows have changed"
                            + (changes.counted() ? "" : NOT_COUNTED));
        }
        RefreshCosts known = costs.of(table.row().id());
        double work = table.work(changes);
        return known.fullIsCheaper(changes.rows(), work)
                ? chosen(
                        table,
                        "a full refresh is expected to be cheaper: about " + RefreshCosts.millis(known.expectedFull())
                                + ", where " + changes.rows()
                                + (changes.counted() ? "" : NOT_COUNTED)
                                + " changes that touch about " + Math.round(work)
                                + " rows would take "
                                + RefreshCosts.millis(known.expectedDifferential(changes.rows(), work)))
                : null;
    }
}
