package io.pgstream.parse;

import io.pgstream.plan.ColumnFactory;
import java.util.Map;
import net.sf.jsqlparser.JSQLParserException;
import net.sf.jsqlparser.parser.CCJSqlParser;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import net.sf.jsqlparser.parser.ParseException;
import net.sf.jsqlparser.statement.Statement;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.util.deparser.StatementDeParser;

/**
 * Turns canonical text into an operator tree. Text that JSqlParser reads, but prints back with another meaning, counts as
 * not understood.
 *
 * @since 0.1.0
 */
public final class QueryParser {

    private static final String NOT_UNDERSTOOD = "Nothing is wrong with the query; it can be refreshed fully.";

    private final ParserInput input;

    public QueryParser(ParserInput input) {
        this.input = input;
    }

    /**
     * Parses a query.
     *
     * @param canonicalText the query as {@code pg_get_viewdef} prints it
     * @param outerAggregates how many aggregates in its subqueries are those of a query around them
     * @throws UnsupportedConstructException if a construct has no operator
     */
    public ParsedQuery parse(String canonicalText, int outerAggregates) {
        ColumnFactory factory = new ColumnFactory(1);
        SelectParser parser = new SelectParser(input, factory, this::select);
        Select select = select(canonicalText);
        if (outerAggregates > 0
                && OuterAggregates.mask(select, input.functions().aggregates()) != outerAggregates) {
            throw OuterAggregates.refused();
        }
        SelectParser.Block block = parser.parse(select, Map.of());
        return new ParsedQuery(block.operator(), block.names(), factory.next());
    }

    private Select select(String text) {
        String canonicalText = withoutAliases(withoutPaths(text));
        Select select = read(canonicalText);
        StringBuilder printed = new StringBuilder();
        select.accept(new StatementDeParser(printed), null);
        if (!input.sameMeaning(canonicalText, Masks.unmasked(printed.toString()))) {
            throw new UnsupportedConstructException("the parser does not understand all of its syntax", NOT_UNDERSTOOD);
        }
        return select;
    }

    /** The same query with its SEARCH and CYCLE clauses written out. */
    private String withoutPaths(String canonicalText) {
        String text = SearchAndCycle.without(canonicalText);
        String again = text.equals(canonicalText) ? text : input.canonical(text);
        if (again == null) {
            throw SearchAndCycle.refused(
                    "a SEARCH or CYCLE clause makes a column of records, which no table can have, of columns of which there are"
                            + " no arrays, or is used in an unusual way");
        }
        return again;
    }

    /** The same query without aliases of joins, as PostgreSQL prints it. */
    private String withoutAliases(String canonicalText) {
        String text = JoinAliases.without(canonicalText);
        if (text.equals(canonicalText)) {
            return text;
        }
        String again = input.canonical(text);
        if (again == null) {
            throw new UnsupportedConstructException(
                    "a join has an alias, and its whole row is used or something in it refers to what is in front of it",
                    "Give aliases to tables only, and name the columns.");
        }
        return again;
    }

    private static Select read(String canonicalText) {
        try {
            CCJSqlParser parser =
                    CCJSqlParserUtil.newParser(Masker.masked(canonicalText)).withAllowComplexParsing(true);
            Statement statement = parser.Statement();
            if (statement instanceof Select select) {
                return select;
            }
            throw new UnsupportedConstructException("it is not a SELECT for the parser", NOT_UNDERSTOOD);
        } catch (ParseException | RuntimeException e) {
            if (e instanceof UnsupportedConstructException unsupported) {
                throw unsupported;
            }
            throw new UnsupportedConstructException("the parser does not understand its syntax", NOT_UNDERSTOOD);
        }
    }

    static {
        // Loads the parser's tables now rather than in the first request.
        try {
            CCJSqlParserUtil.parse("SELECT 1");
        } catch (JSQLParserException e) {
            throw new IllegalStateException(e);
        }
    }
}
