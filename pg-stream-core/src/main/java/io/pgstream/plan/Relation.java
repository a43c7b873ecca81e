package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import java.util.List;

/**
 * A relation of the engine's own: a common table expression of the same statement, a temporary table or a state table.
 * Its columns have their rendered names.
 *
 * @param sqlName its name as SQL writes it
 * @param output its columns
 * @param indexed the columns that an index starts with, if any
 * @param lookups further indexes
 * @since 0.1.0
 */
public record Relation(String sqlName, List<Column> output, List<Column> indexed, List<Lookup> lookups)
        implements Operator {

    /**
     * An index by which rows are found that have values in common.
     *
     * @param columns its columns
     * @param rows about how many rows have the same values in them, if all were there
     */
    public record Lookup(List<Column> columns, double rows) {

        public Lookup {
            columns = List.copyOf(columns);
        }
    }

    public Relation {
        output = List.copyOf(output);
        indexed = List.copyOf(indexed);
        lookups = List.copyOf(lookups);
    }

    /** A relation without further indexes. */
    public Relation(String sqlName, List<Column> output, List<Column> indexed) {
        this(sqlName, output, indexed, List.of());
    }

    /** A relation without an index. */
    public Relation(String sqlName, List<Column> output) {
        this(sqlName, output, List.of());
    }

    @Override
    public List<Operator> inputs() {
        return List.of();
    }

    @Override
    public Operator withInputs(List<Operator> inputs) {
        return this;
    }

    @Override
    public String describe() {
        return "Relation " + sqlName + " " + output;
    }
}
