package io.pgstream.autoconfigure.observation;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.RefreshRun;
import io.pgstream.RefreshTrigger;
import io.pgstream.autoconfigure.ContextRunners;
import io.pgstream.autoconfigure.InMemoryStreamTables;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;

/** Each refresh is an observation, from its beginning to its end. */
class RefreshObservationsTest {

    private static final QualifiedName TOTALS = QualifiedName.parse("totals");

    private final ObservationRegistry registry = ObservationRegistry.create();

    private final List<String> observed = new ArrayList<>();

    @BeforeEach
    void listen() {
        registry.observationConfig().observationHandler(new ObservationHandler<RefreshContext>() {

            @Override
            public void onStop(RefreshContext context) {
                observed.add(context.getName() + " | " + context.getContextualName() + " | "
                        + text(context.getLowCardinalityKeyValues()) + " | "
                        + text(context.getHighCardinalityKeyValues()));
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return context instanceof RefreshContext;
            }
        });
    }

    private static String text(Iterable<KeyValue> pairs) {
        List<KeyValue> list = new ArrayList<>();
        pairs.forEach(list::add);
        return list.stream()
                .map(pair -> pair.getKey().replace("pgstream.", "") + "=" + pair.getValue())
                .collect(Collectors.joining(" "));
    }

    @Test
    void it_says_what_was_done_and_is_current_meanwhile() {
        RefreshRun run =
                new RefreshObservations(registry, null).refreshStarting(List.of(TOTALS), RefreshTrigger.SCHEDULE);

        assertThat(registry.getCurrentObservation()).isNotNull();
        run.completed(List.of(result(RefreshOutcome.DIFFERENTIAL, null)));

        assertThat(registry.getCurrentObservation()).isNull();
        assertThat(observed)
                .containsExactly(
                        "pgstream.refresh.run | refresh totals | mode=differential outcome=success table=totals"
                                + " trigger=schedule | changes=5 reason=none rows=6 tables=totals");
    }

    @Test
    void it_says_that_a_refresh_has_failed() {
        RefreshRun run =
                new RefreshObservations(registry, null).refreshStarting(List.of(TOTALS), RefreshTrigger.REQUEST);
        run.failed(new IllegalStateException("gone"));

        assertThat(registry.getCurrentObservation()).isNull();
        assertThat(observed).singleElement().asString().contains("outcome=failure", "mode=none", "trigger=request");
    }

    @Test
    void several_tables_in_one_transaction_are_one_observation() {
        QualifiedName sales = QualifiedName.parse("sales");
        RefreshRun run = new RefreshObservations(registry, null)
                .refreshStarting(List.of(TOTALS, sales), RefreshTrigger.FULL_REQUEST);
        run.completed(List.of(result(RefreshOutcome.NO_DATA, null), result(RefreshOutcome.FULL, "requested")));

        assertThat(observed)
                .singleElement()
                .asString()
                .contains("refresh group", "table=group", "mode=full", "reason=requested", "tables=totals, sales");
    }

    @Test
    void the_application_can_say_it_in_other_words() {
        RefreshRun run = new RefreshObservations(registry, new DefaultRefreshObservationConvention() {

                    @Override
                    public String getName() {
                        return "views";
                    }
                })
                .refreshStarting(List.of(TOTALS), RefreshTrigger.SCHEDULE);
        run.completed(List.of());

        assertThat(observed).singleElement().asString().startsWith("views |");
    }

    @Test
    void nothing_is_observed_where_nobody_looks() {
        assertThat(new RefreshObservations(ObservationRegistry.NOOP, null)
                        .refreshStarting(List.of(TOTALS), RefreshTrigger.SCHEDULE))
                .isNull();
    }

    @Test
    void it_is_there_if_the_application_has_a_registry() {
        var application = ContextRunners.idle()
                .withBean(InMemoryStreamTables.class)
                .withConfiguration(AutoConfigurations.of(PgStreamObservationAutoConfiguration.class));

        application.run(context -> assertThat(context).doesNotHaveBean("pgStreamRefreshObservations"));
        application
                .withBean(ObservationRegistry.class, ObservationRegistry::create)
                .run(context -> assertThat(context).hasSingleBean(RefreshObservations.class));
        application
                .withClassLoader(new FilteredClassLoader(ObservationRegistry.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("pgStreamRefreshObservations"));
    }

    private static RefreshResult result(RefreshOutcome outcome, String reason) {
        return new RefreshResult(TOTALS, outcome, reason, 5, 1, 2, 3, Instant.EPOCH, Duration.ofMillis(40));
    }
}
