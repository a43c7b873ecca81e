package io.pgstream.autoconfigure;

import io.pgstream.QualifiedName;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableOperations;
import java.util.Map;

/** Holds the records that declare stream tables against the columns of their queries. */
final class RowRecordCheck {

    private final StreamTableOperations operations;

    private final Map<QualifiedName, Class<?>> rowTypes;

    RowRecordCheck(StreamTableOperations operations, Map<QualifiedName, Class<?>> rowTypes) {
        this.operations = operations;
        this.rowTypes = rowTypes;
    }

    void check(StreamTableDefinition definition) {
        Class<?> type = rowTypes.get(definition.name());
        if (type != null) {
            new RowRecord(type, operations.columns(definition.query())).check(definition.name());
        }
    }
}
