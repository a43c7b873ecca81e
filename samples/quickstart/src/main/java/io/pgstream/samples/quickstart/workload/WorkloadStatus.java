package io.pgstream.samples.quickstart.workload;

/**
 * What the workload is set to, and what it has done since the start.
 *
 * @param rate transactions a second that are asked for
 * @param maximumRate the highest rate
 * @param paused whether it is paused
 * @param transactions transactions committed
 * @param inserted rows inserted
 * @param updated rows updated
 * @param deleted rows deleted
 * @param conflicts transactions rolled back because of a deadlock or a serialization failure
 * @param failures transactions that failed otherwise
 * @param skipped transactions left out because the server did not keep up
 */
public record WorkloadStatus(
        int rate,
        int maximumRate,
        boolean paused,
        long transactions,
        long inserted,
        long updated,
        long deleted,
        long conflicts,
        long failures,
        long skipped) {}
