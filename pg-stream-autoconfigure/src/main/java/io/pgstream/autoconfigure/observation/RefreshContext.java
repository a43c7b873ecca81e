package io.pgstream.autoconfigure.observation;

import io.micrometer.observation.Observation;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshResult;
import io.pgstream.RefreshTrigger;
import java.util.List;

/**
 * What is known of a refresh that is observed.
 *
 * @since 0.1.0
 */
public final class RefreshContext extends Observation.Context {

    private final List<QualifiedName> tables;

    private final RefreshTrigger trigger;

    private volatile List<RefreshResult> results = List.of();

    /**
     * A refresh that begins.
     *
     * @param tables the stream tables that are refreshed in one transaction
     * @param trigger who asked for it
     */
    public RefreshContext(List<QualifiedName> tables, RefreshTrigger trigger) {
        this.tables = List.copyOf(tables);
        this.trigger = trigger;
    }

    /**
     * Returns the stream tables that are refreshed in one transaction.
     *
     * @return one of them, or the members of a group
     */
    public List<QualifiedName> tables() {
        return tables;
    }

    /**
     * Returns who asked for the refresh.
     *
     * @return the clock or a caller
     */
    public RefreshTrigger trigger() {
        return trigger;
    }

    /**
     * Returns what the refresh did.
     *
     * @return a result for each stream table; empty before the end, and if it failed
     */
    public List<RefreshResult> results() {
        return results;
    }

    void setResults(List<RefreshResult> newResults) {
        this.results = List.copyOf(newResults);
    }
}
