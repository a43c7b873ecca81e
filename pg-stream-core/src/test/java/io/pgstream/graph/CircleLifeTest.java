package io.pgstream.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.Schedule;
import io.pgstream.StreamTableAlteration;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableGraph;
import io.pgstream.StreamTableStatus;
import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.GraphSettings;
import io.pgstream.engine.LifeSettings;
import io.pgstream.engine.ScheduledTable;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The life of stream tables that read each other in a circle: they are created, refreshed, altered and dropped as one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CircleLifeTest {

    private static final String CLOSURE =
            "(WITH RECURSIVE t AS (SELECT s, d FROM edge UNION SELECT t.s, e.d FROM t JOIN"
                    + " edge e ON e.s = t.d) SELECT s, d FROM t)";

    private static final StreamTableDefinition PATH =
            StreamTableDefinition.of("path", "SELECT s, d FROM edge UNION SELECT s, d FROM step");

    private static final StreamTableDefinition STEP =
            StreamTableDefinition.of("step", "SELECT p.s, e.d FROM path p JOIN edge e ON e.s = p.d");

    private TestDatabase database;

    private StreamTableEngine engine;

    @BeforeAll
    void anEngineThatAllowsCircles() throws SQLException {
        database = TestDatabase.circular(TestServer.current());
        engine = database.engine();
        database.execute("CREATE TABLE edge (s int, d int)");
    }

    @BeforeEach
    void edges() throws SQLException {
        database.execute("TRUNCATE edge", "INSERT INTO edge VALUES (1, 2), (2, 3), (3, 1), (3, 4)");
    }

    @AfterEach
    void nothingIsLeft() throws SQLException {
        engine.list().forEach(table -> {
            if (engine.list().stream().anyMatch(left -> left.name().equals(table.name()))) {
                engine.dropCascading(table.name().toString());
            }
        });
        assertThat(database.value("SELECT count(*) FROM pgstream.pgs_circles")).isEqualTo("0");
        assertThat(database.value("SELECT count(*) FROM pgstream.pgs_captures")).isEqualTo("0");
    }

    private void assertLeast() throws SQLException {
        database.assertEqual("path");
        database.assertEqual("step");
        assertThat(database.column("(SELECT s, d FROM path EXCEPT ALL " + CLOSURE + ") UNION ALL (" + CLOSURE
                        + " EXCEPT ALL SELECT s, d FROM path)"))
                .isEmpty();
    }

    private StreamTableEngine another(GraphSettings graph, LifeSettings life) {
        EngineSettings settings = TestDatabase.settings(Duration.ofSeconds(4), Duration.ofSeconds(60));
        return new StreamTableEngine(
                database.dataSource(), settings.with(graph).with(settings.application(), life), List.of());
    }

    @Test
    void definitions_of_one_call_may_come_in_any_order() throws SQLException {
        assertThat(engine.createTogether(List.of(STEP, PATH)))
                .extracting(table -> table.status())
                .containsOnly(StreamTableStatus.ACTIVE);
        assertLeast();
        assertThat(engine.get("path").query()).isEqualTo(PATH.query());
        assertThat(engine.refresh("step").outcome()).isEqualTo(RefreshOutcome.NO_DATA);
    }

    @Test
    void an_alteration_closes_a_circle_and_another_one_opens_it() throws SQLException {
        database.create("path", "SELECT s, d FROM edge UNION SELECT s, d FROM edge");
        database.create("step", STEP.query());
        engine.alter("path", StreamTableAlteration.query(PATH.query()));
        assertLeast();
        database.execute("DELETE FROM edge WHERE d = 1", "INSERT INTO edge VALUES (4, 5)");
        engine.refresh("step");
        assertLeast();
        engine.alter("path", StreamTableAlteration.query("SELECT DISTINCT s, d FROM edge"));
        for (String change : List.of("INSERT INTO edge VALUES (5, 1), (5, 1)", "DELETE FROM edge WHERE s = 2")) {
            database.execute(change);
            database.assertFollows("path");
            database.assertFollows("step");
        }
    }

    @Test
    void another_instance_that_knew_the_tables_otherwise_refreshes_the_circle_too() throws SQLException {
        database.create("path", "SELECT s, d FROM edge UNION SELECT s, d FROM edge");
        database.create("step", STEP.query());
        StreamTableEngine other = another(GraphSettings.defaults(), LifeSettings.defaults());
        other.refresh("path");
        other.refresh("step");
        engine.alter("path", StreamTableAlteration.query(PATH.query()));
        database.execute("INSERT INTO edge VALUES (4, 5)");
        assertThat(other.refresh("step").outcome()).isNotEqualTo(RefreshOutcome.NO_DATA);
        assertLeast();
        database.execute("INSERT INTO edge VALUES (5, 6)");
        assertThat(engine.refresh("path").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        assertLeast();
        database.execute("INSERT INTO edge VALUES (6, 7)");
        assertThat(other.refresh("path").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        assertLeast();
        engine.alter("path", StreamTableAlteration.query("SELECT s, d FROM edge UNION SELECT s, d FROM edge"));
        database.execute("DELETE FROM edge WHERE s = 5");
        other.refresh("path");
        other.refresh("step");
        database.assertEqual("path");
        database.assertEqual("step");
    }

    @Test
    void declarations_make_a_circle_and_leave_it_alone_afterwards() throws SQLException {
        engine.synchronize(List.of(STEP, PATH));
        assertLeast();
        String versions = "SELECT string_agg(version::text, ' ' ORDER BY id) FROM pgstream.pgs_stream_tables";
        String before = database.value(versions);
        engine.synchronize(List.of(PATH, STEP));
        assertThat(database.value(versions)).isEqualTo(before);
        String changed = "SELECT s, d FROM edge WHERE s > 1 UNION SELECT s, d FROM step";
        engine.synchronize(List.of(PATH.withQuery(changed), STEP));
        engine.refresh("step");
        database.assertEqual("path");
        database.assertEqual("step");
        StreamTableEngine dropping = another(
                GraphSettings.defaults().withCircles(true, 100),
                new LifeSettings(
                        LifeSettings.Changed.MIGRATE,
                        LifeSettings.Superseded.MIGRATE,
                        LifeSettings.Gone.DROP,
                        LifeSettings.UserTriggers.AUTO));
        assertThat(dropping.retire(List.of())).hasSize(2);
        assertThat(engine.list()).isEmpty();
    }

    @Test
    void what_an_instance_that_died_has_begun_is_finished_by_the_next_declaration() throws SQLException {
        engine.create(PATH.withQuery("SELECT s, d FROM edge"));
        StreamTableEngine refusing = another(
                GraphSettings.defaults().withCircles(true, 100),
                new LifeSettings(
                        LifeSettings.Changed.REFUSE,
                        LifeSettings.Superseded.KEEP,
                        LifeSettings.Gone.KEEP,
                        LifeSettings.UserTriggers.AUTO));
        refusing.synchronize(List.of(PATH, STEP));
        assertLeast();
    }

    @Test
    void members_of_every_mode_that_is_refreshed_are_exact_and_a_full_one_makes_every_refresh_full()
            throws SQLException {
        engine.createTogether(List.of(PATH.withMode(RefreshMode.DIFFERENTIAL), STEP.withMode(RefreshMode.FULL)));
        for (String change : List.of("INSERT INTO edge VALUES (4, 5)", "DELETE FROM edge WHERE s = 1")) {
            database.execute(change);
            assertThat(engine.refresh("path").outcome()).isEqualTo(RefreshOutcome.FULL);
            assertLeast();
        }
    }

    @Test
    void a_full_refresh_removes_rows_that_only_say_each_other() throws SQLException {
        engine.createTogether(List.of(PATH, STEP));
        database.execute(
                "ALTER TABLE path DISABLE TRIGGER USER",
                "ALTER TABLE step DISABLE TRIGGER USER",
                "INSERT INTO edge VALUES (70, 70)",
                "DELETE FROM edge WHERE s = 70",
                "INSERT INTO path VALUES (99, 4)",
                "ALTER TABLE path ENABLE TRIGGER USER",
                "ALTER TABLE step ENABLE TRIGGER USER");
        engine.refreshFully("step");
        assertLeast();
        assertThat(engine.verify("path").equal()).isTrue();
    }

    @Test
    void what_reads_the_circle_and_what_it_reads_follow_by_delta() throws SQLException {
        database.create("good", "SELECT s, d FROM edge WHERE d < 50");
        engine.createTogether(List.of(
                PATH.withQuery("SELECT s, d FROM good UNION SELECT s, d FROM step"),
                STEP.withQuery("SELECT p.s, e.d FROM path p JOIN good e ON e.s = p.d")));
        database.create("reached", "SELECT s, count(*) AS n FROM path GROUP BY s");
        for (String change : List.of(
                "INSERT INTO edge VALUES (4, 5), (5, 60)",
                "DELETE FROM edge WHERE d = 1",
                "UPDATE edge SET d = 1 WHERE d = 4")) {
            database.execute(change);
            List<RefreshResult> results = engine.refreshAll();
            assertThat(results)
                    .extracting(result -> result.name().name())
                    .containsExactlyInAnyOrder("good", "path", "step", "reached");
            assertThat(results)
                    .filteredOn(result ->
                            List.of("good", "reached").contains(result.name().name()))
                    .extracting(RefreshResult::outcome)
                    .containsOnly(RefreshOutcome.DIFFERENTIAL);
            for (String name : List.of("good", "path", "step", "reached")) {
                database.assertEqual(name);
            }
        }
        database.execute("INSERT INTO edge VALUES (9, 1)");
        engine.refresh("good");
        engine.refresh("step");
        database.assertFollows("reached");
        database.assertEqual("path");
    }

    @Test
    void the_clock_refreshes_a_circle_as_one_by_the_tightest_schedule_unless_it_is_suspended() throws SQLException {
        engine.createTogether(List.of(PATH, STEP.withSchedule("manual")));
        engine.create(StreamTableDefinition.of("starts", "SELECT DISTINCT s FROM step")
                .withSchedule("7s"));
        ScheduledTable path = scheduled("path");
        assertThat(path.schedule()).isEqualTo(Schedule.parse("7s"));
        assertThat(scheduled("step").schedule()).isEqualTo(Schedule.parse("7s"));
        assertThat(database.column("SELECT every || ' ' || live FROM pgstream.effective_schedules()"))
                .as("what SQL clients see")
                .containsOnly("00:00:07 false")
                .hasSize(3);
        assertThat(path.group()).extracting(QualifiedName::name).containsExactlyInAnyOrder("path", "step");
        database.execute("INSERT INTO edge VALUES (4, 5)");
        assertThat(engine.refreshScheduled(path.group())).hasSize(2);
        assertLeast();
        engine.suspend("step");
        assertThat(engine.get("path").status()).isEqualTo(StreamTableStatus.SUSPENDED);
        assertThat(engine.watch().tables())
                .extracting(table -> table.name().name())
                .containsExactly("starts");
        assertThat(engine.refreshAll())
                .extracting(result -> result.name().name())
                .containsExactly("starts");
        engine.resume("path");
        assertThat(engine.get("step").status()).isEqualTo(StreamTableStatus.ACTIVE);
        assertThat(scheduled("path").group()).hasSize(2);
    }

    private ScheduledTable scheduled(String name) {
        return engine.watch().tables().stream()
                .filter(table -> table.name().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_member_is_not_dropped_alone_but_one_that_only_reads_itself_is() throws SQLException {
        engine.createTogether(List.of(PATH, STEP));
        assertThat(catchThrowableOfType(PgStreamException.class, () -> engine.drop("path"))
                        .code())
                .isEqualTo(ErrorCode.HAS_DEPENDANTS);
        engine.create(StreamTableDefinition.of(
                "own", "SELECT s, d FROM edge UNION SELECT o.s, e.d FROM own o JOIN edge e ON e.s = o.d"));
        database.execute("INSERT INTO edge VALUES (4, 9)");
        database.assertFollows("own");
        engine.drop("own");
        engine.dropCascading("step");
        assertThat(engine.list()).isEmpty();
    }

    @Test
    void who_looks_at_the_graph_sees_the_circle_and_the_look_ends() throws SQLException {
        engine.createTogether(List.of(PATH, STEP));
        StreamTableGraph graph = engine.monitor().overview().graph();
        assertThat(graph.edges())
                .contains(
                        new StreamTableGraph.Edge(name("path"), name("step")),
                        new StreamTableGraph.Edge(name("step"), name("path")));
        assertThat(graph.mermaid()).contains("-->");
        assertThat(engine.explain("path").notes())
                .anyMatch(note -> note.contains("in a circle: [public.path, public.step]"));
        assertThat(database.column("SELECT members::text FROM pgstream.pgs_scc_status()"))
                .containsExactly("{public.path,public.step}");
        assertThat(database.column("SELECT node FROM pgstream.dependency_tree()"))
                .isNotNull();
        assertThat(engine.drain()).hasSize(2);
        engine.resumeAll();
        assertThat(catchThrowableOfType(PgStreamException.class, () -> engine.createFreshView("path")))
                .hasMessageContaining("in a circle");
    }

    private static QualifiedName name(String table) {
        return new QualifiedName("public", table);
    }

    @Test
    void a_source_that_is_altered_is_followed_by_the_whole_circle() throws SQLException {
        engine.createTogether(List.of(PATH, STEP));
        database.execute("ALTER TABLE edge ADD COLUMN note text", "ALTER TABLE edge ALTER s SET NOT NULL");
        database.execute("INSERT INTO edge VALUES (4, 5, 'x')");
        engine.refresh("step");
        assertLeast();
        database.execute("TRUNCATE edge", "INSERT INTO edge VALUES (1, 1)");
        engine.refresh("path");
        assertLeast();
        database.execute("ALTER TABLE edge ALTER s DROP NOT NULL", "ALTER TABLE edge DROP COLUMN note");
    }
}
