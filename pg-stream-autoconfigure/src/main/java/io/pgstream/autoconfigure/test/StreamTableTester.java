package io.pgstream.autoconfigure.test;

import io.pgstream.QualifiedName;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.Schedule;
import io.pgstream.StreamTableInfo;
import io.pgstream.StreamTableOperations;
import io.pgstream.autoconfigure.ChangeFeedLifecycle;
import io.pgstream.engine.ScheduledTable;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.sql.Identifiers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.SimplePropertyRowMapper;
import org.springframework.scheduling.support.CronExpression;

/**
 * What a test does with stream tables. A bean of this type is there with {@link AutoConfigureStreamTables} and
 * {@link StreamTableTest}.
 *
 * @since 0.1.0
 */
public final class StreamTableTester {

    private final StreamTableEngine engine;

    private final DataSource dataSource;

    private final JdbcOperations jdbc;

    private final TestClock clock;

    private final @Nullable ChangeFeedLifecycle changeFeed;

    private final Instant start;

    private final Map<QualifiedName, Instant> refreshed = new HashMap<>();

    StreamTableTester(
            StreamTableEngine engine,
            DataSource dataSource,
            TestClock clock,
            @Nullable ChangeFeedLifecycle changeFeed) {
        this.engine = engine;
        this.dataSource = dataSource;
        this.jdbc = new JdbcTemplate(dataSource);
        this.clock = clock;
        this.changeFeed = changeFeed;
        this.start = clock.instant();
    }

    /**
     * Refreshes all stream tables, those that are read before their readers, at one snapshot: afterwards each equals its
     * query over what has been committed.
     *
     * @return what the refreshes did
     */
    public List<RefreshResult> refreshAll() {
        List<RefreshResult> results = engine.refreshAll();
        results.forEach(result -> refreshed.put(result.name(), clock.instant()));
        return results;
    }

    /**
     * Moves the {@link TestClock}, and refreshes the stream tables that come due by it, those that are read before their readers.
     * One that waits for watermarks is not refreshed and stays due.
     *
     * @param time how far to move it
     * @return the stream tables that were refreshed
     */
    public List<QualifiedName> advance(Duration time) {
        clock.advance(time);
        List<QualifiedName> due = new ArrayList<>();
        for (ScheduledTable table : engine.watch().tables()) {
            if (due(table) && !due.contains(table.name())) {
                engine.refreshScheduled(table.group()).stream()
                        .filter(result -> result.outcome() != RefreshOutcome.SKIPPED)
                        .forEach(result -> {
                            refreshed.put(result.name(), clock.instant());
                            due.add(result.name());
                        });
            }
        }
        return due;
    }

    private boolean due(ScheduledTable table) {
        Instant last = refreshed.getOrDefault(table.name(), start);
        Schedule schedule = table.schedule();
        if (schedule instanceof Schedule.Every every) {
            return !last.plus(every.interval()).isAfter(clock.instant());
        }
        if (schedule instanceof Schedule.Cron cron) {
            ZonedDateTime next = CronExpression.parse(cron.sixFields()).next(last.atZone(clock.zone()));
            return next != null && !next.toInstant().isAfter(clock.instant());
        }
        return schedule instanceof Schedule.Live;
    }

    /** Tells all listeners of this application what there is to tell, and returns when they have been told. */
    public void deliverChanges() {
        if (changeFeed != null) {
            changeFeed.deliverAll();
        }
    }

    /**
     * Runs the query of a stream table on the connection of the test's transaction: what the table would hold if the
     * test's writes, which are rolled back in the end, were committed and applied. Stream tables that the query reads by
     * an unqualified name are computed from their own queries.
     *
     * @param table the stream table
     * @param rowType a record for the rows
     * @return the rows
     * @param <R> the type of the rows
     */
    public <R> List<R> rowsNow(String table, Class<R> rowType) {
        return jdbc.query(now(table), new SimplePropertyRowMapper<>(rowType));
    }

    /**
     * The same without a type for the rows.
     *
     * @param table the stream table
     * @return the rows, by the names of their columns
     */
    public List<Map<String, Object>> rowsNow(String table) {
        return jdbc.queryForList(now(table));
    }

    private String now(String table) {
        Map<QualifiedName, StreamTableInfo> upstream = new LinkedHashMap<>();
        StreamTableInfo info = engine.get(table);
        collect(info, upstream);
        String definitions = upstream.values().stream()
                .map(read -> Identifiers.quote(read.name().name()) + " AS (" + read.query() + "\n)")
                .collect(Collectors.joining(", "));
        return definitions.isEmpty()
                ? info.query()
                : "WITH " + definitions + " SELECT * FROM (" + info.query() + "\n) AS q";
    }

    private void collect(StreamTableInfo info, Map<QualifiedName, StreamTableInfo> upstream) {
        Map<QualifiedName, StreamTableInfo> all =
                engine.list().stream().collect(Collectors.toMap(StreamTableInfo::name, other -> other));
        for (QualifiedName source : info.sources()) {
            StreamTableInfo read = all.get(source);
            if (read != null && !upstream.containsKey(source)) {
                collect(read, upstream);
                upstream.put(source, read);
            }
        }
    }

    /**
     * Empties the ordinary tables that the stream tables read, and those that refer to them, and refreshes the stream tables.
     * Meant for the beginning of a test on a database of the tests' own. It is committed, also in a test that is rolled back.
     */
    public void emptySources() {
        Map<QualifiedName, StreamTableInfo> all = engine.list().stream()
                .collect(Collectors.toMap(
                        StreamTableInfo::name, other -> other, (one, other) -> one, LinkedHashMap::new));
        String tables = all.values().stream()
                .flatMap(info -> info.sources().stream())
                .filter(source -> !all.containsKey(source))
                .map(Identifiers::quote)
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        if (!tables.isEmpty()) {
            truncate(tables);
        }
        refreshAll();
    }

    /** On a connection of its own: refreshes would wait for that of the test. */
    private void truncate(String tables) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("TRUNCATE " + tables + " CASCADE");
        } catch (SQLException e) {
            throw new UncategorizedSQLException("emptying the tables that stream tables read", null, e);
        }
    }

    /** What creates, refreshes and manages stream tables. */
    public StreamTableOperations operations() {
        return engine;
    }
}
