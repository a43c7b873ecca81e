package io.pgstream.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.PgStreamException;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableInfo;
import io.pgstream.UnsupportedQueryException;
import io.pgstream.test.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sources that are written through another table: none of their triggers fires then. */
class InheritanceTest {

    private static final String PARTITIONED = "CREATE TABLE part (id int, kind int) PARTITION BY LIST (kind)";

    @ParameterizedTest
    @ValueSource(strings = {"DIFFERENTIAL", "IMMEDIATE", "ON_COMMIT"})
    void a_partition_is_no_source_of_its_own(String mode) throws Exception {
        TestDatabase database = TestDatabase.on(18);
        database.execute(PARTITIONED, "CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1)");
        StreamTableDefinition definition =
                StreamTableDefinition.of("ones", "SELECT id FROM part_1").withMode(RefreshMode.valueOf(mode));
        assertThatThrownBy(() -> database.engine().create(definition))
                .isInstanceOf(UnsupportedQueryException.class)
                .hasMessageContaining("it is a partition of another table");
    }

    @Test
    void under_auto_it_is_read_as_a_whole() throws Exception {
        TestDatabase database = TestDatabase.on(18);
        database.execute(
                PARTITIONED,
                "CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1)",
                "CREATE TABLE above (id int)",
                "CREATE TABLE below () INHERITS (above)");
        create(database, "ones", "SELECT id FROM part_1");
        create(database, "children", "SELECT id FROM below");
        database.execute(
                "INSERT INTO part VALUES (1, 1)", "INSERT INTO below VALUES (1)", "UPDATE above SET id = id + 1");
        database.assertFollows("ones");
        database.assertFollows("children");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE part ATTACH PARTITION source FOR VALUES IN (1); INSERT INTO part VALUES (9, 1)",
                "ALTER TABLE source INHERIT above; UPDATE above SET id = id + 1",
                "CREATE TABLE later () INHERITS (source); INSERT INTO later VALUES (9, 1)"
            })
    void what_becomes_a_source_like_these_is_noticed(String change) throws Exception {
        TestDatabase database = TestDatabase.on(18);
        database.execute(
                PARTITIONED,
                "CREATE TABLE above (id int)",
                "CREATE TABLE source (id int, kind int)",
                "INSERT INTO source SELECT i, 1 FROM generate_series(1, 9) AS i");
        create(database, "auto", "SELECT id FROM source");
        database.create("strict", "SELECT id FROM source");
        database.execute(change);
        database.assertFollows("auto");
        assertThat(database.engine().get("auto").fullReason()).contains("inherit");
        assertThatThrownBy(() -> database.engine().refresh("strict"))
                .isInstanceOf(PgStreamException.class)
                .hasMessageContaining("inherit");
    }

    private static StreamTableInfo create(TestDatabase database, String name, String query) {
        return database.engine().create(StreamTableDefinition.of(name, query));
    }
}
