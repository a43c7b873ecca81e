package io.pgstream.engine;

/**
 * What stream tables may cost the transactions that write to their sources.
 *
 * @param topkMaxLimit how many rows a LIMIT may leave, with those before its OFFSET, in the modes IMMEDIATE and ON_COMMIT
 * @param recursiveMaxDepth how many steps a recursion may take with a change, in these modes; 0 if any number
 * @since 0.1.0
 */
public record SynchronousSettings(int topkMaxLimit, int recursiveMaxDepth) {

    /**
     * The defaults.
     *
     * @return settings
     */
    public static SynchronousSettings defaults() {
        return new SynchronousSettings(1_000, 100);
    }
}
