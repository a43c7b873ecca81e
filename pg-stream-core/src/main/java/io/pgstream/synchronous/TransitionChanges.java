package io.pgstream.synchronous;

import io.pgstream.plan.ChangeScan;
import io.pgstream.sql.Identifiers;
import io.pgstream.sql.OperatorRenderer;
import java.util.List;
import java.util.stream.Collectors;

/** Reads the changes of the only source that has changed where a trigger finds them. */
final class TransitionChanges implements OperatorRenderer.ChangeSource {

    private final Operation operation;

    TransitionChanges(Operation operation) {
        this.operation = operation;
    }

    /** What a trigger is for, and what it can read. */
    enum Operation {
        INSERT(" REFERENCING NEW TABLE AS new_rows", List.of("new_rows")),
        UPDATE(" REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows", List.of("old_rows", "new_rows")),
        DELETE(" REFERENCING OLD TABLE AS old_rows", List.of("old_rows")),
        TRUNCATE("", List.of());

        private final String referencing;

        private final List<String> tables;

        Operation(String referencing, List<String> tables) {
            this.referencing = referencing;
            this.tables = tables;
        }

        String referencing() {
            return referencing;
        }

        /** Of these, the last one has a row if the statement has changed one. */
        List<String> tables() {
            return tables;
        }

        static int weight(String table) {
            return table.equals("new_rows") ? 1 : -1;
        }
    }

    @Override
    public String select(ChangeScan scan) {
        String columns = scan.columns().stream()
                .map(column -> "b." + Identifiers.quote(column.name()) + " AS " + column.sqlName() + ", ")
                .collect(Collectors.joining());
        return operation.tables().stream()
                .map(table -> "SELECT " + columns + Operation.weight(table) + "::smallint AS "
                        + scan.weight().sqlName() + " FROM " + table + " AS b")
                .collect(Collectors.joining(" UNION ALL "));
    }
}
