package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import io.pgstream.parse.TextNode.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Calls with keywords between the arguments: EXTRACT, OVERLAY, XMLELEMENT, JSON_VALUE and the like. */
final class KeywordCallMasker {

    /** Keywords behind which stands the name of something or a type, up to the next keyword or comma. */
    private static final Set<String> BEFORE_NAMES = Set.of("AS", "NAME", "RETURNING");

    private final StringBuilder template;

    private final List<String> operands = new ArrayList<>();

    private KeywordCallMasker(String start) {
        this.template = new StringBuilder(start);
    }

    /** A call with places for its operands. */
    record Template(String text, List<String> operands) {}

    static String call(Token name, Group arguments) {
        Template call = template(name.text(), arguments.content());
        return name.space() + Masks.call(call.text()) + "(" + String.join(", ", call.operands()) + ")";
    }

    static Template template(String name, List<TextNode> arguments) {
        KeywordCallMasker masker = new KeywordCallMasker(name + "(");
        masker.read(name.equals("EXTRACT"), arguments);
        return new Template(masker.template + ")", List.copyOf(masker.operands));
    }

    private void read(boolean startsWithName, List<TextNode> content) {
        TextCursor cursor = new TextCursor(content);
        if (startsWithName) {
            names(cursor);
        }
        while (!cursor.atEnd()) {
            TextNode node = cursor.peek(0);
            if (cursor.sees(0, "COLUMNS") && cursor.seesGroup(1, '(')) {
                // Defines columns; nothing there can refer to others.
                template.append(TextTree.text(List.of(cursor.next(), cursor.next())));
            } else if (cursor.sees(0, "CASE") || Masker.startsPrimary(cursor)) {
                template.append(' ').append(Masks.PLACE);
                operands.add(operand(cursor).strip());
            } else if (node instanceof Token token) {
                template.append(token.space()).append(token.text());
                cursor.next();
                if (token.keyword() && BEFORE_NAMES.contains(token.text())) {
                    names(cursor);
                }
            } else {
                throw TextTree.notUnderstood();
            }
        }
    }

    private void names(TextCursor cursor) {
        template.append(TextTree.text(cursor.until(node -> node.isKeyword() || node.is(","))));
    }

    private static String operand(TextCursor cursor) {
        if (!cursor.sees(0, "CASE")) {
            return Masker.primary(cursor) + clauses(cursor);
        }
        List<TextNode> nodes = new ArrayList<>();
        int depth = 0;
        do {
            TextNode node = cursor.next();
            depth += node.is("CASE") ? 1 : node.is("END") ? -1 : 0;
            nodes.add(node);
        } while (depth > 0 && !cursor.atEnd());
        return Masker.nodes(nodes);
    }

    /** What stands behind the call of an aggregate or a window function and belongs to it. */
    private static String clauses(TextCursor cursor) {
        StringBuilder result = new StringBuilder();
        while (!cursor.atEnd()) {
            if (cursor.sees(0, "FILTER") && cursor.seesGroup(1, '(')) {
                result.append(Masker.nodes(List.of(cursor.next(), cursor.next())));
            } else if (cursor.sees(0, "WITHIN") && cursor.sees(1, "GROUP")) {
                result.append(Masker.nodes(List.of(cursor.next(), cursor.next(), cursor.next())));
            } else if (cursor.sees(0, "OVER")) {
                result.append(Masker.nodes(List.of(cursor.next(), cursor.next())));
            } else {
                break;
            }
        }
        return result.toString();
    }
}
