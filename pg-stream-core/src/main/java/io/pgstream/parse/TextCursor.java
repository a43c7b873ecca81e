package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import io.pgstream.parse.TextNode.Token;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A place in a list of nodes. */
final class TextCursor {

    private final List<TextNode> nodes;

    private int at;

    TextCursor(List<TextNode> nodes) {
        this.nodes = nodes;
    }

    boolean atEnd() {
        return at >= nodes.size();
    }

    @Nullable
    TextNode peek(int ahead) {
        return (at + ahead < nodes.size()) ? nodes.get(at + ahead) : null;
    }

    /** How many nodes have been read. */
    int position() {
        return at;
    }

    /** The node at the cursor, which is not at the end. */
    TextNode first() {
        return nodes.get(at);
    }

    /** Whether a call of a function starts here. */
    boolean callAhead() {
        int ahead = 0;
        while (seesIdentifier(ahead) && sees(ahead + 1, ".")) {
            ahead += 2;
        }
        return seesIdentifier(ahead) && seesGroup(ahead + 1, '(');
    }

    @Nullable
    TextNode previous() {
        return (at > 0) ? nodes.get(at - 1) : null;
    }

    boolean sees(int ahead, String text) {
        TextNode node = peek(ahead);
        return node != null && node.is(text);
    }

    boolean seesIdentifier(int ahead) {
        return peek(ahead) instanceof Token token && token.identifier();
    }

    boolean seesGroup(int ahead, char open) {
        return peek(ahead) instanceof Group group && group.open() == open;
    }

    TextNode next() {
        return nodes.get(at++);
    }

    /** The nodes up to and without the first for which the test holds, or the end. */
    List<TextNode> until(java.util.function.Predicate<TextNode> test) {
        int start = at;
        while (at < nodes.size() && !test.test(nodes.get(at))) {
            at++;
        }
        return nodes.subList(start, at);
    }
}
