package io.pgstream.engine;

/**
 * What stream tables may cost the transactions that write to their sources.
 *
 * @param topkMaxLimit how many rows a LIMIT may leave, with those before its OFFSET, in the modes IMMEDIATE and ON_COMMIT
 * @since 0.1.0
 */
public record SynchronousSettings(int topkMaxLimit) {

    /**
     * The defaults.
     *
     * @return settings
     */
    public static SynchronousSettings defaults() {
        return new SynchronousSettings(1_000);
    }
}
