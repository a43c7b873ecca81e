package io.pgstream.analyze;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.AggregateCall;
import io.pgstream.plan.AggregateFunction;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.NamedAggregate;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.ConstantScale;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is kept for the groups of an aggregate, and how its output is computed from that. Sums of integers, numerics and
 * intervals are kept and undone; sums of anything else, whose result would depend on the history, are read again.
 *
 * @since 0.1.0
 */
public final class AggregateLayout {

    private final Aggregate aggregate;

    private final ColumnFactory factory;

    private final Map<String, Accumulator> accumulators = new LinkedHashMap<>();

    private final List<NamedExpression> outputs = new ArrayList<>();

    private final Accumulator rows;

    private AggregateLayout(Aggregate aggregate, ColumnFactory factory) {
        this.aggregate = aggregate;
        this.factory = factory;
        this.rows = accumulator(Accumulator.Kind.ROWS, null, ColumnFactory.BIGINT, null);
        List<Expression> varying = varyingKeys().stream()
                .map(key -> (Expression) new ColumnReference(key))
                .toList();
        if (!varying.isEmpty()) {
            accumulator(Accumulator.Kind.LOOK, look(varying), ColumnFactory.BIGINT, null);
        }
    }

    /** A text that is another one for values that look different. */
    private static Template look(List<Expression> keys) {
        List<String> parts = new ArrayList<>(List.of("ROW("));
        keys.forEach(key -> parts.add("::text, "));
        parts.set(parts.size() - 1, "::text)::text COLLATE \"C\"");
        return new Template(parts, keys);
    }

    /** What a call reads: an opaque one reads each operand of its text. */
    private static List<Expression> arguments(AggregateCall call) {
        Expression argument = argument(call);
        if (argument == null) {
            return List.of();
        }
        return (call.function() == AggregateFunction.OPAQUE) ? argument.operands() : List.of(argument);
    }

    /** A sum of intervals reads numbers that are made of them; of no other type sum and average are intervals. */
    private static boolean sumsIntervals(NamedAggregate item) {
        AggregateFunction function = item.call().function();
        return (function == AggregateFunction.SUM || function == AggregateFunction.AVG)
                && item.column().type().base().equals("interval");
    }

    /** The arguments of all calls, with their filters applied, as they are handed to {@link #of}. */
    public static List<Expression> arguments(Aggregate aggregate) {
        List<Expression> arguments = new ArrayList<>();
        for (NamedAggregate item : aggregate.aggregates()) {
            List<Expression> read = arguments(item.call());
            arguments.addAll(read);
            if (sumsIntervals(item)) {
                read.forEach(interval -> IntervalSum.PARTS.forEach(part -> arguments.add(part.over(interval))));
            }
        }
        return arguments.stream().distinct().toList();
    }

    /**
     * The layout of an aggregate.
     *
     * @param argumentTypes the types of {@link #arguments}
     */
    public static AggregateLayout of(Aggregate aggregate, List<SqlType> argumentTypes, ColumnFactory factory) {
        AggregateLayout layout = new AggregateLayout(aggregate, factory);
        List<Expression> arguments = arguments(aggregate);
        for (NamedAggregate item : aggregate.aggregates()) {
            Expression argument = argument(item.call());
            if (item.call().function() == AggregateFunction.OPAQUE) {
                layout.outputs.add(new NamedExpression(item.column(), layout.opaque(item.column(), argument)));
                continue;
            }
            SqlType type = (argument == null) ? ColumnFactory.BIGINT : argumentTypes.get(arguments.indexOf(argument));
            layout.outputs.add(new NamedExpression(item.column(), layout.output(item, argument, type)));
        }
        return layout;
    }

    private static @Nullable Expression argument(AggregateCall call) {
        Expression filter = call.filter();
        if (filter == null) {
            return call.argument();
        }
        Expression value = (call.argument() == null) ? Template.text("1") : call.argument();
        return new Template(List.of("CASE WHEN ", " THEN ", " END"), List.of(filter, value));
    }

    private Expression output(NamedAggregate item, @Nullable Expression argument, SqlType type) {
        AggregateFunction function = item.call().function();
        if (argument == null) {
            return reference(rows);
        }
        boolean nullable = !NeverNull.of(argument);
        if (function == AggregateFunction.COUNT) {
            return nullable ? reference(nonNull(argument)) : reference(rows);
        }
        if (function == AggregateFunction.MIN || function == AggregateFunction.MAX) {
            Accumulator.Kind kind = (function == AggregateFunction.MIN) ? Accumulator.Kind.MIN : Accumulator.Kind.MAX;
            return reference(accumulator(
                    kind, argument, item.column().type(), item.column().scale()));
        }
        if (type.isNumeric() && scale(item, argument) == null) {
            return scaledOutput(item, argument, nullable);
        }
        if (sumsIntervals(item)) {
            return intervalOutput(item, argument, nullable);
        }
        return (type.isInteger() || type.isNumeric())
                ? invertibleOutput(item, argument, type, nullable)
                : reference(accumulator(
                        (function == AggregateFunction.SUM)
                                ? Accumulator.Kind.RESCANNED_SUM
                                : Accumulator.Kind.RESCANNED_AVG,
                        argument,
                        item.column().type(),
                        null));
    }

    private Expression opaque(Column column, @Nullable Expression call) {
        return reference(accumulator(Accumulator.Kind.RESCANNED, call, column.type(), null));
    }

    private static @Nullable Integer scale(NamedAggregate item, Expression argument) {
        // A filter makes NULLs only, which have no scale.
        Expression value = item.call().argument();
        return ConstantScale.of((value == null) ? argument : value);
    }

    private Expression invertibleOutput(NamedAggregate item, Expression argument, SqlType type, boolean nullable) {
        boolean average = item.call().function() == AggregateFunction.AVG;
        // sum() of smallint and integer is a bigint, of bigint and numeric a numeric; avg() divides numerics.
        SqlType sumType =
                (type.isInteger() && !type.text().equals("bigint")) ? ColumnFactory.BIGINT : ColumnFactory.NUMERIC;
        Integer scale = type.isInteger() ? Integer.valueOf(0) : scale(item, argument);
        Accumulator sum = accumulator(Accumulator.Kind.SUM, argument, sumType, scale);
        // A group that exists has a row, so that only a NULL argument or a scalar aggregate can have nothing to sum.
        Accumulator count = nullable ? nonNull(argument) : rows;
        if (!average && !nullable && !aggregate.scalar()) {
            return reference(sum);
        }
        return average
                ? new Template(
                        List.of("CASE WHEN ", " <> 0 THEN ", "::numeric / ", " END"),
                        List.of(reference(count), reference(sum), reference(count)))
                : new Template(List.of("CASE WHEN ", " <> 0 THEN ", " END"), List.of(reference(count), reference(sum)));
    }

    private Expression intervalOutput(NamedAggregate item, Expression argument, boolean nullable) {
        Accumulator count = nullable ? nonNull(argument) : rows;
        List<Expression> sums = IntervalSum.PARTS.stream()
                .map(part -> (Expression)
                        reference(accumulator(Accumulator.Kind.SUM, part.over(argument), part.type(), part.scale())))
                .toList();
        Expression value = IntervalSum.value(sums);
        return (item.call().function() == AggregateFunction.AVG)
                ? new Template(
                        List.of("CASE WHEN ", " <> 0 THEN ", " / ", "::double precision END"),
                        List.of(reference(count), value, reference(count)))
                : new Template(List.of("CASE WHEN ", " <> 0 THEN ", " END"), List.of(reference(count), value));
    }

    /** A sum is displayed with the largest scale among its arguments, of which each scale is counted. */
    private Expression scaledOutput(NamedAggregate item, Expression argument, boolean nullable) {
        Accumulator count = nullable ? nonNull(argument) : rows;
        Accumulator sum = accumulator(Accumulator.Kind.SCALED_SUM, argument, ColumnFactory.NUMERIC, null);
        Accumulator scales = accumulator(Accumulator.Kind.SCALES, argument, ColumnFactory.NUMERIC, 0);
        Accumulator unscaled = accumulator(Accumulator.Kind.UNSCALED_SUM, argument, ColumnFactory.NUMERIC, null);
        Expression value = new Template(
                List.of("coalesce(", ", round(", ", " + ScaleCounts.LARGEST_BEFORE, ScaleCounts.LARGEST_AFTER + "))"),
                List.of(reference(unscaled), reference(sum), reference(scales)));
        return (item.call().function() == AggregateFunction.AVG)
                ? new Template(
                        List.of("CASE WHEN ", " <> 0 THEN ", " / ", " END"),
                        List.of(reference(count), value, reference(count)))
                : new Template(List.of("CASE WHEN ", " <> 0 THEN ", " END"), List.of(reference(count), value));
    }

    private Accumulator nonNull(Expression argument) {
        return accumulator(Accumulator.Kind.NON_NULL, argument, ColumnFactory.BIGINT, 0);
    }

    private static ColumnReference reference(Accumulator accumulator) {
        return new ColumnReference(accumulator.column());
    }

    private Accumulator accumulator(
            Accumulator.Kind kind, @Nullable Expression argument, SqlType type, @Nullable Integer scale) {
        String key = kind + " " + type.text() + " " + argument;
        return accumulators.computeIfAbsent(
                key,
                text -> new Accumulator(
                        factory.create(kind.name().toLowerCase(java.util.Locale.ROOT), type, true, scale),
                        kind,
                        argument));
    }

    public Aggregate aggregate() {
        return aggregate;
    }

    /** What is kept, the number of rows first. */
    public List<Accumulator> accumulators() {
        return List.copyOf(accumulators.values());
    }

    /** The number of rows. */
    public Accumulator rows() {
        return rows;
    }

    /** The aggregates as expressions over the accumulators. */
    public List<NamedExpression> outputs() {
        return List.copyOf(outputs);
    }

    /** The columns of the keys. */
    public List<Column> keys() {
        return aggregate.keys().stream().map(NamedExpression::column).toList();
    }

    /** The keys of which equal values can look different. */
    public List<Column> varyingKeys() {
        return aggregate.varyingKeys().stream().map(NamedExpression::column).toList();
    }

    /** What is known of the looks of the keys; {@code null} where equal keys look the same. */
    public @Nullable Accumulator look() {
        return accumulators.values().stream()
                .filter(item -> item.kind() == Accumulator.Kind.LOOK)
                .findFirst()
                .orElse(null);
    }

    /** Whether some change can make it necessary to read a group again. */
    public boolean rescans() {
        return accumulators.values().stream()
                .anyMatch(item -> item.rescanned() || item.extreme() || item.kind() == Accumulator.Kind.LOOK);
    }

    /** The output expressions with each accumulator replaced. */
    public List<NamedExpression> outputs(Function<Column, Expression> replacement) {
        return outputs.stream()
                .map(item ->
                        new NamedExpression(item.column(), item.expression().substitute(replacement)))
                .toList();
    }
}
