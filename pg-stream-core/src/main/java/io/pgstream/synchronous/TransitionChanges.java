package io.pgstream.synchronous;

import io.pgstream.delta.WriterProgram;
import io.pgstream.plan.ChangeScan;
import io.pgstream.sql.Identifiers;
import io.pgstream.sql.OperatorRenderer;
import java.util.List;
import java.util.stream.Collectors;

/** Reads the changes of the only source that has changed where a trigger finds them. */
final class TransitionChanges implements OperatorRenderer.ChangeSource {

    static final String OLD = "old_rows";

    static final String NEW = "new_rows";

    private final List<String> tables;

    private TransitionChanges(List<String> tables) {
        this.tables = tables;
    }

    /** All that a trigger can read. */
    TransitionChanges(Operation operation) {
        this(operation.tables());
    }

    /** Rows as they were before they were updated. */
    static TransitionChanges before() {
        return new TransitionChanges(List.of(OLD));
    }

    /** Rows as they are after they were updated. */
    static TransitionChanges after() {
        return new TransitionChanges(List.of(NEW));
    }

    /** What a trigger is for, and what it can read. */
    enum Operation {
        INSERT(" REFERENCING NEW TABLE AS new_rows", List.of(NEW)),
        UPDATE(" REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows", List.of(OLD, NEW)),
        DELETE(" REFERENCING OLD TABLE AS old_rows", List.of(OLD)),
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

        List<String> tables() {
            return tables;
        }

        /** The one that has a row if the statement has changed one. */
        String changed() {
            return tables.get(tables.size() - 1);
        }

        /** What is known of the rows. */
        WriterProgram.Rows rows() {
            return switch (this) {
                case INSERT -> WriterProgram.Rows.COME;
                case DELETE -> WriterProgram.Rows.GONE;
                default -> WriterProgram.Rows.MIXED;
            };
        }

        static int weight(String table) {
            return table.equals(NEW) ? 1 : -1;
        }
    }

    @Override
    public String select(ChangeScan scan) {
        String columns = scan.columns().stream()
                .map(column -> "b." + Identifiers.quote(column.name()) + " AS " + column.sqlName() + ", ")
                .collect(Collectors.joining());
        return tables.stream()
                .map(table -> "SELECT " + columns + Operation.weight(table) + "::smallint AS "
                        + scan.weight().sqlName() + " FROM " + table + " AS b")
                .collect(Collectors.joining(" UNION ALL "));
    }
}
