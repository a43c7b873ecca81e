package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import io.pgstream.parse.TextNode.Kind;
import io.pgstream.parse.TextNode.Token;
import java.util.ArrayList;
import java.util.List;

/**
 * Aliases of joins: {@code (a JOIN b ON …) AS j} is the subquery {@code (SELECT * FROM a JOIN b ON …) AS j}, of which PostgreSQL
 * writes out the star. What {@code USING (x) AS u} names canonical text calls by its table, so that the alias can be left out.
 */
final class JoinAliases {

    private boolean found;

    private boolean using;

    private boolean makesRows;

    private JoinAliases() {}

    /** The text without them; the same text where it has none. */
    static String without(String canonicalText) {
        JoinAliases aliases = new JoinAliases();
        String text = TextTree.text(aliases.nodes(TextTree.of(canonicalText), false));
        if (aliases.using && aliases.makesRows) {
            throw new UnsupportedConstructException(
                    "it has an alias behind USING and makes rows, which PostgreSQL prints alike",
                    "Leave the alias out, and name the columns.");
        }
        return aliases.found ? text : canonicalText;
    }

    private List<TextNode> nodes(List<TextNode> nodes, boolean join) {
        List<TextNode> result = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            TextNode node = nodes.get(i);
            if (join && i > 1 && node.is("AS") && nodes.get(i - 2).is("USING")) {
                found = true;
                using = true;
                i++;
            } else if (node instanceof Group group) {
                boolean inner = FromMasker.isJoin(group);
                List<TextNode> content = new ArrayList<>(nodes(group.content(), inner));
                if (inner && i + 1 < nodes.size() && isAlias(nodes.get(i + 1))) {
                    found = true;
                    content.add(0, new Token(Kind.WORD, "SELECT * FROM ", ""));
                }
                result.add(new Group(group.open(), content, group.space(), group.closingSpace()));
            } else {
                // Of the row of such an alias, u.*, canonical text says ROW(x), in which the columns have other names.
                makesRows |= node.is("ROW");
                result.add(node);
            }
        }
        return result;
    }

    private static boolean isAlias(TextNode node) {
        return node instanceof Token token && token.identifier();
    }
}
