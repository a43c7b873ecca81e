package io.pgstream.parse;

import java.util.List;
import java.util.Locale;

/** A piece of SQL text: a token, or what stands between a pair of brackets. */
sealed interface TextNode {

    /** The white space in front of it. */
    String space();

    /** What a token is. */
    enum Kind {
        WORD,
        QUOTED_IDENTIFIER,
        STRING,
        NUMBER,
        OPERATOR,
        PUNCTUATION
    }

    /** A token. */
    record Token(Kind kind, String text, String space) implements TextNode {

        /** PostgreSQL prints keywords in capitals, and quotes identifiers that have any. */
        boolean keyword() {
            return kind == Kind.WORD
                    && Character.isUpperCase(text.charAt(0))
                    && text.equals(text.toUpperCase(Locale.ROOT));
        }

        boolean identifier() {
            return kind == Kind.QUOTED_IDENTIFIER || (kind == Kind.WORD && !keyword());
        }
    }

    /** A pair of round or square brackets with its content. */
    record Group(char open, List<TextNode> content, String space, String closingSpace) implements TextNode {

        public Group {
            content = List.copyOf(content);
        }

        char close() {
            return (open == '(') ? ')' : ']';
        }

        boolean round() {
            return open == '(';
        }
    }

    /** Whether a node is this keyword, operator or punctuation. */
    default boolean is(String text) {
        return this instanceof Token token
                && token.kind() != Kind.STRING
                && token.kind() != Kind.QUOTED_IDENTIFIER
                && token.text().equals(text);
    }

    /** Whether a node is a keyword. */
    default boolean isKeyword() {
        return this instanceof Token token && token.keyword();
    }
}
