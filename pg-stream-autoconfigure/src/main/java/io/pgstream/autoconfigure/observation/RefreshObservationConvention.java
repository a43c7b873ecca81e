package io.pgstream.autoconfigure.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * What the observation of a refresh is called and says. A bean of this type replaces the
 * {@link DefaultRefreshObservationConvention}.
 *
 * @since 0.1.0
 */
public interface RefreshObservationConvention extends ObservationConvention<RefreshContext> {

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof RefreshContext;
    }
}
