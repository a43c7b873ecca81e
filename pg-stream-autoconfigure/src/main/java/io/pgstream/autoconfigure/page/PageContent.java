package io.pgstream.autoconfigure.page;

import io.pgstream.Explanation;
import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshAttempt;
import io.pgstream.RefreshResult;
import io.pgstream.StreamTableGraph;
import io.pgstream.StreamTableInfo;
import io.pgstream.StreamTableMonitor;
import io.pgstream.StreamTableOperations;
import io.pgstream.StreamTableOverview;
import io.pgstream.Verification;
import io.pgstream.autoconfigure.StreamTableSynchronizer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the page shows, as maps and lists that become JSON. */
final class PageContent {

    private static final int ATTEMPTS = 100;

    private final StreamTableOperations operations;

    private final StreamTableMonitor monitor;

    private final StreamTableSynchronizer synchronizer;

    PageContent(StreamTableOperations operations, StreamTableMonitor monitor, StreamTableSynchronizer synchronizer) {
        this.operations = operations;
        this.monitor = monitor;
        this.synchronizer = synchronizer;
    }

    Map<String, @Nullable Object> overview() {
        StreamTableOverview overview = monitor.overview();
        Map<QualifiedName, Long> pending = monitor.pendingChanges();
        Map<QualifiedName, StreamTableOverview.Entry> tables = new HashMap<>();
        overview.tables().forEach(table -> tables.put(table.name(), table));
        StreamTableGraph graph = overview.graph();
        Map<String, String> disabled = new TreeMap<>();
        synchronizer.disabled().forEach((QualifiedName name, String reason) -> disabled.put(name.toString(), reason));
        Map<String, @Nullable Object> content = new LinkedHashMap<>();
        content.put("paused", overview.paused());
        content.put("disabled", disabled);
        content.put(
                "nodes",
                graph.nodes().stream()
                        .map(node -> node(node, tables.get(node.name()), pending.get(node.name())))
                        .toList());
        content.put(
                "edges",
                graph.edges().stream()
                        .map(edge ->
                                List.of(edge.source().toString(), edge.reader().toString()))
                        .toList());
        return content;
    }

    private static Map<String, @Nullable Object> node(
            StreamTableGraph.Node node, StreamTableOverview.@Nullable Entry table, @Nullable Long pending) {
        Map<String, @Nullable Object> content = new LinkedHashMap<>();
        content.put("name", node.name().toString());
        content.put("layer", node.layer());
        if (table != null) {
            content.putAll(table(table, pending));
        }
        return content;
    }

    private static Map<String, @Nullable Object> table(StreamTableOverview.Entry table, @Nullable Long pending) {
        Map<String, @Nullable Object> content = new LinkedHashMap<>();
        content.put("status", table.status().name());
        content.put("mode", table.mode().name());
        content.put("schedule", table.schedule().text());
        content.put("interval", table.interval());
        content.put("dataTimestamp", table.dataTimestamp());
        content.put("staleness", table.staleness());
        content.put("stale", table.stale());
        content.put("pending", pending);
        content.put("driftedAt", table.driftedAt());
        StreamTableOverview.Problem problem = table.problem();
        if (problem != null) {
            Map<String, @Nullable Object> error = new LinkedHashMap<>();
            error.put("code", problem.code());
            error.put("message", problem.message());
            error.put("action", problem.action());
            error.put("consecutive", problem.consecutive());
            error.put("at", problem.at());
            content.put("error", error);
        }
        return content;
    }

    Map<String, @Nullable Object> table(String name) {
        StreamTableInfo info = operations.get(name);
        Map<String, @Nullable Object> content = new LinkedHashMap<>();
        content.put("name", info.name().toString());
        content.put("query", info.query());
        content.put("requestedMode", info.requestedMode().name());
        content.put("fullReason", info.fullReason());
        content.put(
                "history",
                monitor.attempts(name, ATTEMPTS).stream()
                        .map(PageContent::attempt)
                        .toList());
        try {
            content.put("explanation", explanation(operations.explain(name)));
        } catch (PgStreamException e) {
            content.put("explanationError", e.getMessage());
        }
        return content;
    }

    private static Map<String, @Nullable Object> attempt(RefreshAttempt attempt) {
        Map<String, @Nullable Object> content = new LinkedHashMap<>();
        content.put("outcome", Objects.toString(attempt.outcome(), "FAILED"));
        content.put("reason", attempt.reason());
        content.put("changes", attempt.changes());
        content.put("inserted", attempt.inserted());
        content.put("updated", attempt.updated());
        content.put("deleted", attempt.deleted());
        content.put("startedAt", attempt.startedAt());
        content.put("micros", attempt.duration().toNanos() / 1000);
        content.put("errorCode", attempt.errorCode());
        content.put("error", attempt.error());
        return content;
    }

    private static Map<String, @Nullable Object> explanation(Explanation explanation) {
        Map<String, @Nullable Object> content = new LinkedHashMap<>();
        content.put("operators", explanation.operatorTree().lines().toList());
        content.put("strategies", explanation.strategies());
        content.put("identity", explanation.identity());
        content.put("state", explanation.state());
        content.put("deltaStatements", explanation.deltaStatements());
        content.put("missingIndexes", explanation.missingIndexes());
        content.put("notes", explanation.notes());
        return content;
    }

    /** Does something with a stream table, and says in a sentence what was done; {@code null} for an unknown action. */
    @Nullable
    String act(String name, String action) {
        return switch (action) {
            case "refresh" -> sentence(operations.refresh(name));
            case "refresh-fully" -> sentence(operations.refreshFully(name));
            case "verify" -> sentence(operations.verify(name));
            case "suspend" -> {
                operations.suspend(name);
                yield "Suspended " + name + ".";
            }
            case "resume" -> {
                operations.resume(name);
                yield "Resumed " + name + ".";
            }
            default -> null;
        };
    }

    private static String sentence(RefreshResult result) {
        return switch (result.outcome()) {
            case NO_DATA -> "Nothing had changed for " + result.name() + ".";
            case SKIPPED -> "Skipped " + result.name() + ": " + result.reason() + ".";
            case DIFFERENTIAL, FULL ->
                "Refreshed " + result.name() + (result.written() == 1 ? ": 1 row" : ": " + result.written() + " rows")
                        + " written in " + result.duration().toMillis() + " ms.";
        };
    }

    private static String sentence(Verification verification) {
        return verification.equal()
                ? verification.name() + " equals its query: " + verification.rows() + " rows compared."
                : verification.name() + " differs from its query: it lacks " + verification.missing() + " rows and has "
                        + verification.unexpected() + " that it should not have. A full refresh repairs it.";
    }
}
