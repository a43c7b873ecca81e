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
 * @since 0.1.0
 */
public record Relation(String sqlName, List<Column> output, List<Column> indexed) implements Operator {

    public Relation {
        output = List.copyOf(output);
        indexed = List.copyOf(indexed);
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
