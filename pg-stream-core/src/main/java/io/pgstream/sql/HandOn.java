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
    Place place(String name, List<Column> columns);

    /**
     * A statement that hands rows on.
     *
     * @param with what the rows need
     * @param name tells the changes of one program apart
     * @param columns the columns of the rows, before the weight
     * @param rows a SELECT of the columns and the weight
     */
    String write(WithClause with, String name, List<Column> columns, String rows);

    /**
     * The same by a query whose one column is the number of what the statement is unsure of.
     *
     * @param unsure an expression that counts it
     */
    default String write(WithClause with, String name, List<Column> columns, String rows, String unsure) {
        throw new IllegalStateException("Only what a refresh can take back may be unsure");
    }

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

    /**
     * A condition that holds where a recursion has gone deeper than it may.
     *
     * @param depth how many steps it has taken, as an expression
     * @return empty where there is no limit
     */
    default String beyondDepth(String depth) {
        return "";
    }

    /** The definitions of columns and weight, as a table or a composite type has them. */
    static String definitions(List<Column> columns) {
        return columns.stream()
                        .map(column -> column.sqlName() + " " + column.type().definition() + ", ")
                        .collect(Collectors.joining())
                + WEIGHT + " bigint";
    }

    /** Whether statements are planned once, for whatever number of rows comes later. */
    default boolean plansAreKept() {
        return false;
    }

    /**
     * Where rows are handed on.
     *
     * @param name tells the places of one session apart
     * @param definition the statement that makes it
     * @since 0.1.0
     */
    record Place(String name, String definition) {}

    /**
     * Temporary tables, which keep their rows: PostgreSQL empties those that lose them at the end of the transaction one by one, all that the
     * session has, whichever the transaction has used. A column has the transaction that wrote a row, and only the rows of
     * this one are read.
     */
    final class TemporaryTables implements HandOn {

        private static final String WRITER = "change_transaction";

        private TemporaryTables() {}

        @Override
        public Place place(String name, List<Column> columns) {
            return new Place(
                    name,
                    "CREATE TEMPORARY TABLE " + name + " (" + HandOn.definitions(columns) + ", " + WRITER
                            + " xid8 DEFAULT pg_current_xact_id())");
        }

        @Override
        public String write(WithClause with, String name, List<Column> columns, String rows) {
            return with.with(insert(name, columns, rows));
        }

        @Override
        public String write(WithClause with, String name, List<Column> columns, String rows, String unsure) {
            return with.writing("handed", insert(name, columns, rows)).with("SELECT " + unsure);
        }

        private static String insert(String name, List<Column> columns, String rows) {
            return "INSERT INTO pg_temp." + name + " ("
                    + columns.stream().map(column -> column.sqlName() + ", ").collect(Collectors.joining()) + WEIGHT
                    + ") " + rows;
        }

        /** All transactions of a session before this one have smaller numbers, and PostgreSQL expects some rows of a range, but hardly any of an equality. */
        @Override
        public String read(String name) {
            return "(SELECT * FROM pg_temp." + name + " WHERE " + WRITER + " >= (SELECT pg_current_xact_id()))";
        }
    }
}
