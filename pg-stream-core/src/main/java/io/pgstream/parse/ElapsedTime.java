package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import io.pgstream.parse.TextNode.Kind;
import io.pgstream.parse.TextNode.Token;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The time between now and a value of the row, compared with a constant: it passes the constant when the clock passes a moment
 * that the value is compared with instead.
 *
 * <pre>
 * ((now() - x) &gt; '7 days'::interval)              x and now() - 7 * 24 hours
 * (EXTRACT(epoch FROM (now() - x)) &lt; 300)         x and now() - 300 seconds
 * </pre>
 *
 * <p>The difference of two timestamps has no months, and intervals are compared with 30 days for a month and 24 hours for a
 * day, so that the moment is exact.
 *
 * @param side the value of the row
 * @param moment the text of the moment
 */
record ElapsedTime(List<TextNode> side, String moment) {

    static @Nullable ElapsedTime of(List<TextNode> time, List<TextNode> constant) {
        List<TextNode> difference = inner(time);
        boolean epoch = difference.size() == 2
                && difference.get(0).is("EXTRACT")
                && difference.get(1) instanceof Group field
                && field.content().size() > 2
                && field.content().get(0).is("epoch")
                && field.content().get(1).is("FROM");
        String seconds = epoch ? number(inner(constant)) : interval(inner(constant));
        if (epoch) {
            List<TextNode> content = ((Group) difference.get(1)).content();
            difference = inner(content.subList(2, content.size()));
        }
        int minus = Masker.indexOf(difference, node -> node != null && node.is("-"));
        if (seconds == null || minus <= 0 || minus == difference.size() - 1) {
            return null;
        }
        List<TextNode> left = difference.subList(0, minus);
        List<TextNode> right = difference.subList(minus + 1, difference.size());
        String length = "make_interval(secs => (" + seconds + ")::double precision)";
        if (isNow(inner(left))) {
            return new ElapsedTime(right, "(" + TextTree.text(left) + " - " + length + ")");
        }
        return isNow(inner(right)) ? new ElapsedTime(left, "(" + TextTree.text(right) + " + " + length + ")") : null;
    }

    /** Without parentheses around all of it. */
    private static List<TextNode> inner(List<TextNode> nodes) {
        List<TextNode> inner = nodes;
        while (inner.size() == 1 && inner.get(0) instanceof Group group && group.round()) {
            inner = group.content();
        }
        return inner;
    }

    /** The clock itself, as a timestamp with or without a time zone. */
    private static boolean isNow(List<TextNode> nodes) {
        return nodes.get(0) instanceof Token token
                && token.text().equals(ClockFunctions.MARK)
                && (nodes.size() == 1
                        || (nodes.size() == 3
                                && nodes.get(1).is("::")
                                && nodes.get(2).is("timestamp")));
    }

    /** The seconds of an interval, as comparisons count them: a year of EXTRACT has 365.25 days, one of theirs 360. */
    private static @Nullable String interval(List<TextNode> nodes) {
        boolean constant = nodes.size() == 3
                && nodes.get(0) instanceof Token literal
                && literal.kind() == Kind.STRING
                && nodes.get(1).is("::")
                && nodes.get(2).is("interval");
        String text = constant ? TextTree.text(nodes).strip() : "";
        return constant ? "EXTRACT(epoch FROM " + text + ") - 453600 * EXTRACT(year FROM " + text + ")" : null;
    }

    private static @Nullable String number(List<TextNode> nodes) {
        boolean typed =
                nodes.size() == 3 && nodes.get(1).is("::") && nodes.get(2).is("numeric");
        return (nodes.size() == 1 || typed)
                        && nodes.get(0) instanceof Token literal
                        && (literal.kind() == Kind.NUMBER || (typed && literal.kind() == Kind.STRING))
                ? literal.text()
                : null;
    }
}
