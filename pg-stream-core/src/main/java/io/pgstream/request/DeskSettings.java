package io.pgstream.request;

import java.time.Duration;

/**
 * How an engine works for SQL clients.
 *
 * @param listening whether it keeps a connection to be woken by; without one it looks once a second
 * @param heartbeat how often it looks after what has been left behind, and shows that it is alive if it does not listen
 * @param workers how many pieces of work it does at a time
 * @param bufferGrowthWarning from how many bytes on a change buffer is warned of
 * @param slotLagWarning from how many bytes on the lag of a replication slot is warned of
 * @since 0.1.0
 */
public record DeskSettings(
        boolean listening, Duration heartbeat, int workers, long bufferGrowthWarning, long slotLagWarning) {

    private static final long GIBIBYTE = 1L << 30;

    /**
     * The defaults.
     *
     * @return settings
     */
    public static DeskSettings defaults() {
        return new DeskSettings(true, Duration.ofSeconds(5), 2, GIBIBYTE, GIBIBYTE);
    }
}
