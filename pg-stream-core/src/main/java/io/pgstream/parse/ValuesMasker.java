package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Lists of values. */
final class ValuesMasker {

    private ValuesMasker() {}

    /** Rows with places for their values. */
    record Template(String text, List<String> operands, List<String> names) {}

    /** Whether the nodes are rows between commas. */
    static boolean isRows(List<TextNode> nodes) {
        return !nodes.isEmpty()
                && TextTree.parts(nodes).stream()
                        .allMatch(part -> part.size() == 1 && part.get(0) instanceof Group row && row.round());
    }

    static Template template(List<TextNode> rows) {
        StringBuilder text = new StringBuilder();
        List<String> operands = new ArrayList<>();
        int width = 0;
        for (List<TextNode> part : TextTree.parts(rows)) {
            List<List<TextNode>> cells = TextTree.parts(((Group) part.get(0)).content());
            cells.forEach(cell -> operands.add(Masker.nodes(cell).strip()));
            width = cells.size();
            text.append(text.isEmpty() ? "(" : ", (")
                    .append(String.join(", ", Collections.nCopies(width, String.valueOf(Masks.PLACE))))
                    .append(')');
        }
        List<String> names =
                IntStream.rangeClosed(1, width).mapToObj(i -> "column" + i).toList();
        return new Template(text.toString(), operands, names);
    }

    /** VALUES as a query of its own, the cursor behind the keyword. */
    static String query(TextCursor cursor) {
        Template template = template(cursor.until(node -> !(node instanceof Group) && !node.is(",")));
        return Masks.values(template.text(), template.names()) + "(" + String.join(", ", template.operands()) + ")";
    }
}
