package io.pgstream.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.QualifiedName;
import io.pgstream.RefreshMode;
import io.pgstream.RefreshOutcome;
import io.pgstream.Schedule;
import io.pgstream.StreamTableAlteration;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableFate;
import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.engine.SynchronousSettings;
import io.pgstream.sql.Identifiers;
import io.pgstream.test.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No name of a schema, table, column or application is ever taken for SQL, whichever way it comes in. */
class IdentifiersTest {

    private static final String LONGEST = "x".repeat(63);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "we\"ird; DROP TABLE victim; --",
                "'); DROP TABLE victim; --",
                "$$ %s %I ? ?? $1 {fn x} \\' /* */",
                "🐘 élan 100% „Wörter“",
                "select",
                ". ..",
                "\"\"",
                "Xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            })
    void a_name_is_only_ever_a_name(String name) throws Exception {
        TestDatabase database = TestDatabase.onDefault();
        EngineSettings defaults = EngineSettings.defaults();
        String prefix = name.substring(0, Math.min(name.length(), 20));
        StreamTableEngine engine = new StreamTableEngine(
                database.dataSource(),
                new EngineSettings(
                        "c" + prefix,
                        "b" + prefix,
                        "s" + prefix,
                        name,
                        defaults.minSchedule(),
                        defaults.defaultSchedule(),
                        defaults.maxConsecutiveErrors(),
                        defaults.maxRetries(),
                        defaults.retryDelay(),
                        defaults.differentialMaxChangeRatio(),
                        defaults.lockTimeout(),
                        defaults.ddlTimeout(),
                        defaults.statementTimeout(),
                        defaults.createSourceIndexes(),
                        defaults.graph(),
                        defaults.life(),
                        SynchronousSettings.defaults()),
                List.of());
        engine.migrate();
        String quoted = Identifiers.quote(name);
        String sourceName = name.equals("select") ? "from" : name;
        String source = quoted + "." + Identifiers.quote(sourceName);
        database.execute(
                "CREATE TABLE victim (id int)",
                "CREATE SCHEMA " + quoted,
                "CREATE TABLE " + source + " (id int PRIMARY KEY, " + quoted + " int, " + Identifiers.quote(LONGEST)
                        + " text)",
                "INSERT INTO " + source + " SELECT i, i % 3, 'n' || i % 4 FROM generate_series(1, 20) AS i");
        QualifiedName total = new QualifiedName(name, "t" + prefix);
        String query = "SELECT " + quoted + ", count(*) AS " + Identifiers.quote("n" + prefix) + ", max(id) AS id FROM "
                + source + " GROUP BY " + quoted;
        StreamTableDefinition definition =
                new StreamTableDefinition(total, query, new Schedule.Calculated(), RefreshMode.DIFFERENTIAL);
        engine.synchronize(List.of(definition));
        database.execute(
                "UPDATE " + source + " SET " + quoted + " = 7 WHERE id = 3", "DELETE FROM " + source + " WHERE id = 4");
        assertThat(engine.refresh(total.toString()).outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        assertThat(engine.verify(total.toString()).equal()).isTrue();
        engine.alter(
                total.toString(),
                StreamTableAlteration.query(
                        query.replace("max(id) AS id", "min(id) AS " + Identifiers.quote(LONGEST))));
        database.execute("UPDATE " + source + " SET " + quoted + " = 8 WHERE id = 5");
        assertThat(engine.refresh(total.toString()).outcome()).isEqualTo(RefreshOutcome.DIFFERENTIAL);
        assertThat(engine.verify(total.toString()).equal()).isTrue();
        engine.refreshFully(total.toString());
        engine.createFreshView(total.toString());
        engine.watermarks()
                .createGroup(
                        name, List.of(new QualifiedName(name, sourceName).toString(), total.toString()), Duration.ZERO);
        engine.watermarks().advance(new QualifiedName(name, sourceName).toString(), Instant.EPOCH);
        for (RefreshMode mode : List.of(RefreshMode.IMMEDIATE, RefreshMode.ON_COMMIT, RefreshMode.DIFFERENTIAL)) {
            engine.alter(total.toString(), StreamTableAlteration.mode(mode));
            database.execute("UPDATE " + source + " SET " + quoted + " = 9 WHERE id = 6");
            assertThat(engine.verify(total.toString()).equal()).isTrue();
        }
        assertThat(engine.watermarks().dropGroup(name)).isTrue();
        assertThat(engine.explain(total.toString()).effectiveMode()).isEqualTo(RefreshMode.DIFFERENTIAL);
        assertThat(engine.history(total.toString(), 3)).hasSize(3);
        engine.retire(List.of());
        engine.uninstall(StreamTableFate.DROP);
        assertThat(database.value("SELECT count(*) FROM victim")).isEqualTo("0");
        assertThat(database.value("SELECT count(*) FROM " + source)).isEqualTo("19");
        database.execute("DROP SCHEMA " + quoted + " CASCADE");
    }
}
