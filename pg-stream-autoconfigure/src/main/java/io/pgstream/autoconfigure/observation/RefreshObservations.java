package io.pgstream.autoconfigure.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshListener;
import io.pgstream.RefreshResult;
import io.pgstream.RefreshRun;
import io.pgstream.RefreshTrigger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Observes each refresh; what the data source is observed at meanwhile becomes a part of it. */
final class RefreshObservations implements RefreshListener {

    private static final RefreshObservationConvention DEFAULT = new DefaultRefreshObservationConvention();

    private final ObservationRegistry registry;

    private final @Nullable RefreshObservationConvention convention;

    RefreshObservations(ObservationRegistry registry, @Nullable RefreshObservationConvention convention) {
        this.registry = registry;
        this.convention = convention;
    }

    @Override
    public @Nullable RefreshRun refreshStarting(List<QualifiedName> tables, RefreshTrigger trigger) {
        if (registry.isNoop()) {
            return null;
        }
        RefreshContext context = new RefreshContext(tables, trigger);
        Observation observation = RefreshObservationDocumentation.REFRESH
                .observation(convention, DEFAULT, () -> context, registry)
                .start();
        return new ObservedRun(context, observation, observation.openScope());
    }

    private record ObservedRun(RefreshContext context, Observation observation, Observation.Scope scope)
            implements RefreshRun {

        @Override
        public void completed(List<RefreshResult> results) {
            context.setResults(results);
            end();
        }

        @Override
        public void failed(RuntimeException failure) {
            observation.error(failure);
            end();
        }

        private void end() {
            scope.close();
            observation.stop();
        }
    }
}
