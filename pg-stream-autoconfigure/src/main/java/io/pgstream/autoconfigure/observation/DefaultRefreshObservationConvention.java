package io.pgstream.autoconfigure.observation;

import io.micrometer.common.KeyValues;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.autoconfigure.observation.RefreshObservationDocumentation.HighCardinality;
import io.pgstream.autoconfigure.observation.RefreshObservationDocumentation.LowCardinality;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What the observation of a refresh is called and says unless the application says otherwise.
 *
 * @since 0.1.0
 */
public class DefaultRefreshObservationConvention implements RefreshObservationConvention {

    private static final String NONE = "none";

    @Override
    public String getName() {
        return "pgstream.refresh.run";
    }

    @Override
    public String getContextualName(RefreshContext context) {
        return "refresh " + table(context);
    }

    @Override
    public KeyValues getLowCardinalityKeyValues(RefreshContext context) {
        return KeyValues.of(
                LowCardinality.TABLE.withValue(table(context)),
                LowCardinality.MODE.withValue(mode(context)),
                LowCardinality.OUTCOME.withValue(outcome(context)),
                LowCardinality.TRIGGER.withValue(context.trigger().name().toLowerCase(Locale.ROOT)));
    }

    @Override
    public KeyValues getHighCardinalityKeyValues(RefreshContext context) {
        String reasons = context.results().stream()
                .map(RefreshResult::reason)
                .filter(Objects::nonNull)
                .distinct()
                .collect(Collectors.joining("; "));
        return KeyValues.of(
                HighCardinality.TABLES.withValue(
                        context.tables().stream().map(QualifiedName::toString).collect(Collectors.joining(", "))),
                HighCardinality.CHANGES.withValue(Long.toString(context.results().stream()
                        .mapToLong(RefreshResult::changes)
                        .sum())),
                HighCardinality.ROWS.withValue(Long.toString(context.results().stream()
                        .mapToLong(RefreshResult::written)
                        .sum())),
                HighCardinality.REASON.withValue(reasons.isEmpty() ? NONE : reasons));
    }

    private static String table(RefreshContext context) {
        List<QualifiedName> tables = context.tables();
        return (tables.size() == 1) ? tables.get(0).toString() : "group";
    }

    private static String mode(RefreshContext context) {
        if (did(context, RefreshOutcome.FULL)) {
            return "full";
        }
        return did(context, RefreshOutcome.DIFFERENTIAL) ? "differential" : NONE;
    }

    private static String outcome(RefreshContext context) {
        if (context.getError() != null) {
            return "failure";
        }
        if (context.results().isEmpty()) {
            return NONE;
        }
        if (did(context, RefreshOutcome.FULL) || did(context, RefreshOutcome.DIFFERENTIAL)) {
            return "success";
        }
        return did(context, RefreshOutcome.NO_DATA) ? "no_data" : "skipped";
    }

    private static boolean did(RefreshContext context, RefreshOutcome outcome) {
        return context.results().stream().anyMatch(result -> result.outcome() == outcome);
    }
}
