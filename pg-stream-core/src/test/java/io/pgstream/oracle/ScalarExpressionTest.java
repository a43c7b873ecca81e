package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.test.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every scalar expression that PostgreSQL has is maintained: it is carried through as PostgreSQL printed it. */
class ScalarExpressionTest {

    private static final int BUNDLE = 25;

    private final List<String> streamTables = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void scalar_expressions_are_maintained_wherever_they_stand(int version) throws Exception {
        TestDatabase database = TestDatabase.on(version);
        database.execute(ScalarExpressions.SCHEMA.toArray(String[]::new));
        database.execute(
                "CREATE TABLE w (id int, k int)", "INSERT INTO w VALUES (1, 1), (1, 2), (2, 3), (4, 4), (5, 5)");
        List<ScalarExpressions.Case> cases = ScalarExpressions.of(version);
        for (int start = 0; start < cases.size(); start += BUNDLE) {
            List<ScalarExpressions.Case> bundle = cases.subList(start, Math.min(start + BUNDLE, cases.size()));
            create(database, "SELECT id, " + columns(bundle, "(%s) AS x%d") + " FROM v");
            create(database, "SELECT w.k, " + columns(bundle, "(%s) AS x%d") + " FROM v JOIN w USING (id)");
            create(database, "SELECT s AS g, " + columns(bundle, "max((%s)::text) AS x%d") + " FROM v GROUP BY s");
        }
        for (List<String> changes : ScalarExpressions.CHANGES) {
            database.execute(changes.toArray(String[]::new));
            for (String table : streamTables) {
                assertThat(database.engine().refresh(table).outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
                database.assertEqual(table);
            }
        }
    }

    private static String columns(List<ScalarExpressions.Case> bundle, String format) {
        return IntStream.range(0, bundle.size())
                .mapToObj(i -> format.formatted(bundle.get(i).text(), i))
                .collect(Collectors.joining(", "));
    }

    private void create(TestDatabase database, String query) {
        String name = "s" + streamTables.size();
        assertThat(database.create(name, query).effectiveMode()).as(query).isEqualTo(RefreshMode.DIFFERENTIAL);
        streamTables.add(name);
    }
}
