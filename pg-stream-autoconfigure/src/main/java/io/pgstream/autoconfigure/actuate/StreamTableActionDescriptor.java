package io.pgstream.autoconfigure.actuate;

import io.pgstream.StreamTableStatus;
import org.jspecify.annotations.Nullable;

/**
 * What the endpoint did with a stream table.
 *
 * @param name the stream table
 * @param action what was asked for
 * @param status the state of its life afterwards
 * @param refresh the refresh, if there was one
 * @since 0.1.0
 */
public record StreamTableActionDescriptor(
        String name,
        StreamTableAction action,
        StreamTableStatus status,
        @Nullable RefreshDescriptor refresh) {}
