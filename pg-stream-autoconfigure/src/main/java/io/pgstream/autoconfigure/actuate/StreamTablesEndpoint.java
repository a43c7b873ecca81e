package io.pgstream.autoconfigure.actuate;

import io.pgstream.Explanation;
import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshResult;
import io.pgstream.StreamTableInfo;
import io.pgstream.StreamTableOperations;
import io.pgstream.autoconfigure.StreamTableSynchronizer;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * Actuator endpoint that shows stream tables and refreshes, suspends and resumes them.
 *
 * @since 0.1.0
 */
@Endpoint(id = "streamtables")
public class StreamTablesEndpoint {

    private static final int HISTORY = 20;

    private final StreamTableOperations operations;

    private final StreamTableSynchronizer synchronizer;

    /**
     * Creates the endpoint.
     *
     * @param operations the stream tables
     * @param synchronizer knows the definitions that are disabled
     */
    public StreamTablesEndpoint(StreamTableOperations operations, StreamTableSynchronizer synchronizer) {
        this.operations = operations;
        this.synchronizer = synchronizer;
    }

    /**
     * Lists the stream tables.
     *
     * @return all of them
     */
    @ReadOperation
    public StreamTablesDescriptor streamTables() {
        Map<String, String> disabled = new TreeMap<>();
        synchronizer.disabled().forEach((QualifiedName name, String reason) -> disabled.put(name.toString(), reason));
        return new StreamTablesDescriptor(
                operations.list().stream().map(StreamTableSummaryDescriptor::of).toList(), disabled);
    }

    /**
     * Shows a stream table.
     *
     * @param name the stream table
     * @return its details
     */
    @ReadOperation
    public StreamTableDescriptor streamTable(@Selector String name) {
        StreamTableInfo info = operations.get(name);
        return StreamTableDescriptor.of(info, explanation(name), operations.history(name, HISTORY));
    }

    private @Nullable Explanation explanation(String name) {
        try {
            return operations.explain(name);
        } catch (PgStreamException e) {
            return null;
        }
    }

    /**
     * Does something with a stream table.
     *
     * @param name the stream table
     * @param action what to do; a refresh if it is left out
     * @return what was done
     */
    @WriteOperation
    public StreamTableActionDescriptor act(@Selector String name, @Nullable StreamTableAction action) {
        StreamTableAction chosen = (action != null) ? action : StreamTableAction.REFRESH;
        RefreshResult refresh = null;
        switch (chosen) {
            case REFRESH -> refresh = operations.refresh(name);
            case REFRESH_FULLY -> refresh = operations.refreshFully(name);
            case SUSPEND -> operations.suspend(name);
            case RESUME -> operations.resume(name);
        }
        StreamTableInfo info = operations.get(name);
        return new StreamTableActionDescriptor(
                info.name().toString(),
                chosen,
                info.status(),
                (refresh != null) ? RefreshDescriptor.of(refresh) : null);
    }
}
