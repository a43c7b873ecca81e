package io.pgstream.samples.benchmarks;

import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableOperations;
import java.util.Arrays;
import java.util.Locale;

/** A stream table in one mode. */
final class StreamTableContender implements Contender {

    private final StreamTableOperations operations;

    private final MaintainedQuery query;

    private final RefreshMode mode;

    private boolean created;

    StreamTableContender(StreamTableOperations operations, MaintainedQuery query, RefreshMode mode) {
        this.operations = operations;
        this.query = query;
        this.mode = mode;
    }

    static boolean isMode(String label) {
        return Arrays.stream(RefreshMode.values()).anyMatch(mode -> label(mode).equals(label));
    }

    static String label(RefreshMode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String label() {
        return label(mode);
    }

    @Override
    public String relation() {
        return "streamtables." + query.identifier() + "_" + label();
    }

    @Override
    public void create() {
        operations.create(StreamTableDefinition.of(relation(), query.query())
                .withSchedule("manual")
                .withMode(mode));
        created = true;
    }

    @Override
    public void refresh() {
        operations.refresh(relation());
    }

    @Override
    public void drop() {
        if (created) {
            operations.drop(relation());
            created = false;
        }
    }
}
