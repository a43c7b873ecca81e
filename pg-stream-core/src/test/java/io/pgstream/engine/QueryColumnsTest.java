package io.pgstream.engine;

import static io.pgstream.ResultColumn.Nullability.NOT_NULL;
import static io.pgstream.ResultColumn.Nullability.NULLABLE;
import static io.pgstream.ResultColumn.Nullability.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgstream.InvalidDefinitionException;
import io.pgstream.ResultColumn;
import io.pgstream.ResultColumn.Nullability;
import io.pgstream.test.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What can be told of the columns of a query before there is a stream table. */
class QueryColumnsTest {

    private static TestDatabase database;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.onDefault();
        database.execute(
                "CREATE DOMAIN money_amount AS numeric(15,2)",
                "CREATE TABLE customer (id bigint PRIMARY KEY, name text NOT NULL, nick text)",
                "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, amount money_amount NOT NULL)");
    }

    private static List<Nullability> nullabilities(String query) {
        return database.engine().columns(query).stream()
                .map(ResultColumn::nullability)
                .toList();
    }

    @Test
    void names_and_types_are_those_of_the_table_to_be() {
        assertThat(database.engine().columns("SELECT id, amount, sum(amount) OVER () AS total FROM orders"))
                .containsExactly(
                        new ResultColumn("id", "bigint", "bigint", NOT_NULL),
                        new ResultColumn("amount", "public.money_amount", "numeric", NOT_NULL),
                        new ResultColumn("total", "numeric", "numeric", UNKNOWN));
    }

    @Test
    void a_column_can_be_null_where_it_comes_from_one_that_can() {
        assertThat(nullabilities("SELECT id, name, nick FROM customer")).containsExactly(NOT_NULL, NOT_NULL, NULLABLE);
    }

    @Test
    void an_outer_join_makes_columns_null_and_an_inner_one_drops_null() {
        assertThat(nullabilities("SELECT o.id, c.name FROM orders o LEFT JOIN customer c ON c.id = o.customer_id"))
                .containsExactly(NOT_NULL, NULLABLE);
        assertThat(nullabilities("SELECT o.customer_id FROM orders o JOIN customer c ON c.id = o.customer_id"))
                .doesNotContain(NULLABLE);
        assertThat(nullabilities("SELECT nick FROM customer WHERE nick <> ''")).doesNotContain(NULLABLE);
    }

    @Test
    void aggregates_are_null_over_no_values() {
        assertThat(nullabilities("SELECT count(*) AS a, count(nick) AS b, max(nick) AS c FROM customer GROUP BY name"))
                .containsExactly(NOT_NULL, NOT_NULL, NULLABLE);
        assertThat(nullabilities("SELECT sum(amount) FROM orders")).containsExactly(NULLABLE);
        assertThat(nullabilities("SELECT sum(amount) FROM orders GROUP BY customer_id"))
                .doesNotContain(NULLABLE);
    }

    @Test
    void nobody_looks_into_expressions() {
        assertThat(nullabilities("SELECT coalesce(nick, name), lower(nick) FROM customer"))
                .containsExactly(UNKNOWN, UNKNOWN);
    }

    @Test
    void a_query_that_is_wrong_is_refused_as_everywhere() {
        assertThatExceptionOfType(InvalidDefinitionException.class)
                .isThrownBy(() -> database.engine().columns("SELECT nothing FROM nowhere"))
                .withMessageContaining("nowhere");
    }
}
