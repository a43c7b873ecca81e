package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import io.pgstream.plan.expr.Expression;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A comparison by an order, as it stands in a canonical text: {@code (x > (y * 0.5))}.
 *
 * @param left what stands before the operator
 * @param right what stands behind it
 * @since 0.1.0
 */
public record Comparison(Expression left, Expression right) {

    private static final Set<String> OPERATORS = Set.of("<", "<=", ">", ">=");

    /** The comparison that an expression is; {@code null} if it is something else, or more. */
    public static @Nullable Comparison of(Expression expression) {
        Markers markers = new Markers();
        List<TextNode> nodes = inner(TextTree.of(expression.sql(markers::mark)));
        int at = -1;
        for (int i = 0; i < nodes.size(); i++) {
            TextNode node = nodes.get(i);
            if (OPERATORS.stream().anyMatch(node::is)) {
                if (at >= 0) {
                    return null;
                }
                at = i;
            } else if (node.isKeyword()) {
                return null;
            }
        }
        return (at <= 0 || at == nodes.size() - 1)
                ? null
                : new Comparison(
                        side(nodes.subList(0, at), markers), side(nodes.subList(at + 1, nodes.size()), markers));
    }

    private static Expression side(List<TextNode> nodes, Markers markers) {
        return markers.verbatim(TextTree.text(inner(nodes)).strip());
    }

    /** Without parentheses around all of it. */
    private static List<TextNode> inner(List<TextNode> nodes) {
        return (nodes.size() == 1 && nodes.get(0) instanceof Group group && group.round())
                ? inner(group.content())
                : nodes;
    }
}
