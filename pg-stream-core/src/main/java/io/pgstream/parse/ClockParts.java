package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import io.pgstream.parse.TextNode.Token;
import io.pgstream.plan.expr.Clock;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * The parts of an aggregate that read the clock: comparisons, such as that of FILTER, and what the clock alone decides. They can be
 * computed below the aggregate.
 *
 * <pre>
 * count(DISTINCT x) FILTER (WHERE (y &gt; (clock - '30 days')))      count(DISTINCT x) FILTER (WHERE c)
 * </pre>
 *
 * @since 0.1.0
 */
public final class ClockParts {

    private static final Set<String> COMPARISONS = Set.of("<", "<=", ">", ">=", "=", "<>");

    private final Markers markers = new Markers();

    private final Function<Expression, Column> below;

    private ClockParts(Function<Expression, Column> below) {
        this.below = below;
    }

    /**
     * The call with columns for its parts.
     *
     * @param below makes a column of a part
     */
    public static Expression below(Expression call, Function<Expression, Column> below) {
        if (!Clock.readBy(call)) {
            return call;
        }
        ClockParts parts = new ClockParts(below);
        return parts.markers.verbatim(parts.replaced(TextTree.of(ClockUse.marked(call, parts.markers))));
    }

    private String replaced(List<TextNode> nodes) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < nodes.size(); i++) {
            TextNode node = nodes.get(i);
            int end = endOfLazy(nodes, i);
            if (end > i && ClockUse.reads(nodes.subList(i, end))) {
                // What is not computed for each row stays so.
                text.append(node.space()).append(column(nodes.subList(i, end)));
                i = end - 1;
            } else if (node instanceof Group group && ClockUse.reads(group.content())) {
                boolean called = i > 0 && nodes.get(i - 1) instanceof Token before && before.identifier();
                text.append(group.space()).append(called ? arguments(group) : part(group));
            } else if (node instanceof Token token && token.text().equals(ClockFunctions.MARK)) {
                text.append(token.space()).append(column(List.of(token)));
            } else {
                text.append(TextTree.text(List.of(node)));
            }
        }
        return text.toString();
    }

    /** The node behind a CASE, a COALESCE or the condition of a FILTER that starts at a position; that position where none does. */
    private static int endOfLazy(List<TextNode> nodes, int start) {
        TextNode first = nodes.get(start);
        if (start > 0 && nodes.get(start - 1).is("WHERE")) {
            return nodes.size();
        }
        if (first.is("COALESCE")) {
            return start + 2;
        }
        int depth = 0;
        for (int i = start; first.is("CASE") && i < nodes.size(); i++) {
            depth += nodes.get(i).is("CASE") ? 1 : nodes.get(i).is("END") ? -1 : 0;
            if (depth == 0) {
                return i + 1;
            }
        }
        return start;
    }

    private String arguments(Group group) {
        return group.open() + replaced(group.content()) + group.closingSpace() + group.close();
    }

    private String part(Group group) {
        List<TextNode> content = group.content();
        boolean compares =
                content.stream().anyMatch(node -> COMPARISONS.stream().anyMatch(node::is));
        boolean list = content.stream().anyMatch(node -> node.is(",") || node.is("WHERE") || node.is("BY"));
        boolean whole = group.round() && !list && (compares || !ClockUse.hasColumn(content));
        return whole ? column(content) : arguments(group);
    }

    private String column(List<TextNode> part) {
        return markers.mark(below.apply(markers.verbatim(TextTree.text(part).strip())));
    }
}
