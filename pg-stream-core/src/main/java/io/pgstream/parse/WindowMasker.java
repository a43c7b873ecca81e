package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import io.pgstream.parse.TextNode.Token;
import java.util.List;

/** Windows that start from another one: {@code OVER (w ORDER BY x)}. */
final class WindowMasker {

    private WindowMasker() {}

    /** OVER with its definition, the cursor in front of the keyword. */
    static String over(TextCursor cursor) {
        return TextTree.text(List.of(cursor.next())) + definition((Group) cursor.next());
    }

    /** The clause WINDOW, the cursor in front of the keyword. */
    static String clause(TextCursor cursor) {
        StringBuilder result = new StringBuilder(TextTree.text(List.of(cursor.next())));
        String separator = "";
        for (List<TextNode> window : TextTree.parts(cursor.until(FromMasker::endsClause))) {
            if (window.size() != 3
                    || !(window.get(0) instanceof Token name)
                    || !(window.get(2) instanceof Group definition)) {
                throw TextTree.notUnderstood();
            }
            result.append(separator)
                    .append(name.space())
                    .append(Identifier.masked(name))
                    .append(" AS")
                    .append(definition(definition));
            separator = ",";
        }
        return result.toString();
    }

    private static String definition(Group definition) {
        List<TextNode> content = definition.content();
        boolean continued = !content.isEmpty() && content.get(0) instanceof Token name && name.identifier();
        String start = continued ? Masks.window(((Token) content.get(0)).text()) : "";
        List<TextNode> rest = continued ? content.subList(1, content.size()) : content;
        return definition.space() + "(" + start + Masker.nodes(rest) + definition.closingSpace() + ")";
    }
}
