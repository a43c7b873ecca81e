package io.pgstream.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableInfo;
import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.LifeSettings;
import io.pgstream.engine.LifeSettings.Changed;
import io.pgstream.engine.LifeSettings.Gone;
import io.pgstream.engine.LifeSettings.Superseded;
import io.pgstream.engine.LifeSettings.UserTriggers;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.test.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of declared definitions when the code changes, and when it is gone. */
class DeclarationsTest {

    private static final StreamTableDefinition FIRST =
            StreamTableDefinition.of("total", "SELECT kind, count(*) AS n FROM item GROUP BY kind");

    private static final StreamTableDefinition SECOND =
            FIRST.withQuery("SELECT kind, count(*) AS n, max(id) AS newest FROM item GROUP BY kind");

    private TestDatabase database;

    @BeforeEach
    void createTables() throws Exception {
        database = TestDatabase.onDefault();
        database.execute(
                "CREATE TABLE item (id int PRIMARY KEY, kind int)",
                "INSERT INTO item SELECT i, i % 5 FROM generate_series(1, 20) AS i");
    }

    private StreamTableEngine instance(String application, Changed changed, Superseded superseded, Gone gone) {
        LifeSettings life = new LifeSettings(changed, superseded, gone, UserTriggers.AUTO);
        return new StreamTableEngine(
                database.dataSource(), EngineSettings.defaults().with(application, life), List.of());
    }

    private StreamTableEngine instance(Changed changed) {
        return instance("shop", changed, Superseded.KEEP, Gone.KEEP);
    }

    private StreamTableEngine instance(String application, Gone gone) {
        return instance(application, Changed.MIGRATE, Superseded.KEEP, gone);
    }

    private String stored() {
        return database.engine().get("total").query();
    }

    @Test
    void a_changed_definition_is_migrated_only_reported_or_refused() throws Exception {
        instance(Changed.MIGRATE).synchronize(List.of(FIRST));
        instance(Changed.VALIDATE).synchronize(List.of(SECOND));
        assertThat(stored()).isEqualTo(FIRST.query());
        PgStreamException failure = catchThrowableOfType(
                PgStreamException.class, () -> instance(Changed.REFUSE).synchronize(List.of(SECOND)));
        assertThat(failure.code()).isEqualTo(ErrorCode.DEFINITION_CHANGED);
        assertThat(stored()).isEqualTo(FIRST.query());
        instance(Changed.REFUSE).synchronize(List.of(FIRST));
        instance(Changed.MIGRATE).synchronize(List.of(SECOND));
        assertThat(stored()).isEqualTo(SECOND.query());
        database.assertFollows("total");
    }

    @Test
    void an_older_instance_of_a_rolling_deployment_does_not_migrate_back_unless_told_to() throws Exception {
        StreamTableEngine older = instance(Changed.MIGRATE);
        older.synchronize(List.of(FIRST));
        instance(Changed.MIGRATE).synchronize(List.of(SECOND));
        // The older one restarts, or another of its kind is started.
        instance(Changed.MIGRATE).synchronize(List.of(FIRST));
        assertThat(stored()).isEqualTo(SECOND.query());
        // It goes on refreshing, with the newer definition.
        database.execute("INSERT INTO item VALUES (100, 1)");
        older.refresh("total");
        database.assertEqual("total");
        // Going back to a former release is said explicitly, and then the newer definition is the replaced one.
        instance("shop", Changed.MIGRATE, Superseded.MIGRATE, Gone.KEEP).synchronize(List.of(FIRST));
        assertThat(stored()).isEqualTo(FIRST.query());
        instance(Changed.MIGRATE).synchronize(List.of(SECOND));
        assertThat(stored()).isEqualTo(FIRST.query());
        database.assertFollows("total");
    }

    @Test
    void what_is_no_longer_declared_is_kept_or_dropped_and_never_that_of_another_application() throws Exception {
        StreamTableDefinition above = StreamTableDefinition.of("above", "SELECT max(n) AS n FROM total");
        StreamTableDefinition read = StreamTableDefinition.of("read", "SELECT id FROM item");
        StreamTableDefinition others = StreamTableDefinition.of("others", "SELECT count(*) AS n FROM read");
        instance("shop", Gone.KEEP).synchronize(List.of(FIRST, above, read));
        instance("shop", Gone.KEEP).create(StreamTableDefinition.of("by_hand", "SELECT kind FROM item"));
        instance("audit", Gone.KEEP).synchronize(List.of(others));
        for (Gone kept : List.of(Gone.KEEP, Gone.WARN)) {
            assertThat(instance("shop", kept).retire(List.of())).isEmpty();
        }
        assertThat(instance("shop", Gone.DROP).retire(List.of(FIRST, above, read)))
                .isEmpty();
        assertThat(instance("audit", Gone.DROP).retire(List.of(others))).isEmpty();
        assertThat(instance("shop", Gone.DROP).retire(List.of()))
                .extracting(Object::toString)
                .containsExactly("public.above", "public.total");
        assertThat(database.engine().list())
                .extracting(StreamTableInfo::name)
                .extracting(Object::toString)
                .containsExactly("public.by_hand", "public.others", "public.read");
        database.execute("DELETE FROM item WHERE id = 1");
        database.assertFollows("read");
        database.assertFollows("others");
    }

    @Test
    void an_older_instance_does_not_drop_what_a_newer_one_has_declared_unless_told_to() throws Exception {
        StreamTableDefinition added = StreamTableDefinition.of("added", "SELECT id FROM item");
        for (List<StreamTableDefinition> release : List.of(List.of(FIRST), List.of(FIRST, added))) {
            instance("shop", Gone.DROP).synchronize(release);
            assertThat(instance("shop", Gone.DROP).retire(release)).isEmpty();
        }
        assertThat(instance("shop", Gone.DROP).retire(List.of(FIRST))).isEmpty();
        assertThat(instance("shop", Changed.MIGRATE, Superseded.MIGRATE, Gone.DROP)
                        .retire(List.of(FIRST)))
                .extracting(Object::toString)
                .containsExactly("public.added");
    }

    @Test
    void what_two_applications_declare_is_dropped_by_neither_alone() throws Exception {
        instance("shop", Gone.DROP).synchronize(List.of(FIRST));
        instance("audit", Gone.DROP).synchronize(List.of(FIRST));
        assertThat(instance("audit", Gone.DROP).retire(List.of())).isEmpty();
        database.assertFollows("total");
        instance("audit", Gone.DROP).synchronize(List.of(FIRST));
        assertThat(instance("shop", Gone.DROP).retire(List.of())).isEmpty();
        assertThat(stored()).isEqualTo(FIRST.query());
        // The last one to declare it.
        assertThat(instance("audit", Changed.MIGRATE, Superseded.MIGRATE, Gone.DROP)
                        .retire(List.of()))
                .extracting(Object::toString)
                .containsExactly("public.total");
    }
}
