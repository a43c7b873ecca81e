package io.pgstream.parse;

import io.pgstream.parse.TextNode.Kind;
import io.pgstream.parse.TextNode.Token;
import java.util.regex.Pattern;
import net.sf.jsqlparser.parser.CCJSqlParserConstants;
import net.sf.jsqlparser.parser.CCJSqlParserTokenManager;
import net.sf.jsqlparser.parser.ParserKeywordsUtils;
import net.sf.jsqlparser.parser.SimpleCharStream;
import net.sf.jsqlparser.parser.StringProvider;

/** Identifiers that PostgreSQL prints and JSqlParser takes for something else. */
final class Identifier {

    private static final Pattern HARMLESS = Pattern.compile("\"[A-Za-z0-9_ ]+\"");

    private Identifier() {}

    static String masked(Token token) {
        return understood(token) ? token.text() : Masks.name(token.text());
    }

    private static boolean understood(Token token) {
        String text = token.text();
        if (Masks.isMask(Names.plain(text))) {
            return false;
        }
        if (token.kind() == Kind.QUOTED_IDENTIFIER) {
            return HARMLESS.matcher(text).matches();
        }
        return text.equals("true") || text.equals("false") || !reserved(text);
    }

    /** JSqlParser reserves other words than PostgreSQL, "long" and "value" for instance. */
    private static boolean reserved(String word) {
        int kind = new CCJSqlParserTokenManager(new SimpleCharStream(new StringProvider(word))).getNextToken().kind;
        return kind != CCJSqlParserConstants.S_IDENTIFIER && !ParserKeywordsUtils.isNonReservedKeyword(kind);
    }
}
