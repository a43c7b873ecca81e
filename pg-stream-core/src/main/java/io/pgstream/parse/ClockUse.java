package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import io.pgstream.parse.TextNode.Kind;
import io.pgstream.parse.TextNode.Token;
import io.pgstream.plan.expr.Clock;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Where an expression reads the clock. Most often it compares a value of the row with a moment, and then two moments give
 * two results only for rows whose value lies between them, which an index finds. Elsewhere all that can be said is that the result is
 * the same as long as the parts that read the clock and no column are.
 *
 * <p>The canonical text makes the search easy: it puts every operator with its operands between parentheses. What is not
 * recognized counts as a value of the clock itself, which is right of any expression.
 *
 * @param boundaries comparisons of values of the row with moments
 * @param values the other parts that read the clock and no column
 * @since 0.1.0
 */
public record ClockUse(List<Boundary> boundaries, List<Expression> values) {

    private static final Set<String> COMPARISONS = Set.of("<", "<=", ">", ">=", "=", "<>");

    /** Keywords that a call starts with. */
    private static final Set<String> CALLS =
            Set.of("EXTRACT", "COALESCE", "GREATEST", "LEAST", "NULLIF", "SUBSTRING", "TRIM", "POSITION", "OVERLAY");

    /** Keywords behind which parentheses hold an expression. */
    private static final Set<String> BEFORE_EXPRESSIONS =
            Set.of("AND", "OR", "NOT", "CASE", "WHEN", "THEN", "ELSE", "ANY", "ALL", "IN", "FROM", "DISTINCT", "ARRAY");

    private static final Column CLOCK = new Column(Integer.MAX_VALUE, "clock", ColumnBinding.UNKNOWN, false, null);

    public ClockUse {
        boundaries = List.copyOf(boundaries);
        values = List.copyOf(values);
    }

    /**
     * A comparison.
     *
     * @param side a value of the row
     * @param equality whether it is compared by {@code =} or {@code <>}, and not by an order
     * @param moment a value that the clock alone decides, of a type with one order, never NULL
     */
    public record Boundary(Expression side, boolean equality, Expression moment) {}

    /** Where an expression reads the clock. */
    public static ClockUse of(Expression expression) {
        Finder finder = new Finder();
        finder.expression(TextTree.of(marked(expression, finder.markers)));
        return new ClockUse(finder.boundaries, finder.values);
    }

    /** The text of an expression with marks for its columns and the clock. */
    static String marked(Expression expression, Markers markers) {
        return withColumn(expression).sql(column -> column.equals(CLOCK) ? ClockFunctions.MARK : markers.mark(column));
    }

    private static Expression withColumn(Expression expression) {
        return (expression instanceof Clock)
                ? new ColumnReference(CLOCK)
                : expression.withOperands(
                        expression.operands().stream().map(ClockUse::withColumn).toList());
    }

    static boolean reads(List<TextNode> nodes) {
        return nodes.stream()
                .anyMatch(node -> (node instanceof Group group)
                        ? reads(group.content())
                        : node instanceof Token token && token.text().equals(ClockFunctions.MARK));
    }

    static boolean hasColumn(List<TextNode> nodes) {
        return nodes.stream()
                .anyMatch(node -> (node instanceof Group group)
                        ? hasColumn(group.content())
                        : node instanceof Token token
                                && token.text().startsWith("\u0001")
                                && !token.text().equals(ClockFunctions.MARK));
    }

    private static final class Finder {

        private final Markers markers = new Markers();

        private final List<Boundary> boundaries = new ArrayList<>();

        private final List<Expression> values = new ArrayList<>();

        private boolean guarded;

        /** The nodes of one expression, without parentheses around it. */
        private void expression(List<TextNode> nodes) {
            if (!reads(nodes)) {
                return;
            }
            if (nodes.size() == 1 && nodes.get(0) instanceof Group group && group.round()) {
                expression(group.content());
            } else if (!hasColumn(nodes)) {
                values.add(markers.verbatim(TextTree.text(nodes).strip()));
            } else if (!isBoundary(nodes)) {
                operands(nodes);
            }
        }

        private boolean isBoundary(List<TextNode> nodes) {
            int at = Masker.indexOf(
                    nodes, node -> node != null && COMPARISONS.stream().anyMatch(node::is));
            if (at <= 0) {
                return false;
            }
            List<TextNode> left = nodes.subList(0, at);
            List<TextNode> right = nodes.subList(at + 1, nodes.size());
            return simple(left)
                    && simple(right)
                    && (add(left, nodes.get(at), right)
                            || add(right, nodes.get(at), left)
                            || elapsed(left, nodes.get(at), right)
                            || elapsed(right, nodes.get(at), left));
        }

        /** Time that has passed, or will, since a value of the row, compared with a constant: the value is compared with a moment. */
        private boolean elapsed(List<TextNode> time, TextNode operator, List<TextNode> constant) {
            ElapsedTime elapsed = ElapsedTime.of(time, constant);
            return elapsed != null && boundary(elapsed.side(), operator, elapsed.moment());
        }

        private boolean add(List<TextNode> side, TextNode operator, List<TextNode> moment) {
            return !hasColumn(moment)
                    && Moments.orderedAndNeverNull(moment)
                    && boundary(side, operator, TextTree.text(moment).strip());
        }

        private boolean boundary(List<TextNode> side, TextNode operator, String moment) {
            // What CASE protects from being computed is left alone.
            boolean computed = side.size() > 1 || side.get(0) instanceof Group;
            if (reads(side) || (guarded && computed)) {
                return false;
            }
            boundaries.add(new Boundary(
                    markers.verbatim(TextTree.text(side).strip()),
                    operator.is("=") || operator.is("<>"),
                    markers.verbatim(moment)));
            return true;
        }

        /** Whether nodes are one operand: nothing on their level is an operator or a keyword. */
        private static boolean simple(List<TextNode> nodes) {
            for (int i = 0; i < nodes.size(); i++) {
                if (nodes.get(i) instanceof Token token) {
                    boolean call = CALLS.contains(token.text()) && i + 1 < nodes.size();
                    if (token.kind() == Kind.OPERATOR || token.is(",") || (token.keyword() && !call)) {
                        return false;
                    }
                }
            }
            return !nodes.isEmpty();
        }

        /** The operands among nodes that hold columns as well as the clock. */
        private void operands(List<TextNode> nodes) {
            boolean outside = guarded;
            guarded |= nodes.stream().anyMatch(node -> node.is("CASE") || node.is("COALESCE"));
            for (int i = 0; i < nodes.size(); i++) {
                TextNode node = nodes.get(i);
                if (node instanceof Token token && token.text().equals(ClockFunctions.MARK)) {
                    values.add(Clock.NOW);
                } else if (node instanceof Group group && reads(group.content())) {
                    TextNode before = (i == 0) ? null : nodes.get(i - 1);
                    if (before instanceof Token function && function.identifier()) {
                        call(function, i > 1 && nodes.get(i - 2).is("."), group);
                    } else if (before == null
                            || !before.isKeyword()
                            || BEFORE_EXPRESSIONS.stream().anyMatch(before::is)) {
                        list(group);
                    } else {
                        // Keywords may stand between the operands.
                        operands(group.content());
                    }
                }
            }
            guarded = outside;
        }

        private void call(Token function, boolean qualified, Group arguments) {
            if (qualified || hasColumn(arguments.content())) {
                list(arguments);
            } else {
                values.add(markers.verbatim(function.text() + "(" + TextTree.text(arguments.content()) + ")"));
            }
        }

        private void list(Group group) {
            TextTree.parts(group.content()).forEach(this::expression);
        }
    }
}
