package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import io.pgstream.parse.TextNode.Token;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names that stand for SQL which JSqlParser does not read: they hold what they stand for in hexadecimal digits, so that it
 * can be put back wherever they turn up. A mask that is left in a statement by mistake is a name that does not exist.
 *
 * <pre>
 * (a ?| b)           pgs_call_2800203f7c200029(a, b)
 * "it""s"            pgs_name_22697422227322
 * E'\\'              pgs_call_45275c5c27()
 * x::my."Type"       x::pgs_name_6d792e225479706522
 * </pre>
 */
final class Masks {

    /** Where an operand stands in a template. */
    static final char PLACE = '\u0000';

    /** Stands in front of each name of a column. */
    private static final char NAMES = '\u0003';

    private static final String CALL = "pgs_call_";

    /** The function that stands for the columns of a query that selects none. */
    static final String NO_COLUMN = CALL;

    private static final String ROWS = "pgs_rows_";

    private static final String VALUES = "pgs_vals_";

    /** JSqlParser does not print VALUES back as it was: it is masked as a query of a function. */
    private static final String VALUES_QUERY = "SELECT * FROM ";

    private static final String NAME = "pgs_name_";

    private static final String AGGREGATE = "pgs_aggr_";

    private static final String QUANTIFIED = "pgs_quan_";

    private static final String GROUPING = "pgs_sets_";

    /** JSqlParser does not know windows that start from another one: the name of that stands in PARTITION BY. */
    private static final String WINDOW = "pgs_wind_";

    private static final String PARTITION_BY = "PARTITION BY ";

    /** An aggregate of a query around the one that it stands in. */
    private static final String OUTER = "pgs_outr_";

    private static final List<String> TEMPLATES = List.of(CALL, ROWS, VALUES, AGGREGATE, QUANTIFIED, GROUPING);

    private Masks() {}

    private static String encoded(String prefix, String text) {
        return prefix + HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String decoded(String mask) {
        String digits = mask.substring(CALL.length());
        return new String(HexFormat.of().parseHex(digits), StandardCharsets.UTF_8);
    }

    /** The function that stands for an expression with places for operands. */
    static String call(String template) {
        return encoded(CALL, template);
    }

    /** The function that stands for a row source with places for operands, and the names that its columns have. */
    static String rows(String template, List<String> names) {
        return encoded(ROWS, template + NAMES + String.join(String.valueOf(NAMES), names));
    }

    /** The name that stands for an identifier or the name of a type. */
    static String name(String text) {
        return encoded(NAME, text);
    }

    static boolean isMask(String name) {
        return isTemplate(name) || name.startsWith(NAME) || name.startsWith(WINDOW);
    }

    private static boolean isTemplate(String name) {
        return TEMPLATES.stream().anyMatch(name::startsWith);
    }

    /** The aggregate that stands for a call with places for operands. */
    static String aggregate(String template) {
        return encoded(AGGREGATE, template);
    }

    /** The function that stands in a subquery for an aggregate of a query around it. */
    static String outer(String function) {
        return encoded(OUTER, function);
    }

    static boolean isOuter(String function) {
        return function.startsWith(OUTER);
    }

    /** What such an aggregate is called. */
    static String outerName(String function) {
        return decoded(function);
    }

    static boolean isAggregate(String function) {
        return function.startsWith(AGGREGATE);
    }

    /** The function that stands for a comparison of its first operand with a subquery, the second one. */
    static String quantified(String operator) {
        return encoded(QUANTIFIED, "(" + PLACE + " " + operator + " " + PLACE + ")");
    }

    static boolean isQuantified(@Nullable String function) {
        return function != null && function.startsWith(QUANTIFIED);
    }

    /** The operator and the quantifier of such a comparison. */
    static String quantifiedOperator(String function) {
        String template = decoded(function);
        return template.substring(2, template.length() - 2).strip();
    }

    /** The function that stands for a GROUP BY with places for the keys. */
    static String grouping(String template) {
        return encoded(GROUPING, template);
    }

    static boolean isGrouping(String function) {
        return function.startsWith(GROUPING);
    }

    /** The template of a GROUP BY. */
    static String groupingTemplate(String function) {
        return decoded(function);
    }

    /** The start of a window that is defined by another one. */
    static String window(String name) {
        return PARTITION_BY + encoded(WINDOW, name);
    }

    /** The name of the window that another one starts from; {@code null} for a column. */
    static @Nullable String windowName(String column) {
        return column.startsWith(WINDOW) ? decoded(column) : null;
    }

    static boolean isCall(String name) {
        return name.startsWith(CALL);
    }

    /** The template of a call. */
    static String callTemplate(String function) {
        return decoded(function);
    }

    /** The query that stands for VALUES. */
    static String values(String template, List<String> names) {
        return VALUES_QUERY + encoded(VALUES, template + NAMES + String.join(String.valueOf(NAMES), names));
    }

    static boolean isValues(@Nullable String function) {
        return function != null && function.startsWith(VALUES);
    }

    static boolean isRows(@Nullable String function) {
        return function != null && function.startsWith(ROWS);
    }

    /** The template of a row source. */
    static String rowsTemplate(String function) {
        return template(decoded(function));
    }

    /** The names of the columns of a row source, where no alias has to give them. */
    static List<String> rowsNames(String function) {
        String text = decoded(function);
        String names = text.substring(text.indexOf(NAMES) + 1);
        return names.isEmpty() ? List.of() : List.of(names.split(String.valueOf(NAMES)));
    }

    private static String template(String decoded) {
        int names = decoded.indexOf(NAMES);
        return (names < 0) ? decoded : decoded.substring(0, names);
    }

    /** An identifier or the name of a type as it was. */
    static String unmaskedName(String name) {
        return name.startsWith(NAME) ? decoded(name) : name;
    }

    /** The text with everything put back. */
    static String unmasked(String text) {
        return text.contains("pgs_")
                ? unmasked(TextTree.of(text))
                        .replace(VALUES_QUERY + VALUES, "VALUES ")
                        .replace(PARTITION_BY + WINDOW, "")
                : text;
    }

    private static String unmasked(List<TextNode> nodes) {
        StringBuilder result = new StringBuilder();
        for (int i = 0; i < nodes.size(); i++) {
            TextNode node = nodes.get(i);
            result.append(node.space());
            if (node instanceof Group group) {
                result.append(group.open())
                        .append(unmasked(group.content()))
                        .append(group.closingSpace())
                        .append(group.close());
            } else if (node instanceof Token token) {
                if (isTemplate(token.text()) && i + 1 < nodes.size() && nodes.get(i + 1) instanceof Group arguments) {
                    result.append(isValues(token.text()) ? VALUES : "")
                            .append(filled(decoded(token.text()), arguments.content()));
                    i++;
                } else if (token.text().startsWith(WINDOW)) {
                    result.append(WINDOW).append(decoded(token.text()));
                } else {
                    result.append(unmaskedName(token.text()));
                }
            }
        }
        return result.toString();
    }

    private static String filled(String decoded, List<TextNode> arguments) {
        String template = template(decoded);
        List<String> operands = TextTree.parts(arguments).stream()
                .map(part -> unmasked(part).strip())
                .toList();
        StringBuilder result = new StringBuilder();
        int next = 0;
        for (char c : template.toCharArray()) {
            result.append((c == PLACE) ? operands.get(next++) : String.valueOf(c));
        }
        if (next != operands.size()) {
            throw new IllegalStateException("A template has other operands than places");
        }
        return result.toString();
    }
}
