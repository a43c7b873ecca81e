package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import io.pgstream.parse.TextNode.Kind;
import io.pgstream.parse.TextNode.Token;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.sf.jsqlparser.expression.Function;
import org.jspecify.annotations.Nullable;

/**
 * What SQL calls to read the clock. PostgreSQL prints some of it as keywords, which JSqlParser does not know all: they are
 * masked as calls. All of it means the time of the refresh, {@code statement_timestamp()} as well: a refresh has several
 * statements, and they must agree.
 */
final class ClockFunctions {

    /** Stands for the clock in a marked text. */
    static final String MARK = "\u0001now\u0002";

    private static final Set<String> FUNCTIONS = Set.of("now", "transaction_timestamp", "statement_timestamp");

    /** The type of each keyword's value. */
    private static final Map<String, String> KEYWORDS = Map.of(
            "CURRENT_DATE", "date",
            "CURRENT_TIME", "timetz",
            "CURRENT_TIMESTAMP", "timestamptz",
            "LOCALTIME", "time",
            "LOCALTIMESTAMP", "timestamp");

    private ClockFunctions() {}

    static boolean keyword(Token token) {
        return KEYWORDS.containsKey(token.text());
    }

    /** The mask of a keyword and of the precision behind it. */
    static String masked(Token keyword, TextCursor cursor) {
        String precision = cursor.seesGroup(0, '(')
                ? TextTree.text(((Group) cursor.next()).content()).strip()
                : "";
        String text = keyword.text() + (precision.isEmpty() ? "" : "(" + precision + ")");
        return keyword.space() + Masks.call(text) + "()";
    }

    /** The marked text of a call, or {@code null} if it does not read the clock. */
    static @Nullable String marked(String function) {
        if (FUNCTIONS.contains(FunctionName.of(function))) {
            return MARK;
        }
        String text = Masks.isCall(function) ? Masks.callTemplate(function) : "";
        int precision = text.indexOf('(');
        String type = KEYWORDS.get((precision < 0) ? text : text.substring(0, precision));
        if (type == null) {
            return null;
        }
        return "(" + MARK + "::" + type + (precision < 0 ? "" : text.substring(precision)) + ")";
    }

    /** Whether a call is {@code age(x)}, which means {@code age(CURRENT_DATE, x)}. */
    static boolean isAge(Function function) {
        return FunctionName.of(function.getName()).equals("age")
                && function.getParameters() != null
                && function.getParameters().size() == 1;
    }

    static String markedAge(String argument) {
        return "age((" + MARK + "::date), " + argument + ")";
    }

    private static boolean called(String word) {
        return FUNCTIONS.contains(word) || KEYWORDS.containsKey(word);
    }

    /** Whether a text calls one of them by its plain name. */
    static boolean in(List<TextNode> nodes) {
        for (int i = 0; i < nodes.size(); i++) {
            TextNode node = nodes.get(i);
            if (node instanceof Group group && in(group.content())) {
                return true;
            }
            boolean qualified = i > 0 && nodes.get(i - 1).is(".");
            if (!qualified && node instanceof Token token && token.kind() == Kind.WORD && called(token.text())) {
                return true;
            }
        }
        return false;
    }
}
