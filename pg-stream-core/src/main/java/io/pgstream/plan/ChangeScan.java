package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import java.util.List;

/**
 * The captured changes of a table since the frontier: each old row with weight -1 and each new row with weight 1.
 *
 * @param table the table
 * @param columns the columns that are read, named as in the table
 * @param weight the column of the weight
 * @since 0.1.0
 */
public record ChangeScan(SourceTable table, List<Column> columns, Column weight) implements Operator {

    public ChangeScan {
        columns = List.copyOf(columns);
    }

    @Override
    public List<Column> output() {
        return Lists.append(columns, weight);
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
        return "ChangeScan " + table.name() + " " + output();
    }
}
