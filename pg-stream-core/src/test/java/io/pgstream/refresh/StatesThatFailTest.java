package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgstream.RefreshFailedException;
import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.StreamTableDefinition;
import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A state holds what the query may need, also of rows that PostgreSQL does not get to, as of a subquery in the SELECT of no rows.
 * If nothing can be computed of such a row, the query counts and not the state.
 */
class StatesThatFailTest {

    private static final List<String> QUERIES = List.of(
            "SELECT id, (SELECT max(g::int) FROM t) AS m FROM e",
            "SELECT e.id, (SELECT count(DISTINCT (k, 'b')) FROM t WHERE id <= 4) AS c FROM e",
            "SELECT e.id FROM e WHERE e.id > (SELECT sum(g::int) FROM t)");

    private static final String REPAIR = "UPDATE t SET g = id, k = id";

    private TestDatabase database;

    @BeforeEach
    void load() throws SQLException {
        database = TestDatabase.of(TestServer.current().newDatabase());
        database.execute(
                "CREATE TABLE e (id int)",
                "CREATE TABLE t (id int PRIMARY KEY, k int, g bigint)",
                "INSERT INTO t VALUES (1, 1, 1), (2, 2, 1), (3, 2, 2), (4, 4, 3000000000)");
    }

    private void create(String name, String query) {
        database.engine()
                .create(StreamTableDefinition.of(name, query)
                        .withMode(RefreshMode.DIFFERENTIAL)
                        .withSchedule("manual"));
    }

    private RefreshResult refresh(String name) throws SQLException {
        RefreshResult result = database.engine().refresh(name);
        database.assertEqual(name);
        return result;
    }

    @Test
    void tables_are_created_and_refreshed_by_the_query_and_followed_again_once_their_states_can_be_computed()
            throws SQLException {
        for (int i = 0; i < QUERIES.size(); i++) {
            create("st" + i, QUERIES.get(i));
        }
        database.execute("INSERT INTO t VALUES (5, 5, 1)");
        for (int i = 0; i < QUERIES.size(); i++) {
            assertThat(RefreshPolicy.leavesStates(refresh("st" + i).reason())).isTrue();
        }
        database.execute(REPAIR, "INSERT INTO e VALUES (1), (20)");
        for (int i = 0; i < QUERIES.size(); i++) {
            String name = "st" + i;
            RefreshResult result = refresh(name);
            for (int more = 0; more < 30 && result.outcome() != RefreshOutcome.DIFFERENTIAL; more++) {
                database.execute("INSERT INTO t VALUES (100 * " + (i + 1) + " + " + more + ", 1, 1)");
                result = refresh(name);
            }
            assertThat(result.outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
            database.execute("DELETE FROM t WHERE id > 5");
            assertThat(refresh(name).outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        }
    }

    @Test
    void a_state_fails_later_alone_and_in_a_group_and_a_full_refresh_that_is_asked_for_is_the_query()
            throws SQLException {
        database.execute(REPAIR);
        for (int i = 0; i < QUERIES.size(); i++) {
            create("st" + i, QUERIES.get(i));
        }
        database.execute("UPDATE t SET k = 1, g = 3000000000 + id WHERE id > 2");
        RefreshResult result = refresh("st0");
        assertThat(RefreshPolicy.leavesStates(result.reason())).isTrue();
        database.engine().refreshFully("st0");
        database.assertEqual("st0");
        database.engine().refreshTogether(List.of("st0", "st1", "st2"));
        for (int i = 0; i < QUERIES.size(); i++) {
            database.assertEqual("st" + i);
        }
    }

    @Test
    void what_the_query_itself_fails_at_is_its_own_error() throws SQLException {
        database.execute("INSERT INTO e VALUES (1)");
        assertThatThrownBy(() -> create("st", QUERIES.get(0)))
                .isInstanceOf(RefreshFailedException.class)
                .hasMessageContaining("integer out of range");
        database.execute(REPAIR);
        create("st1", QUERIES.get(0));
        database.execute("UPDATE t SET g = 3000000000 WHERE id = 1");
        assertThatThrownBy(() -> database.engine().refresh("st1"))
                .isInstanceOf(RefreshFailedException.class)
                .hasMessageContaining("integer out of range");
        database.execute(REPAIR);
        refresh("st1");
    }
}
