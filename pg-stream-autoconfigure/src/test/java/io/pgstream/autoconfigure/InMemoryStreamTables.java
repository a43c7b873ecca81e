package io.pgstream.autoconfigure;

import io.pgstream.ErrorCode;
import io.pgstream.Explanation;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshAttempt;
import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.ResultColumn;
import io.pgstream.StreamTableAlteration;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableFate;
import io.pgstream.StreamTableInfo;
import io.pgstream.StreamTableMonitor;
import io.pgstream.StreamTableOperations;
import io.pgstream.StreamTableOverview;
import io.pgstream.StreamTableStatus;
import io.pgstream.TransactionToken;
import io.pgstream.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Stream tables without a server, for what a server cannot be brought to do at will. A query may only read stream tables
 * that are there: {@code FROM x}. The other tests work on a server.
 */
public final class InMemoryStreamTables implements StreamTableOperations, StreamTableMonitor {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final Map<String, StreamTableInfo> tables = new TreeMap<>();

    private @Nullable PgStreamException failure;

    private int reads;

    /** Every call fails from now on, with {@code null} none. */
    public void failWith(@Nullable PgStreamException newFailure) {
        this.failure = newFailure;
    }

    public void put(String name, StreamTableStatus status, @Nullable Duration staleness, @Nullable String lastError) {
        StreamTableDefinition definition = StreamTableDefinition.of(name, "SELECT 1 AS one");
        tables.put(name, info(definition, status, staleness, lastError));
    }

    public void remove(String name) {
        tables.remove(name);
    }

    public int reads() {
        return reads;
    }

    @Override
    public List<StreamTableInfo> createTogether(List<StreamTableDefinition> definitions) {
        return synchronize(definitions);
    }

    @Override
    public List<StreamTableInfo> synchronize(List<StreamTableDefinition> definitions) {
        checkReachable();
        for (StreamTableDefinition definition : definitions) {
            String source =
                    definition.query().contains("FROM ") ? definition.query().split("FROM ")[1] : null;
            boolean known = source == null
                    || tables.containsKey(source)
                    || definitions.stream()
                            .anyMatch(other -> other.name().name().equals(source));
            if (!known) {
                throw new InvalidDefinitionException(
                        ErrorCode.INVALID_QUERY, "relation \"" + source + "\" does not exist.", "Correct the query.");
            }
        }
        definitions.forEach(definition -> tables.put(
                definition.name().toString(), info(definition, StreamTableStatus.ACTIVE, Duration.ofSeconds(3), null)));
        return definitions.stream().map(d -> get(d.name().toString())).toList();
    }

    private static StreamTableInfo info(
            StreamTableDefinition definition,
            StreamTableStatus status,
            @Nullable Duration staleness,
            @Nullable String lastError) {
        return new StreamTableInfo(
                definition.name(),
                definition.query(),
                definition.mode(),
                RefreshMode.DIFFERENTIAL,
                null,
                definition.schedule(),
                status,
                List.of(new QualifiedName("public", "orders")),
                NOON,
                staleness,
                (lastError != null) ? 1 : 0,
                lastError,
                null);
    }

    @Override
    public StreamTableOverview overview() {
        return new StreamTableOverview(
                false, list().stream().map(InMemoryStreamTables::entry).toList());
    }

    /** Active ones may be a minute old. */
    private static StreamTableOverview.Entry entry(StreamTableInfo info) {
        return new StreamTableOverview.Entry(
                info.name(),
                info.status(),
                info.effectiveMode(),
                info.schedule(),
                info.status() == StreamTableStatus.ACTIVE ? Duration.ofMinutes(1) : null,
                info.sources(),
                info.dataTimestamp(),
                info.staleness(),
                info.lastError() == null
                        ? null
                        : new StreamTableOverview.Problem(
                                "SOURCE_CHANGED", info.lastError(), "Bring it back.", info.consecutiveErrors(), NOON),
                null);
    }

    @Override
    public Map<QualifiedName, Long> pendingChanges() {
        checkReachable();
        return tables.values().stream()
                .collect(Collectors.toMap(
                        StreamTableInfo::name, info -> info.name().name().equals("sales") ? 7L : 0L));
    }

    @Override
    public Map<String, Long> bufferSizes() {
        checkReachable();
        return Map.of("public.orders", 8192L);
    }

    @Override
    public List<RefreshAttempt> attempts(String name, int limit) {
        get(name);
        return Stream.of(
                        new RefreshAttempt(
                                null, null, 0, 0, 0, 0, NOON, Duration.ofMillis(3), "LOCK_TIMEOUT", "It is locked."),
                        new RefreshAttempt(
                                RefreshOutcome.FULL,
                                "first load",
                                0,
                                9,
                                0,
                                0,
                                NOON,
                                Duration.ofMillis(120),
                                null,
                                null))
                .limit(limit)
                .toList();
    }

    private void checkReachable() {
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public StreamTableInfo get(String name) {
        checkReachable();
        QualifiedName.parse(name);
        StreamTableInfo info = tables.get(name);
        if (info == null) {
            throw new InvalidDefinitionException(
                    ErrorCode.NOT_FOUND, "There is no stream table " + name + ".", "Create it.");
        }
        return info;
    }

    @Override
    public List<StreamTableInfo> list() {
        checkReachable();
        reads++;
        return new ArrayList<>(tables.values());
    }

    @Override
    public RefreshResult refresh(String name) {
        return new RefreshResult(
                get(name).name(), RefreshOutcome.DIFFERENTIAL, null, 5, 1, 2, 3, NOON, Duration.ofMillis(12));
    }

    @Override
    public RefreshResult refreshFully(String name) {
        return new RefreshResult(
                get(name).name(), RefreshOutcome.FULL, "requested", 0, 9, 0, 0, NOON, Duration.ofMillis(120));
    }

    @Override
    public QualifiedName createFreshView(String name) {
        return QualifiedName.parse(get(name).name() + "_fresh");
    }

    @Override
    public void dropFreshView(String name) {
        get(name);
    }

    @Override
    public List<RefreshResult> refreshTogether(Collection<String> names) {
        return names.stream().map(this::refresh).toList();
    }

    @Override
    public void awaitFresh(String name, TransactionToken token, Duration timeout) {
        refresh(name);
    }

    @Override
    public List<RefreshResult> refreshAll() {
        return list().stream().map(table -> refresh(table.name().toString())).toList();
    }

    @Override
    public void suspend(String name) {
        get(name);
        put(name, StreamTableStatus.SUSPENDED, null, null);
    }

    @Override
    public void resume(String name) {
        get(name);
        put(name, StreamTableStatus.ACTIVE, null, null);
    }

    @Override
    public Explanation explain(String name) {
        get(name);
        return new Explanation(
                "SELECT 1 AS one",
                RefreshMode.DIFFERENTIAL,
                null,
                "Project one\n  Scan orders",
                List.of("Project: applied to the delta", "  Scan: the captured changes"),
                "a bag",
                List.of(),
                List.of("INSERT ..."),
                List.of(),
                List.of());
    }

    @Override
    public List<RefreshResult> history(String name, int limit) {
        return List.of(refresh(name));
    }

    @Override
    public StreamTableInfo create(StreamTableDefinition definition) {
        return synchronize(List.of(definition)).get(0);
    }

    @Override
    public StreamTableInfo alter(String name, StreamTableAlteration alteration) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void drop(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Explanation explainQuery(String query) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<ResultColumn> columns(String query) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Verification verify(String name) {
        return new Verification(get(name).name(), 10, 1, 0, NOON, true);
    }

    @Override
    public List<QualifiedName> retire(List<StreamTableDefinition> definitions) {
        List<QualifiedName> gone = tables.values().stream()
                .map(StreamTableInfo::name)
                .filter(name -> definitions.stream()
                        .noneMatch(definition -> definition.name().equals(name)))
                .toList();
        gone.forEach(name -> tables.remove(name.toString()));
        return gone;
    }

    @Override
    public void dropCascading(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void pauseAll() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void resumeAll() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<RefreshResult> drain() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void uninstall(StreamTableFate tables) {
        throw new UnsupportedOperationException();
    }
}
