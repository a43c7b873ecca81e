package io.pgstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.Explanation;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An explanation says of every operator how it is maintained and why, of a query as well as of a stream table. */
class ExplanationTest {

    private static final String INDEXES =
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'line' AND indexdef LIKE '%(item_id)%'";

    private static DataSource dataSource;

    private static TestDatabase database;

    @BeforeAll
    static void start() throws Exception {
        dataSource = TestServer.current().newDatabase();
        database = TestDatabase.of(dataSource);
        database.execute(
                "CREATE TABLE item (id int PRIMARY KEY, kind text, weight float8)",
                "CREATE TABLE line (id int PRIMARY KEY, item_id int, qty int)",
                "INSERT INTO item SELECT i, 'k' || i % 3, i FROM generate_series(1, 3000) AS i",
                "INSERT INTO line SELECT i, i % 3000, i % 7 FROM generate_series(1, 3000) AS i",
                "ANALYZE item",
                "ANALYZE line");
    }

    @Test
    void a_query_without_tables_has_no_statements() {
        assertThat(explain("SELECT * FROM generate_series(1, 3) AS g (i)").deltaStatements())
                .isEmpty();
    }

    private static Explanation explain(String query) {
        return database.engine().explainQuery(query);
    }

    @Test
    void an_index_is_missing_where_groups_partitions_or_first_rows_are_read_again() throws SQLException {
        database.execute(
                "CREATE TABLE event (id int PRIMARY KEY, device int NOT NULL, kind int NOT NULL, at int NOT NULL)",
                "INSERT INTO event SELECT i, i % 1000, i % 3, i FROM generate_series(1, 5000) AS i",
                "ANALYZE event");
        String device = "CREATE INDEX ON \"public\".\"event\" (\"device\")";
        String latest = "CREATE INDEX ON \"public\".\"event\" (\"device\", \"at\")";

        assertThat(missing("SELECT device, max(at) AS at FROM event GROUP BY device"))
                .containsExactly(device);
        assertThat(missing("SELECT id, sum(kind) OVER (PARTITION BY device ORDER BY at, id) AS s FROM event"))
                .containsExactly(device);
        assertThat(missing("SELECT DISTINCT ON (device) device, id FROM event ORDER BY device, at DESC"))
                .containsExactly(latest);
        assertThat(missing("SELECT id FROM event WHERE kind < 2 ORDER BY at DESC LIMIT 10"))
                .containsExactly("CREATE INDEX ON \"public\".\"event\" (\"at\")");
        assertThat(missing("SELECT id FROM event WHERE at > (SELECT avg(x.kind * 1000) FROM event x)"))
                .isEmpty();

        assertThat(missing("SELECT device, sum(at) AS at FROM event GROUP BY device"))
                .isEmpty();
        assertThat(missing("SELECT kind, max(at) AS at FROM event GROUP BY kind"))
                .isEmpty();
        assertThat(missing("SELECT id FROM event ORDER BY id DESC LIMIT 10")).isEmpty();
    }

    private static List<String> missing(String query) {
        return explain(query).missingIndexes();
    }

    @Test
    void each_operator_has_its_strategy_with_the_reason_and_its_state() {
        Explanation explanation = explain(
                "SELECT i.kind, count(*) AS n, max(l.qty) AS most, array_agg(l.qty ORDER BY l.id) AS all_of_them"
                        + " FROM item i JOIN line l ON l.item_id = i.id GROUP BY i.kind");

        assertThat(explanation.strategies())
                .hasSize((int) explanation.operatorTree().lines().count());
        assertThat(explanation.strategies())
                .anyMatch(line ->
                        line.matches(" *Aggregate: the groups that changed are read again, because array_agg\\(qty"
                                + " ORDER BY id\\) cannot be undone exactly; max\\(qty\\) .*found by kind.*"))
                .anyMatch(line -> line.matches(" *Join: .*; small deltas read whole tables here.*"))
                .anyMatch(line -> line.matches(" *Scan: the changes of public.line .*"));
        assertThat(explanation.missingIndexes()).containsExactly("CREATE INDEX ON \"public\".\"line\" (\"item_id\")");
        assertThat(explanation.notes()).isEmpty();
    }

    @Test
    void what_is_left_to_chance_is_said() {
        assertThat(explain(
                                "SELECT kind, sum(weight) AS w, array_agg(id) AS ids, mode() WITHIN GROUP (ORDER BY weight) AS m"
                                        + " FROM item GROUP BY kind")
                        .notes())
                .hasSize(3)
                .anyMatch(note -> note.startsWith("sum(weight) adds floating-point numbers"))
                .anyMatch(note -> note.startsWith("array_agg(id) has no ORDER BY"))
                .anyMatch(note -> note.startsWith("mode()"));
        assertThat(explain("SELECT id, kind FROM item ORDER BY kind LIMIT 5").notes())
                .singleElement()
                .asString()
                .contains("leaves equal");
        assertThat(explain("SELECT id, kind FROM item ORDER BY kind, id LIMIT 5")
                        .notes())
                .isEmpty();
        assertThat(explain("SELECT DISTINCT weight::numeric AS w FROM item").notes())
                .singleElement()
                .asString()
                .startsWith("Of w a group shows any of the values");
        assertThat(explain("SELECT DISTINCT weight::numeric(10, 2) AS w FROM item")
                        .notes())
                .isEmpty();
    }

    @Test
    void a_full_refresh_has_its_reason() {
        Explanation explanation = explain("SELECT id, random() AS r FROM item");
        assertThat(explanation.effectiveMode()).isEqualTo(RefreshMode.FULL);
        assertThat(explanation.fullReason()).contains("random()").contains("line 1, column 12");
    }

    @Test
    void missing_indexes_are_created_only_where_that_is_allowed() throws Exception {
        StreamTableDefinition definition = StreamTableDefinition.of(
                "joined", "SELECT l.id, i.kind FROM item i JOIN line l ON l.item_id = i.id WHERE i.weight > 5");
        database.engine().create(definition);
        assertThat(database.column(INDEXES)).isEmpty();
        database.engine().drop("joined");

        EngineSettings defaults = database.engine().settings();
        EngineSettings allowed = new EngineSettings(
                defaults.catalogSchema(),
                defaults.changeBufferSchema(),
                defaults.stateSchema(),
                defaults.application(),
                defaults.minSchedule(),
                defaults.defaultSchedule(),
                defaults.maxConsecutiveErrors(),
                defaults.maxRetries(),
                defaults.retryDelay(),
                defaults.differentialMaxChangeRatio(),
                defaults.lockTimeout(),
                defaults.ddlTimeout(),
                defaults.statementTimeout(),
                true,
                defaults.graph(),
                defaults.life(),
                SynchronousSettings.defaults());
        StreamTableEngine engine = new StreamTableEngine(dataSource, allowed, List.of());
        engine.create(definition);
        assertThat(database.column(INDEXES)).hasSize(1);
        engine.drop("joined");
        assertThat(database.column(INDEXES)).hasSize(1);
        database.execute("DROP INDEX line_item_id_idx");
    }
}
