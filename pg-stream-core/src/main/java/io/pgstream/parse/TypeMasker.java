package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import io.pgstream.parse.TextNode.Kind;
import io.pgstream.parse.TextNode.Token;
import java.util.Set;
import java.util.regex.Pattern;

/** The names of types: those of several words, of other schemas and the like are masked. */
final class TypeMasker {

    /** What JSqlParser reads as PostgreSQL means it. */
    private static final Pattern UNDERSTOOD =
            Pattern.compile("(?:smallint|integer|bigint|numeric(?:\\([0-9]+,-?[0-9]+\\))?|text|boolean|date|real|double"
                    + " precision|timestamp with(?:out)? time zone|character varying(?:\\([0-9]+\\))?|json|jsonb|uuid)"
                    + "(?:\\[\\])?");

    /** Words that continue the name of a type. */
    private static final Set<String> CONTINUATIONS = Set.of(
            "precision",
            "varying",
            "with",
            "without",
            "time",
            "zone",
            "year",
            "month",
            "day",
            "hour",
            "minute",
            "second",
            "to");

    private TypeMasker() {}

    /** Reads the name of a type, which is behind two colons or at the end of a definition. */
    static String type(TextCursor cursor) {
        StringBuilder text = new StringBuilder();
        boolean first = true;
        while (!cursor.atEnd()) {
            if (cursor.peek(0) instanceof Group group && (typeModifier(group) || brackets(group))) {
                text.append(TextTree.text(java.util.List.of(cursor.next())));
            } else if (cursor.sees(0, ".") && cursor.seesIdentifier(1)) {
                cursor.next();
                text.append('.').append(((Token) cursor.next()).text());
            } else if (cursor.peek(0) instanceof Token token
                    && token.identifier()
                    && (first || CONTINUATIONS.contains(token.text()))) {
                text.append(first ? "" : " ").append(token.text());
                cursor.next();
            } else {
                break;
            }
            first = false;
        }
        return masked(text.toString());
    }

    /** A type as JSqlParser can read it. */
    static String masked(String type) {
        return UNDERSTOOD.matcher(type).matches() ? type : Masks.name(type);
    }

    private static boolean brackets(Group group) {
        return !group.round() && group.content().isEmpty();
    }

    private static boolean typeModifier(Group group) {
        return group.round()
                && !group.content().isEmpty()
                && group.content().stream()
                        .allMatch(node -> node.is(",")
                                || node.is("-")
                                || (node instanceof Token token
                                        && (token.kind() == Kind.NUMBER || token.kind() == Kind.WORD)));
    }
}
