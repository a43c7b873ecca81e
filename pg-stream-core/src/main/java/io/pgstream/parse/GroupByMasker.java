package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import java.util.ArrayList;
import java.util.List;

/** GROUP BY with grouping sets, of which JSqlParser knows the simplest forms only: it becomes one call with the keys in it. */
final class GroupByMasker {

    private final List<String> keys = new ArrayList<>();

    private GroupByMasker() {}

    /** The clause at the cursor, which stands in front of GROUP. */
    static String masked(TextCursor cursor) {
        String start = TextTree.text(List.of(cursor.next(), cursor.next()));
        List<TextNode> content = cursor.until(FromMasker::endsClause);
        boolean distinct = !content.isEmpty() && content.get(0).is("DISTINCT");
        List<TextNode> elements = distinct ? content.subList(1, content.size()) : content;
        if (!distinct && TextTree.parts(elements).stream().noneMatch(GroupByMasker::isSets)) {
            return start + Masker.nodes(content);
        }
        GroupByMasker masker = new GroupByMasker();
        String template = (distinct ? "DISTINCT " : "") + masker.list(elements);
        return start + " " + Masks.grouping(template) + "(" + String.join(", ", masker.keys) + ")";
    }

    private static boolean isSets(List<TextNode> element) {
        TextNode first = element.get(0);
        return first.is("ROLLUP")
                || first.is("CUBE")
                || first.is("GROUPING")
                || (first instanceof Group group && group.content().isEmpty());
    }

    private String list(List<TextNode> elements) {
        return String.join(
                ", ", TextTree.parts(elements).stream().map(this::element).toList());
    }

    private String element(List<TextNode> nodes) {
        TextNode last = nodes.get(nodes.size() - 1);
        if (nodes.size() == 2 && (nodes.get(0).is("ROLLUP") || nodes.get(0).is("CUBE")) && last instanceof Group sets) {
            return TextTree.text(nodes.subList(0, 1)).strip() + "(" + list(sets.content()) + ")";
        }
        if (nodes.size() == 3 && nodes.get(0).is("GROUPING") && last instanceof Group sets) {
            return "GROUPING SETS (" + list(sets.content()) + ")";
        }
        if (nodes.size() == 1
                && last instanceof Group set
                && !Masker.isQuery(set)
                && (set.content().isEmpty() || set.content().stream().anyMatch(node -> node.is(",")))) {
            return "(" + list(set.content()) + ")";
        }
        keys.add(Masker.nodes(nodes).strip());
        return String.valueOf(Masks.PLACE);
    }
}
