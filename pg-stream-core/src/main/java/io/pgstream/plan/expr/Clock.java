package io.pgstream.plan.expr;

import java.util.List;
import java.util.function.Function;

/**
 * The time at which a query is evaluated, a {@code timestamptz}: that of the refresh, which is its transaction's, or that
 * of the refresh before. Whatever reads the clock in a query ({@code now()}, {@code CURRENT_DATE} and so on) is an
 * expression over this one.
 *
 * @param previous whether it is the time of the refresh before
 * @since 0.1.0
 */
public record Clock(boolean previous) implements Expression {

    /** The number that stands for the clock where the numbers of changed tables stand: no table has it. */
    public static final long SOURCE = 0;

    /** The setting that holds the time of the refresh before, while a refresh runs. */
    public static final String SETTING = "pgstream.previous_clock";

    /** The time of the refresh. */
    public static final Clock NOW = new Clock(false);

    /** What tests may put in the place of the server's clock. */
    private static final String TEST_PROPERTY = "pgstream.test.clock";

    private static final Clock PREVIOUS = new Clock(true);

    /** The time of the refresh as SQL; qualified, so that it is told apart from what a canonical text calls. */
    public static String now() {
        return System.getProperty(TEST_PROPERTY, "pg_catalog.now()");
    }

    /** Whether an expression reads the clock. */
    public static boolean readBy(Expression expression) {
        return expression instanceof Clock || expression.operands().stream().anyMatch(Clock::readBy);
    }

    /** An expression as the refresh before has evaluated it. */
    public static Expression previous(Expression expression) {
        if (expression instanceof Clock) {
            return PREVIOUS;
        }
        return readBy(expression)
                ? expression.withOperands(
                        expression.operands().stream().map(Clock::previous).toList())
                : expression;
    }

    @Override
    public List<Expression> operands() {
        return List.of();
    }

    @Override
    public Expression withOperands(List<Expression> operands) {
        return this;
    }

    @Override
    public boolean atomic() {
        return true;
    }

    /**
     * Not volatile, so that an index is searched with the value, and read when a statement runs, so that plans can be kept. A
     * setting is a text: its subquery reads it once and not for each row.
     */
    @Override
    public String sql(Function<Column, String> columns) {
        return previous ? "(SELECT current_setting('" + SETTING + "')::timestamptz)" : now();
    }

    @Override
    public String toString() {
        return previous ? "previous clock" : "clock";
    }
}
