package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import io.pgstream.parse.TextNode.Token;
import java.util.ArrayList;
import java.util.List;

/** The columns that JSON_TABLE defines. */
final class JsonTableColumns {

    private JsonTableColumns() {}

    /** Their names in order; those of a nested path stand where it does. */
    static List<String> names(Group arguments) {
        List<String> names = new ArrayList<>();
        List<TextNode> content = arguments.content();
        for (int i = 0; i + 1 < content.size(); i++) {
            if (content.get(i).is("COLUMNS") && content.get(i + 1) instanceof Group columns) {
                for (List<TextNode> part : TextTree.parts(columns.content())) {
                    add(part, names);
                }
            }
        }
        return names;
    }

    private static void add(List<TextNode> column, List<String> names) {
        if (column.get(0).is("NESTED")) {
            names.addAll(names(new Group('(', column, "", "")));
        } else if (column.get(0) instanceof Token name) {
            names.add(Names.plain(name.text()));
        } else {
            throw TextTree.notUnderstood();
        }
    }
}
