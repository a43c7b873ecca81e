package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import io.pgstream.parse.TextNode.Kind;
import io.pgstream.parse.TextNode.Token;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes a canonical text so that JSqlParser reads it: what it does not know becomes a call of a function that does not
 * exist, with the operands as arguments, so that it finds the columns in them. The canonical text makes that easy: it puts
 * every operator with its operands between parentheses, and writes keywords in capitals.
 */
final class Masker {

    /** Calls that are no calls of functions, with keywords between their arguments. */
    private static final Set<String> KEYWORD_CALLS = Set.of(
            "EXTRACT",
            "JSON",
            "JSON_ARRAY",
            "JSON_EXISTS",
            "JSON_OBJECT",
            "JSON_QUERY",
            "JSON_SCALAR",
            "JSON_SERIALIZE",
            "JSON_VALUE",
            "NORMALIZE",
            "OVERLAY",
            "POSITION",
            "ROW",
            "SUBSTRING",
            "TRIM",
            "XMLATTRIBUTES",
            "XMLCONCAT",
            "XMLELEMENT",
            "XMLEXISTS",
            "XMLFOREST",
            "XMLPARSE",
            "XMLPI",
            "XMLROOT",
            "XMLSERIALIZE");

    private static final Set<String> QUERY = Set.of("SELECT", "WITH", "VALUES");

    private Masker() {}

    /** A canonical text as JSqlParser can read it. */
    static String masked(String canonicalText) {
        return nodes(WholeRows.named(TextTree.of(canonicalText)));
    }

    /** Any nodes: of a query, or of a list of expressions. */
    static String nodes(List<TextNode> nodes) {
        return nodes(nodes, new FromMasker());
    }

    static String nodes(List<TextNode> nodes, FromMasker from) {
        StringBuilder result = new StringBuilder();
        TextCursor cursor = new TextCursor(nodes);
        while (!cursor.atEnd()) {
            if (!from.mask(cursor, result)) {
                result.append(piece(cursor));
            }
        }
        return result.toString();
    }

    /** One token or one primary expression with all that is attached to it. */
    private static String piece(TextCursor cursor) {
        TextNode node = cursor.peek(0);
        if (cursor.sees(0, "GROUP") && cursor.sees(1, "BY")) {
            return GroupByMasker.masked(cursor);
        }
        if (cursor.sees(0, "OVER") && cursor.seesGroup(1, '(')) {
            return WindowMasker.over(cursor);
        }
        if (cursor.sees(0, "SELECT") && selectsNothing(cursor.peek(1))) {
            return cursor.next().space() + "SELECT " + Masks.NO_COLUMN + "()";
        }
        if (cursor.sees(0, "WINDOW") && cursor.sees(2, "AS")) {
            return WindowMasker.clause(cursor);
        }
        if ((cursor.sees(0, "LIMIT") || cursor.sees(0, "OFFSET") || cursor.sees(0, "FIRST"))
                && cursor.peek(1) instanceof Group rows
                && !isQuery(rows)
                && holdsQuery(rows)) {
            String keyword = TextTree.text(List.of(cursor.next()));
            cursor.next();
            return keyword + masked("(" + Masks.PLACE + ")", " ", nodes(rows.content()));
        }
        if (cursor.sees(0, "VALUES") && cursor.seesGroup(1, '(')) {
            return cursor.next().space() + ValuesMasker.query(cursor);
        }
        if (node instanceof Token token
                && (token.kind() == Kind.OPERATOR || token.kind() == Kind.PUNCTUATION || token.keyword())
                && !startsPrimary(cursor)) {
            cursor.next();
            return token.space() + token.text();
        }
        return primary(cursor);
    }

    private static boolean holdsQuery(Group group) {
        return group.content().stream()
                .anyMatch(node -> node instanceof Group inner && (isQuery(inner) || holdsQuery(inner)));
    }

    /** Whether there is no column between SELECT and what follows it. */
    private static boolean selectsNothing(@Nullable TextNode next) {
        return next == null || next.is("FROM") || FromMasker.endsClause(next);
    }

    /** Whether an operand of an expression starts here. */
    static boolean startsPrimary(TextCursor cursor) {
        TextNode node = cursor.peek(0);
        if (node instanceof Group) {
            return true;
        }
        if (!(node instanceof Token token)) {
            return false;
        }
        if (token.keyword()) {
            return ClockFunctions.keyword(token)
                    || (cursor.seesGroup(1, '(') && callable(token))
                    || collation(cursor)
                    || (token.is("ARRAY") && cursor.seesGroup(1, '['))
                    || (token.is("NULL") && cursor.sees(1, "::"));
        }
        return token.kind() != Kind.OPERATOR && token.kind() != Kind.PUNCTUATION;
    }

    private static boolean collation(TextCursor cursor) {
        return cursor.sees(0, "COLLATION") && cursor.sees(1, "FOR") && cursor.seesGroup(2, '(');
    }

    private static boolean callable(Token token) {
        return KEYWORD_CALLS.contains(token.text())
                || token.is("GROUPING")
                || AggregateMasker.JSON.contains(token.text())
                || Set.of("COALESCE", "NULLIF", "GREATEST", "LEAST").contains(token.text());
    }

    /** An operand with its casts, subscripts and fields. */
    static String primary(TextCursor cursor) {
        TextNode first = cursor.next();
        String text = bare(first, cursor);
        boolean plainChain = first instanceof Token token && token.identifier();
        while (!cursor.atEnd()) {
            if (cursor.sees(0, "::")) {
                cursor.next();
                text = text + "::" + TypeMasker.type(cursor);
            } else if (cursor.seesGroup(0, '[')) {
                text = subscript(first.space(), text, (Group) cursor.next());
            } else if (cursor.sees(0, ".") && cursor.seesIdentifier(1) && !plainChain) {
                cursor.next();
                text = masked(Masks.PLACE + "." + name(cursor.next()), first.space(), text);
            } else if (cursor.sees(0, "IS") && cursor.sees(1, "DOCUMENT")) {
                cursor.next();
                cursor.next();
                text = masked(Masks.PLACE + " IS DOCUMENT", first.space(), text);
            } else {
                return text;
            }
            plainChain = false;
        }
        return text;
    }

    private static String name(TextNode node) {
        return ((Token) node).text();
    }

    /** A mask with the text of its operands, separated by commas. */
    static String masked(String template, String space, String operands) {
        return space + Masks.call(template) + "(" + operands.strip() + ")";
    }

    private static String bare(TextNode first, TextCursor cursor) {
        if (first instanceof Group group) {
            return group.space() + group(group);
        }
        Token token = (Token) first;
        if (token.kind() == Kind.STRING && token.text().charAt(0) != '\'') {
            return token.space() + Masks.call(token.text()) + "()";
        }
        if (token.keyword() && ClockFunctions.keyword(token)) {
            return ClockFunctions.masked(token, cursor);
        }
        if (token.keyword() && KEYWORD_CALLS.contains(token.text())) {
            return KeywordCallMasker.call(token, (Group) cursor.next());
        }
        if (token.is("GROUPING") && token.keyword() && cursor.seesGroup(0, '(')) {
            // JSqlParser does not read it behind CASE.
            return token.space() + Masks.name(token.text()) + arguments(cursor);
        }
        if (token.is("COLLATION") && token.keyword()) {
            cursor.next();
            return masked(
                    "COLLATION FOR (" + Masks.PLACE + ")", token.space(), nodes(((Group) cursor.next()).content()));
        }
        if (token.keyword() && AggregateMasker.JSON.contains(token.text()) && cursor.seesGroup(0, '(')) {
            return AggregateMasker.json(token, cursor);
        }
        if (token.is("ARRAY") && token.keyword()) {
            return token.space() + array((Group) cursor.next());
        }
        if (token.keyword() || !token.identifier()) {
            return token.space() + token.text() + arguments(cursor);
        }
        return chain(token, cursor);
    }

    /** A column, or the call of a function. */
    private static String chain(Token first, TextCursor cursor) {
        // PostgreSQL 15 has functions like json_object, which later versions and JSqlParser take for keywords.
        boolean keyword = KEYWORD_CALLS.contains(first.text().toUpperCase(Locale.ROOT)) && cursor.seesGroup(0, '(');
        String start = keyword ? Masks.name(first.text()) : Identifier.masked(first);
        StringBuilder name = new StringBuilder(first.space()).append(start);
        while (cursor.sees(0, ".") && cursor.seesIdentifier(1)) {
            cursor.next();
            name.append('.').append(Identifier.masked((Token) cursor.next()));
        }
        return AggregateMasker.isOrderedAndFiltered(cursor)
                ? first.space()
                        + AggregateMasker.orderedAndFiltered(name.toString().strip(), cursor)
                : name + arguments(cursor);
    }

    private static String arguments(TextCursor cursor) {
        if (!cursor.seesGroup(0, '(')) {
            return "";
        }
        Group group = (Group) cursor.next();
        StringBuilder result = new StringBuilder(group.space()).append('(');
        String separator = "";
        for (List<TextNode> part : TextTree.parts(group.content())) {
            result.append(separator).append(argument(part));
            separator = ",";
        }
        return result.append(group.closingSpace()).append(')').toString();
    }

    /** An argument, which can have a name or stand for several. */
    static String argument(List<TextNode> part) {
        if (part.size() > 1 && part.get(0).is("VARIADIC")) {
            return masked("VARIADIC " + Masks.PLACE, part.get(0).space(), nodes(part.subList(1, part.size())));
        }
        if (part.size() > 2 && part.get(1).is("=>")) {
            return masked(
                    name(part.get(0)) + " => " + Masks.PLACE, part.get(0).space(), nodes(part.subList(2, part.size())));
        }
        return nodes(part);
    }

    /** An array that is written out: among the arguments of a call, JSqlParser does not read every one. */
    private static String array(Group group) {
        List<List<TextNode>> elements = TextTree.parts(group.content());
        if (elements.isEmpty()) {
            return "ARRAY[]";
        }
        String places = String.join(
                ", ",
                elements.stream().map(element -> String.valueOf(Masks.PLACE)).toList());
        return masked(
                "ARRAY[" + places + "]",
                "",
                String.join(
                        ", ",
                        elements.stream().map(element -> nodes(element).strip()).toList()));
    }

    private static String subscript(String space, String array, Group subscript) {
        StringBuilder template = new StringBuilder().append(Masks.PLACE).append('[');
        StringBuilder operands = new StringBuilder(array);
        int start = 0;
        List<TextNode> content = subscript.content();
        for (int i = 0; i <= content.size(); i++) {
            if (i == content.size() || content.get(i).is(":")) {
                if (i > start) {
                    template.append(Masks.PLACE);
                    operands.append(", ")
                            .append(nodes(content.subList(start, i)).strip());
                }
                template.append(i == content.size() ? "]" : ":");
                start = i + 1;
            }
        }
        return masked(template.toString(), space, operands.toString());
    }

    /** What stands between parentheses: a query, an operator with its operands, or anything else. */
    private static String group(Group group) {
        if (!group.round()) {
            return "[" + nodes(group.content()) + group.closingSpace() + "]";
        }
        boolean query = isQuery(group);
        String operation = query ? null : OperatorMasker.operation(group);
        return (operation == null) ? "(" + nodes(group.content()) + group.closingSpace() + ")" : operation;
    }

    /** Whether a pair of parentheses holds a query. */
    static boolean isQuery(Group group) {
        TextNode first = group.content().isEmpty() ? null : group.content().get(0);
        if (first instanceof Group nested && nested.round()) {
            boolean continued = group.content().size() > 1
                    && !FromMasker.endsClause(group.content().get(1));
            return !continued && isQuery(nested);
        }
        return first instanceof Token token && token.keyword() && QUERY.contains(token.text());
    }

    /** The first node that is this keyword or operator, or -1. */
    static int indexOf(List<TextNode> nodes, java.util.function.Predicate<@Nullable TextNode> test) {
        for (int i = 0; i < nodes.size(); i++) {
            if (test.test(nodes.get(i))) {
                return i;
            }
        }
        return -1;
    }
}
