package io.pgstream.sql;

import io.pgstream.plan.expr.Column;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How a statement that moves a state hands the change on to the statements above it.
 *
 * @since 0.1.0
 */
public interface HandOn {

    /** The column of the weight behind those of the operator. */
    String WEIGHT = "change_weight";

    /** By temporary tables of the session. */
    HandOn TEMPORARY_TABLES = new TemporaryTables();

    /** What must have been made before the first use. */
    String prepare(String name, List<Column> columns);

    /**
     * A statement that hands rows on.
     *
     * @param with what the rows need
     * @param name tells the changes of one program apart
     * @param columns the columns of the rows, before the weight
     * @param rows a SELECT of the columns and the weight
     */
    String write(WithClause with, String name, List<Column> columns, String rows);

    /** What was handed on, as an item of FROM without an alias; its columns have their rendered names. */
    String read(String name);

    /**
     * A condition that fails where a recursion goes deeper than it may.
     *
     * @param depth how many steps it has taken, as an expression
     * @return empty where there is no limit
     */
    default String withinDepth(String depth) {
        return "";
    }

    /** Whether statements are planned once, for whatever number of rows comes later. */
    default boolean plansAreKept() {
        return false;
    }

    /** Temporary tables that lose their rows at the end of the transaction. */
    final class TemporaryTables implements HandOn {

        private TemporaryTables() {}

        @Override
        public String prepare(String name, List<Column> columns) {
            return "CREATE TEMPORARY TABLE IF NOT EXISTS " + name + " ("
                    + columns.stream()
                            .map(column ->
                                    column.sqlName() + " " + column.type().definition() + ", ")
                            .collect(Collectors.joining())
                    + WEIGHT + " bigint) ON COMMIT DELETE ROWS";
        }

        @Override
        public String write(WithClause with, String name, List<Column> columns, String rows) {
            return with.with("INSERT INTO pg_temp." + name + " ("
                    + columns.stream().map(column -> column.sqlName() + ", ").collect(Collectors.joining()) + WEIGHT
                    + ") " + rows);
        }

        @Override
        public String read(String name) {
            return "pg_temp." + name;
        }
    }
}
