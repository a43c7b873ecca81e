package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.List;

/**
 * Window functions with one partitioning: the rows of the input with a column more for each function.
 *
 * @param functions the calls with their OVER clauses, which PostgreSQL has printed, and the columns of their values
 * @param partition the columns by which all of them are partitioned, or some of these
 * @param input the input
 * @since 0.1.0
 */
public record Window(List<NamedExpression> functions, List<Column> partition, Operator input) implements PartitionWise {

    public Window {
        functions = List.copyOf(functions);
        partition = List.copyOf(partition);
    }

    @Override
    public List<Column> output() {
        return Lists.concat(
                input.output(), functions.stream().map(NamedExpression::column).toList());
    }

    @Override
    public Operator withInputs(List<Operator> inputs) {
        return (inputs.get(0) == input) ? this : new Window(functions, partition, inputs.get(0));
    }

    /** The calls. */
    public List<Expression> calls() {
        return functions.stream().map(NamedExpression::expression).toList();
    }

    @Override
    public String describe() {
        return "Window by " + partition + " " + functions;
    }

    @Override
    public int hashCode() {
        return Operator.hash(this);
    }
}
