package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import io.pgstream.parse.TextNode.Kind;
import io.pgstream.parse.TextNode.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts SQL text into tokens by the rules of PostgreSQL, and nests them by their brackets. */
final class TextTree {

    private static final Pattern TOKEN = Pattern.compile(
            "(?<space>\\s*)(?:"
                    + "(?<string>[Ee]'[^'\\\\]*+(?:(?:''|\\\\.)[^'\\\\]*+)*+'|(?:[BbXx]|[Uu]&)?'[^']*+(?:''[^']*+)*+')"
                    + "|(?<quoted>\"[^\"]*+(?:\"\"[^\"]*+)*+\")"
                    + "|(?<number>[0-9]+(?:\\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|\\.[0-9]+)"
                    + "|(?<word>[\\p{L}_\\x01][\\p{L}\\p{N}_$\\x01\\x02]*)"
                    + "|(?<punctuation>::|:=|[.,:;])"
                    + "|(?<operator>[-+*/<>=~!@#%^&|`?]+)"
                    + "|(?<open>[(\\[])"
                    + "|(?<close>[)\\]]))",
            Pattern.DOTALL | Pattern.UNICODE_CHARACTER_CLASS);

    private final Matcher matcher;

    private final String text;

    private int at;

    private TextTree(String text) {
        this.text = text;
        this.matcher = TOKEN.matcher(text);
    }

    /**
     * The nodes of a text.
     *
     * @throws UnsupportedConstructException if it is not SQL
     */
    static List<TextNode> of(String text) {
        TextTree tree = new TextTree(text.stripTrailing());
        List<TextNode> nodes = new ArrayList<>();
        if (tree.read(nodes) != null) {
            throw notUnderstood();
        }
        return nodes;
    }

    static UnsupportedConstructException notUnderstood() {
        return new UnsupportedConstructException(
                "the parser does not understand its syntax",
                "Nothing is wrong with the query; it can be refreshed fully.");
    }

    /** Reads up to a closing bracket or the end; the space in front of the bracket, or {@code null} at the end. */
    private @org.jspecify.annotations.Nullable String read(List<TextNode> nodes) {
        while (at < text.length()) {
            if (!matcher.find(at) || matcher.start() != at) {
                throw notUnderstood();
            }
            at = matcher.end();
            String space = matcher.group("space");
            String open = matcher.group("open");
            if (matcher.group("close") != null) {
                return space;
            }
            nodes.add((open == null) ? token(space) : group(open.charAt(0), space));
        }
        return null;
    }

    private Group group(char open, String space) {
        List<TextNode> content = new ArrayList<>();
        String closing = read(content);
        Group group = new Group(open, content, space, (closing == null) ? "" : closing);
        if (closing == null || text.charAt(at - 1) != group.close()) {
            throw notUnderstood();
        }
        return group;
    }

    private Token token(String space) {
        String token = matcher.group().substring(space.length());
        Kind kind = Kind.PUNCTUATION;
        if (matcher.group("string") != null) {
            kind = Kind.STRING;
        } else if (matcher.group("quoted") != null) {
            kind = Kind.QUOTED_IDENTIFIER;
        } else if (matcher.group("number") != null) {
            kind = Kind.NUMBER;
        } else if (matcher.group("word") != null) {
            kind = Kind.WORD;
        } else if (matcher.group("operator") != null) {
            kind = Kind.OPERATOR;
        }
        return new Token(kind, token, space);
    }

    /** The parts between the commas; none for nothing. */
    static List<List<TextNode>> parts(List<TextNode> nodes) {
        List<List<TextNode>> parts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i).is(",")) {
                parts.add(nodes.subList(start, i));
                start = i + 1;
            }
        }
        if (!nodes.isEmpty()) {
            parts.add(nodes.subList(start, nodes.size()));
        }
        return parts;
    }

    /** The text of nodes as it was. */
    static String text(List<TextNode> nodes) {
        StringBuilder result = new StringBuilder();
        for (TextNode node : nodes) {
            result.append(node.space());
            if (node instanceof Token token) {
                result.append(token.text());
            } else if (node instanceof Group group) {
                result.append(group.open())
                        .append(text(group.content()))
                        .append(group.closingSpace())
                        .append(group.close());
            }
        }
        return result.toString();
    }
}
