package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import io.pgstream.parse.TextNode.Token;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** FROM items that are computed from earlier ones or from nothing: functions and VALUES. */
final class RowSourceMasker {

    private final StringBuilder template = new StringBuilder();

    private final List<String> operands = new ArrayList<>();

    /** The names of the columns, where no alias has to give them. */
    private List<String> names = List.of();

    private RowSourceMasker() {}

    /** The masked row source at the cursor; {@code null} if there is none. */
    @Nullable
    static String masked(TextCursor cursor) {
        if (cursor.atEnd()) {
            return null;
        }
        String space = cursor.first().space();
        RowSourceMasker masker = new RowSourceMasker();
        if (cursor.sees(0, "LATERAL") && !masker.lateral(cursor)) {
            return null;
        }
        if (!masker.read(cursor)) {
            return null;
        }
        if (cursor.sees(0, "WITH") && cursor.sees(1, "ORDINALITY")) {
            cursor.next();
            cursor.next();
            masker.template.append(" WITH ORDINALITY");
        }
        String function = Masks.rows(masker.template.toString(), masker.names);
        return space + function + "(" + String.join(", ", masker.operands) + ")";
    }

    /** JSqlParser does not know the keyword everywhere; it becomes part of the template. */
    private boolean lateral(TextCursor cursor) {
        boolean query = cursor.peek(1) instanceof Group group && !isValues(group);
        if (!query) {
            cursor.next();
            template.append("LATERAL ");
        }
        return !query;
    }

    /** Whether there is nothing but VALUES, which may also be sorted, or the first operand of a set operation. */
    private static boolean isValues(Group group) {
        List<TextNode> content = group.content();
        return content.size() > 1
                && content.get(0).is("VALUES")
                && ValuesMasker.isRows(content.subList(1, content.size()));
    }

    private boolean read(TextCursor cursor) {
        if (cursor.peek(0) instanceof Group group) {
            boolean values = values(group);
            if (values) {
                cursor.next();
            }
            return values;
        }
        if (cursor.sees(0, "ROWS") && cursor.sees(1, "FROM") && cursor.seesGroup(2, '(')) {
            rowsFrom(cursor);
            return true;
        }
        if (cursor.sees(0, "UNNEST") && cursor.seesGroup(1, '(')) {
            // Several arrays side by side.
            template.append(TextTree.text(List.of(cursor.next())).strip());
            return arguments(cursor);
        }
        if (cursor.sees(0, "JSON_TABLE") && cursor.seesGroup(1, '(')) {
            cursor.next();
            jsonTable((Group) cursor.next());
            return true;
        }
        if (cursor.sees(0, "XMLTABLE") && cursor.seesGroup(1, '(')) {
            cursor.next();
            XmlTable table = XmlTable.of((Group) cursor.next());
            template.append(table.template());
            operands.addAll(table.operands());
            names = table.names();
            return true;
        }
        return cursor.callAhead() && call(cursor);
    }

    private boolean call(TextCursor cursor) {
        while (!cursor.seesGroup(0, '(')) {
            template.append(((Token) cursor.next()).text());
        }
        return arguments(cursor);
    }

    private boolean arguments(TextCursor cursor) {
        template.append('(');
        String separator = "";
        for (List<TextNode> part : TextTree.parts(((Group) cursor.next()).content())) {
            template.append(separator);
            List<TextNode> value = part;
            if (value.size() > 1 && value.get(0).is("VARIADIC")) {
                template.append("VARIADIC ");
                value = value.subList(1, value.size());
            }
            if (value.size() > 2 && value.get(1).is("=>")) {
                template.append(((Token) value.get(0)).text()).append(" => ");
                value = value.subList(2, value.size());
            }
            template.append(Masks.PLACE);
            operands.add(Masker.argument(value).strip());
            separator = ", ";
        }
        template.append(')');
        return true;
    }

    private void rowsFrom(TextCursor cursor) {
        cursor.next();
        cursor.next();
        template.append("ROWS FROM(");
        String separator = "";
        for (List<TextNode> part : TextTree.parts(((Group) cursor.next()).content())) {
            template.append(separator);
            TextCursor function = new TextCursor(part);
            if (!function.callAhead()) {
                throw TextTree.notUnderstood();
            }
            call(function);
            // The definition of a record's columns.
            template.append(TextTree.text(function.until(node -> false)));
            separator = ", ";
        }
        template.append(')');
    }

    private void jsonTable(Group arguments) {
        KeywordCallMasker.Template call = KeywordCallMasker.template("JSON_TABLE", arguments.content());
        template.append(call.text());
        operands.addAll(call.operands());
        names = JsonTableColumns.names(arguments);
    }

    private boolean values(Group group) {
        if (!isValues(group)) {
            return false;
        }
        List<TextNode> content = group.content();
        ValuesMasker.Template values = ValuesMasker.template(content.subList(1, content.size()));
        template.append("(VALUES ").append(values.text()).append(')');
        operands.addAll(values.operands());
        names = values.names();
        return true;
    }
}
