package io.pgstream.autoconfigure.actuate;

import java.util.List;
import java.util.Map;

/**
 * All stream tables, as the endpoint lists them.
 *
 * @param paused whether the scheduled refreshes of all of them are paused
 * @param streamTables the stream tables, in the order of their names
 * @param disabled the definitions that could not be made stream tables when the application started, with the reasons
 * @since 0.1.0
 */
public record StreamTablesDescriptor(
        boolean paused, List<StreamTableSummaryDescriptor> streamTables, Map<String, String> disabled) {

    public StreamTablesDescriptor {
        streamTables = List.copyOf(streamTables);
        disabled = Map.copyOf(disabled);
    }
}
