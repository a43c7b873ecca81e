package io.pgstream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshAttempt;
import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableGraph;
import io.pgstream.StreamTableMonitor;
import io.pgstream.StreamTableOverview;
import io.pgstream.test.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What those see who watch over stream tables. */
class TableMonitorTest {

    private TestDatabase database;

    private StreamTableMonitor monitor;

    @BeforeEach
    void tables() throws SQLException {
        database = TestDatabase.onDefault();
        monitor = database.engine().monitor();
        database.execute(
                "CREATE TABLE a (id int PRIMARY KEY, v int)",
                "CREATE TABLE b (id int PRIMARY KEY, v int)",
                "INSERT INTO a VALUES (1, 1), (2, 1)");
        create("per_v", "SELECT v, count(*) AS n FROM a GROUP BY v", "1h", RefreshMode.AUTO);
        create("joined", "SELECT p.v, b.id FROM per_v AS p JOIN b ON b.v = p.v", "manual", RefreshMode.AUTO);
        create("whole", "SELECT count(*) AS n FROM b", "0 6 * * *", RefreshMode.FULL);
    }

    private void create(String name, String query, String schedule, RefreshMode mode) {
        database.engine()
                .create(StreamTableDefinition.of(name, query)
                        .withSchedule(schedule)
                        .withMode(mode));
    }

    private StreamTableOverview.Entry entry(String name) {
        return monitor.overview().tables().stream()
                .filter(entry -> entry.name().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void changes_that_are_not_applied_yet_are_counted_for_each_table_that_will_apply_them() throws SQLException {
        assertThat(pending()).containsOnly(Map.entry("per_v", 0L), Map.entry("joined", 0L));

        database.execute("INSERT INTO a VALUES (3, 2), (4, 2)", "UPDATE b SET v = 1");
        database.execute("UPDATE a SET v = 3 WHERE id = 4");

        assertThat(pending()).containsOnly(Map.entry("per_v", 4L), Map.entry("joined", 0L));
        assertThat(monitor.bufferSizes())
                .containsKeys("public.a", "public.b")
                .hasEntrySatisfying("public.a", bytes -> assertThat(bytes).isPositive());
        database.engine().refresh("per_v");
        assertThat(pending())
                .containsEntry("per_v", 0L)
                .hasEntrySatisfying("joined", n -> assertThat(n).isPositive());
    }

    private Map<String, Long> pending() {
        return monitor.pendingChanges().entrySet().stream()
                .collect(java.util.stream.Collectors.toMap(e -> e.getKey().name(), Map.Entry::getValue));
    }

    @Test
    void data_is_stale_beyond_its_schedule_and_there_is_no_verdict_without_one() throws SQLException {
        assertThat(entry("per_v").stale()).isFalse();
        assertThat(entry("per_v").interval()).isEqualTo(Duration.ofHours(1));
        assertThat(entry("joined").stale()).isNull();
        assertThat(entry("whole").stale()).isNull();

        database.execute(
                "UPDATE pgstream.pgs_frontiers SET data_timestamp = clock_timestamp() - interval '2 hours'",
                "UPDATE pgstream.pgs_states SET checked_at = NULL");

        assertThat(entry("per_v").stale()).isTrue();
        assertThat(entry("per_v").staleness()).isGreaterThanOrEqualTo(Duration.ofHours(2));
        assertThat(entry("joined").stale()).isNull();
    }

    @Test
    void a_failure_is_kept_with_what_to_do_about_it_until_it_is_over() throws SQLException {
        database.execute("ALTER TABLE a RENAME COLUMN v TO w");
        assertThatThrownBy(() -> database.engine().refresh("per_v")).isInstanceOf(PgStreamException.class);

        StreamTableOverview.Problem problem = entry("per_v").problem();
        assertThat(problem.code()).isEqualTo("SOURCE_CHANGED");
        assertThat(problem.consecutive()).isEqualTo(1);
        assertThat(problem.action()).isNotBlank();
        assertThat(problem.at()).isNotNull();
        List<RefreshAttempt> attempts = monitor.attempts("per_v", 10);
        assertThat(attempts).extracting(RefreshAttempt::failed).containsExactly(true, false);
        assertThat(attempts.get(0).errorCode()).isEqualTo("SOURCE_CHANGED");
        assertThat(attempts.get(1).outcome()).isEqualTo(RefreshOutcome.FULL);

        database.execute("ALTER TABLE a RENAME COLUMN w TO v");
        database.engine().refresh("per_v");
        assertThat(entry("per_v").problem()).isNull();
    }

    @Test
    void a_pause_of_everything_is_seen() {
        assertThat(monitor.overview().paused()).isFalse();
        database.engine().pauseAll();
        assertThat(monitor.overview().paused()).isTrue();
    }

    @Test
    void the_graph_has_layers_and_reads_as_mermaid() {
        StreamTableGraph graph = monitor.overview().graph();

        assertThat(graph.nodes())
                .extracting(node -> node.name() + " " + node.layer())
                .containsExactly("public.a 0", "public.b 0", "public.per_v 1", "public.whole 1", "public.joined 2");
        assertThat(graph.edges())
                .containsExactly(edge("b", "joined"), edge("per_v", "joined"), edge("a", "per_v"), edge("b", "whole"));
        assertThat(graph.mermaid()).startsWith("""
                        flowchart LR
                            t0[("public.a")]
                            t1[("public.b")]
                            t2["public.per_v"]:::ACTIVE
                            t3["public.whole"]:::ACTIVE
                            t4["public.joined"]:::ACTIVE
                            t1 --> t4
                        """);
    }

    private static StreamTableGraph.Edge edge(String source, String reader) {
        return new StreamTableGraph.Edge(new QualifiedName("public", source), new QualifiedName("public", reader));
    }
}
