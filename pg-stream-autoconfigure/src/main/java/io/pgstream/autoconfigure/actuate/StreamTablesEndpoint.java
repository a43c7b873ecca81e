package io.pgstream.autoconfigure.actuate;

import io.pgstream.QualifiedName;
import io.pgstream.RefreshResult;
import io.pgstream.StreamTableInfo;
import io.pgstream.StreamTableMonitor;
import io.pgstream.StreamTableOperations;
import io.pgstream.StreamTableOverview;
import io.pgstream.Verification;
import io.pgstream.autoconfigure.StreamTableSynchronizer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.util.MimeTypeUtils;

/**
 * Actuator endpoint that shows stream tables and refreshes, suspends and resumes them.
 *
 * @since 0.1.0
 */
@Endpoint(id = "streamtables")
public class StreamTablesEndpoint {

    /** What stands in the place of a name for all of them; a stream table of this name is found with its schema. */
    static final String GRAPH = "graph";

    static final String ACTUATOR_JSON = "application/vnd.spring-boot.actuator.v3+json";

    static final String PLAIN_TEXT = "text/plain;charset=UTF-8";

    private static final int ATTEMPTS = 20;

    private static final int MOST_ATTEMPTS = 1000;

    private final StreamTableOperations operations;

    private final StreamTableMonitor monitor;

    private final StreamTableSynchronizer synchronizer;

    /**
     * Creates the endpoint.
     *
     * @param operations the stream tables
     * @param monitor what there is to see of them
     * @param synchronizer knows the definitions that are disabled
     */
    public StreamTablesEndpoint(
            StreamTableOperations operations, StreamTableMonitor monitor, StreamTableSynchronizer synchronizer) {
        this.operations = operations;
        this.monitor = monitor;
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
        StreamTableOverview overview = monitor.overview();
        return new StreamTablesDescriptor(
                overview.paused(),
                overview.tables().stream().map(StreamTableSummaryDescriptor::of).toList(),
                disabled);
    }

    /**
     * Shows a stream table, or how they read each other.
     *
     * @param name the stream table, or {@code graph}
     * @return a {@link StreamTableDescriptor}, or a {@link GraphDescriptor}
     */
    @ReadOperation
    public Object streamTable(@Selector String name) {
        StreamTableOverview overview = monitor.overview();
        if (name.equals(GRAPH)) {
            return GraphDescriptor.of(overview.graph());
        }
        StreamTableInfo info = operations.get(name);
        StreamTableOverview.Entry table = overview.tables().stream()
                .filter(entry -> entry.name().equals(info.name()))
                .findFirst()
                .orElse(null);
        List<QualifiedName> readers = overview.tables().stream()
                .filter(entry -> entry.sources().contains(info.name()))
                .map(StreamTableOverview.Entry::name)
                .toList();
        return StreamTableDescriptor.of(
                info, table, readers, monitor.pendingChanges().get(info.name()));
    }

    /**
     * Shows one side of a stream table: {@code explain} how it is maintained, the {@code history} of its refreshes, or, of
     * {@code graph}, the text of {@code mermaid}.
     *
     * @param name the stream table, or {@code graph}
     * @param view what to show
     * @param limit how many refreshes, 20 if it is left out, at most 1,000
     * @return an {@link ExplanationDescriptor}, a {@link HistoryDescriptor}, or a text; nothing for another view
     */
    @ReadOperation(produces = {ACTUATOR_JSON, MimeTypeUtils.APPLICATION_JSON_VALUE, PLAIN_TEXT})
    public @Nullable Object streamTableView(@Selector String name, @Selector String view, @Nullable Integer limit) {
        return switch (view) {
            case "explain" -> ExplanationDescriptor.of(operations.explain(name));
            case "history" -> HistoryDescriptor.of(monitor.attempts(name, attempts(limit)));
            case "mermaid" -> name.equals(GRAPH) ? monitor.overview().graph().mermaid() : null;
            default -> null;
        };
    }

    private static int attempts(@Nullable Integer limit) {
        return (limit == null) ? ATTEMPTS : Math.max(0, Math.min(limit, MOST_ATTEMPTS));
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
        Verification verification = null;
        switch (chosen) {
            case REFRESH -> refresh = operations.refresh(name);
            case REFRESH_FULLY -> refresh = operations.refreshFully(name);
            case SUSPEND -> operations.suspend(name);
            case RESUME -> operations.resume(name);
            case VERIFY -> verification = operations.verify(name);
        }
        StreamTableInfo info = operations.get(name);
        return new StreamTableActionDescriptor(
                info.name().toString(),
                chosen,
                info.status(),
                (refresh != null) ? RefreshDescriptor.of(refresh) : null,
                (verification != null) ? StreamTableActionDescriptor.Comparison.of(verification) : null);
    }
}
