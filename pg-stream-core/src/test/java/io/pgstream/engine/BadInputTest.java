package io.pgstream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestDatabase;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is wrong is refused with a clear error, and leaves nothing behind. */
class BadInputTest {

    private static TestDatabase database;

    @BeforeAll
    static void createTables() throws Exception {
        database = TestDatabase.onDefault();
        database.execute("CREATE TABLE item (id int PRIMARY KEY, kind int, note text)");
    }

    private static PgStreamException refused(ErrorCode code, ThrowingCallable call) throws Exception {
        String before = objects();
        PgStreamException failure = catchThrowableOfType(PgStreamException.class, call);
        assertThat(failure).isNotNull();
        assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
        assertThat(failure.action()).isNotBlank();
        assertThat(objects()).as("objects after %s", failure.getMessage()).isEqualTo(before);
        return failure;
    }

    private static String objects() throws Exception {
        return database.column(
                        "SELECT 'relation ' || oid::regclass FROM pg_class WHERE relnamespace::regnamespace::text"
                                + " NOT LIKE 'pg\\_%' UNION ALL SELECT 'function ' || oid::regprocedure FROM pg_proc"
                                + " WHERE pronamespace::regnamespace::text LIKE 'pgstream%' UNION ALL SELECT 'trigger ' || tgname"
                                + " FROM pg_trigger UNION ALL SELECT 'capture ' || id FROM pgstream.pgs_captures"
                                + " UNION ALL SELECT 'table ' || id FROM pgstream.pgs_stream_tables ORDER BY 1")
                .toString();
    }

    private static PgStreamException refusedQuery(String query) throws Exception {
        return refused(ErrorCode.INVALID_QUERY, () -> database.engine().create(StreamTableDefinition.of("bad", query)));
    }

    @Test
    void a_syntax_error_is_reported_with_the_message_line_and_column_of_the_server() throws Exception {
        assertThat(refusedQuery("SELECT id\nFROM item\nWHER kind = 1").getMessage())
                .contains("syntax error")
                .contains("\"kind\"")
                .contains("line 3")
                .contains("column 6");
    }

    @Test
    void an_unknown_table_or_column_is_named() throws Exception {
        assertThat(refusedQuery("SELECT * FROM absent").getMessage()).contains("\"absent\" does not exist");
        assertThat(refusedQuery("SELECT absent FROM item").getMessage()).contains("\"absent\" does not exist");
    }

    @Test
    void a_name_that_is_taken_is_refused_and_the_relation_stays() throws Exception {
        refused(
                ErrorCode.NAME_TAKEN,
                () -> database.engine().create(StreamTableDefinition.of("item", "SELECT 1 AS one")));
        assertThat(database.column("SELECT * FROM item")).isEmpty();
    }

    @Test
    void an_invalid_name_is_refused() throws Exception {
        for (String name : List.of("", "a.b.c", "\"open", "two words", "1st", ".")) {
            refused(ErrorCode.INVALID_NAME, () -> StreamTableDefinition.of(name, "SELECT 1 AS one"));
        }
    }

    @Test
    void an_invalid_schedule_is_refused() throws Exception {
        StreamTableDefinition definition = StreamTableDefinition.of("bad", "SELECT id FROM item");
        for (String schedule : List.of("", "soon", "-5s", "0s", "61 * * * *", "@never")) {
            refused(ErrorCode.INVALID_SCHEDULE, () -> definition.withSchedule(schedule));
        }
        refused(ErrorCode.INVALID_SCHEDULE, () -> database.engine().create(definition.withSchedule("10ms")));
    }

    @Test
    void two_definitions_of_one_name_are_refused_before_anything_is_created() throws Exception {
        refused(
                ErrorCode.DUPLICATE_DEFINITION,
                () -> database.engine()
                        .synchronize(List.of(
                                StreamTableDefinition.of("good", "SELECT id FROM item"),
                                StreamTableDefinition.of("twice", "SELECT id FROM item"),
                                StreamTableDefinition.of("public.twice", "SELECT kind FROM item"))));
    }

    @Test
    void stream_tables_that_read_each_other_in_a_circle_are_refused() throws Exception {
        PgStreamException failure = refused(
                ErrorCode.DEPENDENCY_CYCLE,
                () -> database.engine()
                        .synchronize(List.of(
                                StreamTableDefinition.of("chicken", "SELECT id FROM egg"),
                                StreamTableDefinition.of("egg", "SELECT id FROM chicken"))));
        assertThat(failure.getMessage()).contains("chicken").contains("egg");
    }

    @Test
    void several_statements_are_refused_and_none_is_run() throws Exception {
        refusedQuery("SELECT id FROM item; DROP TABLE item");
        refusedQuery("DELETE FROM item");
        refusedQuery("SELECT id FROM item) AS q; DROP TABLE item; SELECT * FROM (SELECT 1");
    }

    @Test
    void differential_of_a_query_that_cannot_be_is_refused_with_the_reason_and_a_way_out() throws Exception {
        PgStreamException failure = refused(
                ErrorCode.VOLATILE_EXPRESSION,
                () -> database.engine()
                        .create(StreamTableDefinition.of("bad", "SELECT id, random() AS r FROM item")
                                .withMode(RefreshMode.DIFFERENTIAL)));
        assertThat(failure.getMessage()).contains("random");
        assertThat(failure.action()).isNotBlank().isNotEqualTo("null");
    }

    @Test
    void duplicate_names_of_columns_are_refused_with_the_advice_to_rename_one() throws Exception {
        PgStreamException failure = refusedQuery("SELECT a.id, b.id FROM item a JOIN item b ON a.id = b.kind");
        assertThat(failure.getMessage()).contains("\"id\" specified more than once");
        assertThat(failure.action()).contains("AS");
    }

    @Test
    void a_column_with_the_name_of_a_system_column_is_refused() throws Exception {
        PgStreamException failure = refusedQuery("SELECT tableoid, id FROM item");
        assertThat(failure.getMessage()).contains("tableoid");
        assertThat(failure.action()).contains("AS");
    }

    @Test
    void a_system_catalog_is_refused_as_a_source() throws Exception {
        for (String query :
                List.of("SELECT relname FROM pg_class", "SELECT table_name FROM information_schema.tables")) {
            PgStreamException failure = refused(
                    ErrorCode.SYSTEM_CATALOG, () -> database.engine().create(StreamTableDefinition.of("bad", query)));
            assertThat(failure.getMessage()).containsPattern("pg_catalog.pg_class|information_schema.tables");
        }
    }

    @Test
    void a_row_whose_names_the_server_does_not_print_is_refused() throws Exception {
        String from = " FROM item AS a LEFT JOIN item AS b USING (id, kind) AS u";
        assertThat(refusedQuery("SELECT id, row_to_json(u) AS u" + from).getMessage())
                .contains("USING");
        database.engine()
                .create(StreamTableDefinition.of("named", "SELECT u.id, row_to_json(ROW(u.id, 1)) AS r" + from));
        database.engine().drop("named");
    }

    @Test
    void a_query_without_columns_is_refused() throws Exception {
        refusedQuery("SELECT FROM item");
    }

    @Test
    void a_stream_table_that_does_not_exist_is_reported_by_every_operation() throws Exception {
        StreamTableEngine engine = database.engine();
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> engine.refresh("absent"),
                () -> engine.drop("absent"),
                () -> engine.get("absent"),
                () -> engine.suspend("absent"),
                () -> engine.verify("absent"),
                () -> engine.history("absent", 1),
                () -> engine.explain("absent"))) {
            assertThat(refused(ErrorCode.NOT_FOUND, call).getMessage()).contains("absent");
        }
    }

    @Test
    void a_stream_table_that_another_one_reads_is_not_dropped() throws Exception {
        database.create("upstream", "SELECT id, kind FROM item");
        database.create("downstream", "SELECT kind FROM upstream");
        assertThat(refused(ErrorCode.HAS_DEPENDANTS, () -> database.engine().drop("upstream"))
                        .getMessage())
                .contains("downstream");
        database.engine().drop("downstream");
        database.engine().drop("upstream");
    }

    @Test
    void a_failing_first_load_leaves_no_table_that_looks_loaded() throws Exception {
        database.execute("CREATE TABLE divided (id int PRIMARY KEY, n int)", "INSERT INTO divided VALUES (1, 0)");
        PgStreamException failure = catchThrowableOfType(
                PgStreamException.class,
                () -> database.create("quotients", "SELECT id, 1 / n AS quotient FROM divided"));
        assertThat(failure.code()).isEqualTo(ErrorCode.REFRESH_FAILED);
        assertThat(failure.getMessage()).contains("division by zero").contains("22012");
        assertThat(database.engine().get("quotients").dataTimestamp()).isNull();
        database.execute("UPDATE divided SET n = 2");
        database.assertFollows("quotients");
    }
}
