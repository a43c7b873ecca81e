package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import java.util.List;

/**
 * A relation of the engine's own: a common table expression of the same statement, a temporary table or a state table.
 * Its columns have their rendered names.
 *
 * @param sqlName its name as SQL writes it
 * @param output its columns
 * @since 0.1.0
 */
public record Relation(String sqlName, List<Column> output) implements Operator {

    public Relation {
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

    @Override
    public String describe() {
        return "Relation " + sqlName + " " + output;
    }
}
