package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import io.pgstream.parse.TextNode.Token;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Follows a query to its FROM clause, where what looks like a call can be a function, a table or an alias. */
final class FromMasker {

    private static final Set<String> BEHIND = Set.of(
            "WHERE",
            "GROUP",
            "HAVING",
            "WINDOW",
            "ORDER",
            "LIMIT",
            "OFFSET",
            "FETCH",
            "FOR",
            "UNION",
            "INTERSECT",
            "EXCEPT");

    private boolean selecting;

    private boolean inside;

    private boolean atItem;

    FromMasker() {}

    /** In the parentheses of a join. */
    static FromMasker ofJoin() {
        FromMasker masker = new FromMasker();
        masker.inside = true;
        masker.atItem = true;
        return masker;
    }

    /** Whether the next clause of a query starts here. */
    static boolean endsClause(TextNode node) {
        return node instanceof Token token && BEHIND.contains(token.text()) && token.keyword();
    }

    /** Whether a FROM item starts at the node behind the keyword or comma at the cursor, or at the cursor. */
    private void follow(TextCursor cursor) {
        TextNode previous = cursor.previous();
        if (cursor.sees(0, "SELECT")) {
            selecting = true;
            inside = false;
        } else if (cursor.sees(0, "FROM") && selecting && (previous == null || !previous.is("DISTINCT"))) {
            inside = true;
            atItem = true;
        } else if (cursor.peek(0) instanceof Token token && endsClause(token)) {
            inside = false;
        } else if (cursor.sees(0, ",") || cursor.sees(0, "JOIN")) {
            atItem = inside;
        }
    }

    /** Writes what is at the cursor, if it means something else in a FROM clause; whether it did. */
    boolean mask(TextCursor cursor, StringBuilder result) {
        boolean starts = inside && atItem;
        follow(cursor);
        TextNode node = cursor.peek(0);
        if (node == null || !inside || cursor.sees(0, "FROM") || cursor.sees(0, ",")) {
            return false;
        }
        if (starts && !cursor.sees(0, "ONLY")) {
            boolean masked = item(cursor, result);
            // Behind LATERAL the item is still to come.
            atItem = !masked && cursor.sees(0, "LATERAL");
            return masked;
        }
        if (cursor.seesIdentifier(0) && cursor.seesGroup(1, '(')) {
            result.append(alias((Token) cursor.next(), (Group) cursor.next()));
            return true;
        }
        return false;
    }

    private static boolean item(TextCursor cursor, StringBuilder result) {
        String rows = RowSourceMasker.masked(cursor);
        if (rows != null) {
            result.append(rows);
            return true;
        }
        if (cursor.peek(0) instanceof Group group && isJoin(group)) {
            TextNode previous = cursor.previous();
            cursor.next();
            String content = Masker.nodes(group.content(), ofJoin());
            if ((previous == null || !previous.is("JOIN")) && startsLaterally(group)) {
                result.append(' ').append(content).append(group.closingSpace());
                return true;
            }
            result.append(group.space())
                    .append('(')
                    .append(content)
                    .append(group.closingSpace())
                    .append(')');
            return true;
        }
        return false;
    }

    /**
     * JSqlParser reads no LATERAL behind an opening parenthesis, as in {@code t, (LATERAL (…) f JOIN g ON …)}. Without the parentheses
     * the joins follow one after the other, with t on their left side as well, which is the same unless all rows of the right side are kept, or
     * columns are found by their names.
     */
    private static boolean startsLaterally(Group group) {
        List<TextNode> nodes = group.content();
        boolean first = nodes.get(0).is("LATERAL")
                ? nodes.get(1) instanceof Group
                : nodes.get(0) instanceof Group inner && isJoin(inner) && startsLaterally(inner);
        return first
                && Stream.of("RIGHT", "FULL", "USING", "NATURAL")
                        .noneMatch(keyword -> nodes.stream().anyMatch(node -> node.is(keyword)));
    }

    /** Each join has parentheses of its own, so that no query has one in its own FROM clause. */
    static boolean isJoin(Group group) {
        return group.content().stream().anyMatch(node -> node.is("JOIN"));
    }

    /** An alias with the names of columns, and their types if they are defined here. */
    private static String alias(Token name, Group columns) {
        StringBuilder result =
                new StringBuilder(name.space()).append(Identifier.masked(name)).append('(');
        String separator = "";
        for (List<TextNode> part : TextTree.parts(columns.content())) {
            TextCursor cursor = new TextCursor(part);
            result.append(separator).append(Identifier.masked((Token) cursor.next()));
            if (!cursor.atEnd()) {
                result.append(' ').append(TypeMasker.type(cursor));
            }
            separator = ", ";
        }
        return result.append(')').toString();
    }
}
