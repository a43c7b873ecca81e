package io.pgstream.autoconfigure;

import io.pgstream.PgStreamException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Shows what pg-stream refused or failed at. It comes first, because a setting's exception is wrapped by one of binding,
 * whose analyzer would not say what to do.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class PgStreamFailureAnalyzer extends AbstractFailureAnalyzer<PgStreamException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, PgStreamException cause) {
        return new FailureAnalysis(
                "pg-stream: " + cause.getMessage() + " (" + cause.code() + ")", cause.action(), cause);
    }
}
