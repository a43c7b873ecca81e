package io.pgstream.plan;

import io.pgstream.plan.expr.Column;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The least relation that holds the rows of a base and whatever a step makes of its rows. The step reads it once, through
 * a leaf that stands for the rows found last; columns correspond by position.
 *
 * @param output the columns
 * @param base the rows to start from, which do not depend on the recursion
 * @param step what follows from rows that are there
 * @param self the leaf of the step that stands for these rows: an empty relation of the right types wherever it is not
 *     replaced
 * @param distinct whether each row is there once ({@code UNION}), or as often as it is found ({@code UNION ALL})
 * @since 0.1.0
 */
public record Recursion(List<Column> output, Operator base, Operator step, Relation self, boolean distinct)
        implements Operator {

    public Recursion {
        output = List.copyOf(output);
        int width = output.size();
        if (base.output().size() != width
                || step.output().size() != width
                || self.output().size() != width) {
            throw new IllegalArgumentException("The parts of a recursion have different numbers of columns");
        }
    }

    /** The leaf that stands for the rows found last, by their columns: one row of NULLs with the right types. */
    public static Relation leaf(List<Column> columns) {
        return new Relation(
                columns.stream()
                        .map(column -> column.type().nothing() + " AS " + column.sqlName())
                        .collect(Collectors.joining(", ", "(SELECT ", ")")),
                columns);
    }

    @Override
    public List<Operator> inputs() {
        return List.of(base, step);
    }

    @Override
    public Operator withInputs(List<Operator> inputs) {
        return Lists.same(inputs, inputs())
                ? this
                : new Recursion(output, inputs.get(0), inputs.get(1), self, distinct);
    }

    /** The step over other rows. */
    public Operator stepOver(Operator rows) {
        return replaced(step, rows);
    }

    private Operator replaced(Operator operator, Operator rows) {
        if (operator.equals(self)) {
            return rows;
        }
        return operator.withInputs(
                operator.inputs().stream().map(input -> replaced(input, rows)).toList());
    }

    /** Whether an operator of the step depends on the rows found last. */
    public boolean reads(Operator operator) {
        return operator.equals(self) || operator.inputs().stream().anyMatch(this::reads);
    }

    /** Whether an operator depends on the rows found last by a recursion around it: what it puts out is no relation of its own. */
    public static boolean within(Operator operator) {
        return within(operator, List.of());
    }

    private static boolean within(Operator operator, List<Relation> bound) {
        if (operator instanceof Relation leaf) {
            return !bound.contains(leaf);
        }
        if (operator instanceof Recursion recursion) {
            return within(recursion.base, bound) || within(recursion.step, Lists.append(bound, recursion.self));
        }
        return operator.inputs().stream().anyMatch(input -> within(input, bound));
    }

    @Override
    public boolean stateful() {
        return true;
    }

    @Override
    public String describe() {
        return (distinct ? "Recursion (UNION) " : "Recursion (UNION ALL) ") + output + " over " + self.output();
    }

    @Override
    public int hashCode() {
        return Operator.hash(this);
    }
}
