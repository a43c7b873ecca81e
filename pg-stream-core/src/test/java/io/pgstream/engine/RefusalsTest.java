package io.pgstream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.resolve.QueryResolver;
import io.pgstream.resolve.Refusal;
import io.pgstream.support.Session;
import io.pgstream.test.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused says which part of the query it is, where, why, and what works instead. */
class RefusalsTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private static TestDatabase database;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.on(18);
        database.execute(
                "CREATE TABLE item (id int PRIMARY KEY, parent int, a int, b int, c int, d int, e int, f int, g int, who text)",
                "INSERT INTO item SELECT i, nullif(i / 2, 0), 1, 2, 3, 4, 5, 6, 7, 'x' FROM generate_series(1, 9) AS i",
                "CREATE MATERIALIZED VIEW copied AS SELECT id FROM item",
                "CREATE VIEW sampled AS SELECT id FROM item TABLESAMPLE SYSTEM (50)",
                "CREATE VIEW outermost AS SELECT (SELECT count((SELECT o.id)) FROM item AS i WHERE i.id = 1) AS m FROM item AS o",
                "CREATE VIEW twice AS SELECT a AS x, a AS y, count(*) AS c FROM item GROUP BY x, ROLLUP (y)",
                "CREATE SEQUENCE numbers",
                "CREATE TABLE part (id int) PARTITION BY RANGE (id)",
                "CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0) TO (10)",
                "CREATE TABLE ancestor (id int)",
                "CREATE TABLE heir () INHERITS (ancestor)",
                "CREATE FUNCTION noise(int) RETURNS int LANGUAGE sql VOLATILE AS 'SELECT $1'",
                "CREATE TABLE secured (id int PRIMARY KEY)",
                "ALTER TABLE secured ENABLE ROW LEVEL SECURITY",
                "CREATE OPERATOR <~> (RIGHTARG = int, FUNCTION = noise)");
    }

    private static void create(String query, RefreshMode mode) {
        database.engine()
                .create(StreamTableDefinition.of("t" + NUMBERS.incrementAndGet(), query)
                        .withMode(mode));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            TABLE_SAMPLE | SELECT id FROM item TABLESAMPLE SYSTEM (10) | TABLESAMPLE SYSTEM (10) at line 1, column 21 | SELECT id FROM item WHERE id % 10 = 0
            TABLE_SAMPLE | SELECT id FROM sampled | in a view that it reads | SELECT id FROM item
            ROW_LOCKS | SELECT id FROM item FOR UPDATE | FOR UPDATE at line 1, column 21 | SELECT id FROM item
            ROW_LOCKS | SELECT id FROM item FOR KEY SHARE SKIP LOCKED | FOR KEY SHARE at line 1, column 21 | SELECT id FROM item
            LIMIT_WITHOUT_ORDER | SELECT id FROM item LIMIT 3 | LIMIT at line 1, column 21 | SELECT id FROM item ORDER BY id LIMIT 3
            VOLATILE_EXPRESSION | SELECT id, 'random()' AS s, random() AS r FROM item | random( at line 1, column 29 | SELECT id FROM item
            VOLATILE_EXPRESSION | SELECT <~> id AS n FROM item | <~> at line 1, column 8 | SELECT id AS n FROM item
            VOLATILE_EXPRESSION | SELECT nextval('numbers') AS n FROM item | nextval( at line 1, column 8 | SELECT id AS n FROM item
            UNCAPTURED_SOURCE | SELECT id FROM copied | copied at line 1, column 16 | SELECT id FROM item
            UNCAPTURED_SOURCE | SELECT id FROM part_1 | part_1 at line 1, column 16 | SELECT id FROM part WHERE id < 10
            UNCAPTURED_SOURCE | SELECT id FROM heir | heir at line 1, column 16 | SELECT id FROM item
            UNCAPTURED_SOURCE | SELECT id FROM ancestor | ancestor at line 1, column 16 | SELECT id FROM item
            SEARCH_OR_CYCLE | WITH RECURSIVE t AS (SELECT id FROM item UNION ALL SELECT i.id FROM item i JOIN t ON i.parent = t.id) SEARCH DEPTH FIRST BY id SET o SELECT id, o::text AS o FROM t | SEARCH DEPTH FIRST at line 1, column 103 | WITH RECURSIVE t AS (SELECT id, ARRAY[id] AS path FROM item UNION ALL SELECT i.id, array_append(path, i.id) FROM item i JOIN t ON i.parent = t.id WHERE NOT i.id = ANY (path)) SELECT id FROM t
            SEARCH_OR_CYCLE | WITH RECURSIVE t AS (SELECT id FROM item UNION ALL SELECT i.id FROM item i JOIN t ON i.parent = t.id) CYCLE id SET looped USING path SELECT id, path::text AS path FROM t | CYCLE id SET at line 1, column 103 | WITH RECURSIVE t AS (SELECT id FROM item UNION SELECT i.id FROM item i JOIN t ON i.parent = t.id) SELECT id FROM t
            LIMIT_WITHOUT_ORDER | SELECT id FROM (SELECT id FROM item OFFSET 1) i | OFFSET at line 1, column 37 | SELECT id FROM (SELECT id FROM item OFFSET 0) i
            TOO_MANY_GROUPING_SETS | SELECT count(*) AS n FROM item GROUP BY CUBE (a, b, c, d, e, f, g) | CUBE at line 1, column 41 | SELECT count(*) AS n FROM item GROUP BY GROUPING SETS ((a, b), (c, d), ())
            """)
    void differential_refuses_and_full_accepts(ErrorCode code, String query, String where, String rewrite) {
        assertThatThrownBy(() -> create(query, RefreshMode.DIFFERENTIAL))
                .isInstanceOfSatisfying(PgStreamException.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(code);
                    assertThat(refusal.getMessage()).contains("(" + where + ")");
                    assertThat(refusal.action()).isNotBlank().contains("FULL");
                });
        assertThat(database.engine().explainQuery(query).fullReason()).contains("(" + where + ")");
        assertThat(database.engine().explainQuery(rewrite).fullReason()).isNull();
    }

    /** An aggregate is that of the innermost query whose columns it reads, also where a subquery in its argument reads them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT (SELECT max((SELECT i.parent FROM item AS i WHERE i.id = o.id))) AS m FROM item AS o",
                "SELECT a, (SELECT max((SELECT o.id)) FROM item AS i WHERE i.id = 1) AS m FROM item AS o GROUP BY a",
                "SELECT (SELECT max(o.id) FILTER (WHERE o.a IS NULL OR true)) AS m FROM item AS o",
                "SELECT m FROM outermost"
            })
    void an_aggregate_of_the_query_around_is_told_by_its_level(String query) throws Exception {
        assertThat(database.engine().explainQuery(query).fullReason())
                .contains("aggregates columns of the query around");
        create(query, RefreshMode.AUTO);
        assertThat(database.value("SELECT m FROM t" + NUMBERS.get()))
                .isEqualTo(database.value(query.replace("SELECT a,", "SELECT")));
    }

    /** The printed query has one key, and the column that is NULL in the sets without it never is. */
    @Test
    void grouping_sets_that_postgresql_prints_otherwise_are_refused() {
        String query = "SELECT a AS x, a AS y, count(*) AS c FROM item GROUP BY x, ROLLUP (y)";
        assertThatThrownBy(() -> create(query, RefreshMode.FULL)).isInstanceOfSatisfying(PgStreamException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_QUERY);
            assertThat(e.getMessage()).contains("two keys that are the same expression");
        });
        assertThat(database.engine().explainQuery("SELECT x, y, c FROM twice").fullReason())
                .contains("the view public.twice has grouping sets by two keys");
        assertThat(database.engine()
                        .explainQuery(query.replace("ROLLUP (y)", "y"))
                        .fullReason())
                .isNull();
        assertThat(database.engine()
                        .explainQuery(query.replace("a AS y", "a + 0 AS y"))
                        .fullReason())
                .isNull();
    }

    /** {@code ROW(ROW(a, b)) = ANY (…)} is printed without the outer row. */
    @Test
    void a_query_that_postgresql_cannot_read_again_is_refused() {
        String query = "SELECT id, ROW(ROW(a, b)) = ANY (SELECT ROW(i.a, i.b) FROM item AS i) AS found FROM item";
        assertThatThrownBy(() -> create(query, RefreshMode.AUTO)).isInstanceOfSatisfying(PgStreamException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_QUERY);
            assertThat(e.getMessage()).contains("does not accept itself (subquery has too few columns)");
        });
    }

    /** Out of reach of the path two texts are compared here, and nothing that is printed says so. */
    @Test
    void a_comparison_that_would_become_another_one_is_refused() throws Exception {
        database.execute(
                "CREATE SCHEMA apart",
                "CREATE EXTENSION citext SCHEMA apart",
                "CREATE TABLE soft (a apart.citext, b apart.citext)");
        assertThatThrownBy(() -> create("SELECT CASE a WHEN b THEN 1 END AS same FROM soft", RefreshMode.AUTO))
                .isInstanceOfSatisfying(PgStreamException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_QUERY);
                    assertThat(e.getMessage()).contains("an operator that PostgreSQL does not print");
                });
    }

    /** PostgreSQL calls such a function behind the sort, for the first rows only, unless it sorts by it. */
    @Test
    void sets_of_the_first_rows_of_groups_are_refreshed_fully() {
        String query = "SELECT DISTINCT ON (a) a, id, generate_series(1, b) AS g FROM item ORDER BY a, id";
        assertThat(database.engine().explainQuery(query).fullReason()).contains("set-returning function in SELECT");
        assertThat(database.engine().explainQuery(query + ", g").fullReason()).isNull();
    }

    @Test
    void a_full_refresh_runs_what_is_volatile() throws Exception {
        create("SELECT id, random() AS r FROM item", RefreshMode.FULL);
        assertThat(database.value("SELECT count(DISTINCT r) > 1 FROM t" + NUMBERS.get()))
                .isEqualTo("t");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            READER_DEPENDENT | SELECT id FROM item WHERE who = current_user | current_user at line 1, column 33 | SELECT id, who FROM item
            READER_DEPENDENT | SELECT id, session_user AS s FROM item | session_user at line 1, column 12 | SELECT id FROM item
            READER_DEPENDENT | SELECT id, CURRENT_ROLE AS s FROM item | CURRENT_ROLE at line 1, column 12 | SELECT id FROM item
            READER_DEPENDENT | SELECT id FROM item WHERE who = current_setting('app.tenant', true) | current_setting( at line 1, column 33 | SELECT id, who FROM item
            ROW_SECURITY | SELECT id FROM secured | secured at line 1, column 16 | SELECT id FROM item
            SYSTEM_CATALOG | SELECT relname FROM pg_class | pg_class at line 1, column 21 | SELECT id FROM item
            """)
    void every_mode_refuses(ErrorCode code, String query, String where, String rewrite) {
        for (RefreshMode mode : new RefreshMode[] {RefreshMode.AUTO, RefreshMode.DIFFERENTIAL, RefreshMode.FULL}) {
            assertThatThrownBy(() -> create(query, mode)).isInstanceOfSatisfying(PgStreamException.class, refusal -> {
                assertThat(refusal.code()).isEqualTo(code);
                assertThat(refusal.getMessage()).contains("(" + where + ")");
                assertThat(refusal.action()).isNotBlank();
            });
        }
        assertThat(database.engine().explainQuery(rewrite).fullReason()).isNull();
    }

    /** Two copies of a grouping can show one key as 1.0 and as 1.00, and a subquery computed for each key would not meet it. */
    @Test
    void a_subquery_does_not_show_a_group_key_with_several_looks() {
        String query = "SELECT g.x, (SELECT max(i.b) FROM item AS i WHERE i.a::text < g.x::text) AS m"
                + " FROM (SELECT a::%1$s AS x FROM item GROUP BY a::%1$s) AS g";
        assertThat(database.engine().explainQuery(query.formatted("numeric")).fullReason())
                .contains("can look different");
        assertThat(database.engine()
                        .explainQuery(query.formatted("numeric(12,2)"))
                        .fullReason())
                .isNull();
    }

    @Test
    void a_temporary_table_is_refused() throws Exception {
        assertResolvingRefused(
                database, "CREATE TEMP TABLE mine (id int)", "SELECT id FROM mine", ErrorCode.TEMPORARY_TABLE);
    }

    private static void assertResolvingRefused(TestDatabase where, String before, String query, ErrorCode code)
            throws SQLException {
        try (Connection connection = where.begin()) {
            TestDatabase.execute(connection, before);
            QueryResolver resolver = new QueryResolver(new Session(connection));
            assertThatThrownBy(() -> resolver.resolve(query))
                    .isInstanceOfSatisfying(
                            PgStreamException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(code));
            connection.rollback();
        }
    }

    @Test
    void before_18_grouping_sets_that_the_server_computes_wrongly_are_refused() throws Exception {
        TestDatabase old = TestDatabase.on(15);
        old.execute("CREATE TABLE item (id int PRIMARY KEY, a int, b int)");
        old.execute("INSERT INTO item SELECT i, i % 3, i % 2 FROM generate_series(1, 9) AS i");
        for (String query : new String[] {
            "SELECT a, 30 + 1 AS c, rank() OVER (PARTITION BY a ORDER BY 30 + 1) AS r FROM item GROUP BY CUBE (a, 30 + 1)",
            "SELECT DISTINCT a FROM item WHERE a = 2 GROUP BY ROLLUP (a)",
            "SELECT a, b, rank() OVER (ORDER BY a, b) AS r FROM (SELECT * FROM item WHERE a = b) AS q GROUP BY CUBE (a, b)"
        }) {
            StreamTableDefinition definition =
                    StreamTableDefinition.of("wrong", query).withMode(RefreshMode.DIFFERENTIAL);
            assertThatThrownBy(() -> old.engine().create(definition))
                    .as(query)
                    .isInstanceOfSatisfying(
                            PgStreamException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.SERVER_BUG));
        }
        old.create("sums", "SELECT a, b, count(*) AS n FROM item WHERE a = 2 GROUP BY CUBE (a, b)");
        old.execute("DELETE FROM item WHERE id = 2");
        old.assertFollows("sums");
    }

    /** A key that is a constant is NULL in other sets, and the server does not say everywhere that it is. */
    @Test
    void grouping_sets_by_a_constant_are_refused() throws Exception {
        database.execute("CREATE TABLE constant_key (g int)");
        database.execute("INSERT INTO constant_key VALUES (1)");
        for (String query : new String[] {
            "SELECT g, 1 + 1 AS c, (1 + 1) * 3 AS d FROM constant_key GROUP BY ROLLUP (g, 1 + 1)",
            "SELECT g, 'a' AS c, count(*) AS n FROM constant_key GROUP BY ROLLUP (g, 'a'::text)"
        }) {
            assertThat(database.engine().explainQuery(query).fullReason())
                    .as(query)
                    .isNotNull();
        }
    }

    @Test
    void the_reference_has_each_refusal_with_the_modes_that_refuse() throws IOException {
        Map<String, Boolean> documented = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("../docs/reference.md"))) {
            String[] cells = line.split(" \\| ");
            if (cells.length == 4 && cells[0].matches("\\| `[A-Z_]+`") && cells[2].matches("DIFFERENTIAL|every mode")) {
                documented.put(cells[0].replaceAll("[| `]", ""), cells[2].equals("every mode"));
            }
        }
        Map<String, Boolean> inCode = new TreeMap<>();
        for (Refusal refusal : Refusal.values()) {
            inCode.put(refusal.code().name(), refusal.inEveryMode());
        }
        assertThat(documented).isEqualTo(inCode);
    }
}
