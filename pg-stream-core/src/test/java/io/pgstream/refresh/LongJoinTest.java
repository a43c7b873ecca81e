package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshOutcome;
import io.pgstream.test.TestDatabase;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** From twelve FROM items on PostgreSQL looks for a plan at random, and found none where each looks up the ones before. */
class LongJoinTest {

    private static final String CHAIN = "SELECT count(*) AS n, sum(t1.v) AS v FROM step t1 "
            + IntStream.rangeClosed(2, 14)
                    .mapToObj(i -> "JOIN step t" + i + " ON t" + i + ".id = t" + (i - 1) + ".id")
                    .collect(Collectors.joining(" "));

    @Test
    void a_chain_of_many_joins_is_maintained() throws Exception {
        TestDatabase database = TestDatabase.on(18);
        database.execute(
                "CREATE TABLE step (id int PRIMARY KEY, v int NOT NULL)",
                "INSERT INTO step SELECT i, i % 3 FROM generate_series(1, 9) AS i");
        database.create("chain", CHAIN);
        database.execute("UPDATE step SET v = v + 1 WHERE id < 4", "INSERT INTO step VALUES (60, 1)");

        assertThat(database.engine().refresh("chain").outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        database.assertEqual("chain");
    }
}
