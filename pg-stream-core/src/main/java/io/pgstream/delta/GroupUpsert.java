package io.pgstream.delta;

/**
 * The statements that add a delta to the groups of an aggregate where they are.
 *
 * @param apply adds, as {@code GroupUpsertRenderer} describes
 * @param rescan computes the groups again whose rows are in the array {@code pgstream_unsure}
 * @since 0.1.0
 */
public record GroupUpsert(String apply, String rescan) {}
