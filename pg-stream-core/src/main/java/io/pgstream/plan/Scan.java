package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import java.util.List;

/**
 * The rows of a table as they are now. A column's name is its name in the table.
 *
 * @param table the table
 * @param output the columns that are read
 * @param only whether tables that inherit from it are left out
 * @since 0.1.0
 */
public record Scan(SourceTable table, List<Column> output, boolean only) implements Operator {

    public Scan {
        output = List.copyOf(output);
    }

    @Override
    public List<Operator> inputs() {
        return List.of();
    }

    @Override
    public Operator withInputs(List<Operator> inputs) {
        return this;
    }

    /** This scan with other columns of the table. */
    public Scan withOutput(List<Column> columns) {
        return columns.equals(output) ? this : new Scan(table, columns, only);
    }

    @Override
    public String describe() {
        return "Scan " + table.name() + " " + output;
    }

    @Override
    public int hashCode() {
        return Operator.hash(this);
    }
}
