package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import io.pgstream.parse.TextNode.Token;
import java.util.ArrayList;
import java.util.List;

/**
 * An XMLTABLE taken apart.
 *
 * @param template its text with places for the expressions in it
 * @param operands these expressions
 * @param names the names of the columns that it defines
 */
record XmlTable(String template, List<String> operands, List<String> names) {

    static XmlTable of(Group arguments) {
        List<String> operands = new ArrayList<>();
        List<String> names = new ArrayList<>();
        StringBuilder template = new StringBuilder("XMLTABLE(");
        TextCursor cursor = new TextCursor(arguments.content());
        while (!cursor.atEnd()) {
            if (cursor.sees(0, "XMLNAMESPACES")) {
                // The names of namespaces are constants.
                template.append(TextTree.text(List.of(cursor.next(), cursor.next())));
            } else if (cursor.sees(0, "COLUMNS")) {
                template.append(TextTree.text(List.of(cursor.next())));
                columns(cursor.until(node -> false), template, operands, names);
            } else {
                piece(cursor, template, operands);
            }
        }
        return new XmlTable(template.append(')').toString(), List.copyOf(operands), List.copyOf(names));
    }

    private static void columns(
            List<TextNode> definitions, StringBuilder template, List<String> operands, List<String> names) {
        String separator = "";
        for (List<TextNode> definition : TextTree.parts(definitions)) {
            if (!(definition.get(0) instanceof Token name)) {
                throw TextTree.notUnderstood();
            }
            names.add(Names.plain(name.text()));
            TextCursor cursor = new TextCursor(definition);
            template.append(separator).append(TextTree.text(cursor.until(TextNode::isKeyword)));
            while (!cursor.atEnd()) {
                piece(cursor, template, operands);
            }
            separator = ",";
        }
    }

    private static void piece(TextCursor cursor, StringBuilder template, List<String> operands) {
        if (Masker.startsPrimary(cursor)) {
            template.append(' ').append(Masks.PLACE);
            operands.add(Masker.primary(cursor).strip());
        } else {
            template.append(TextTree.text(List.of(cursor.next())));
        }
    }
}
