package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import io.pgstream.parse.TextNode.Kind;
import io.pgstream.parse.TextNode.Token;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.plan.expr.Template;
import io.pgstream.sql.Identifiers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.sf.jsqlparser.statement.select.Select;
import org.jspecify.annotations.Nullable;

/**
 * Rows of FROM items that are used as one value, {@code t.*} in canonical text, where no star means anything else behind a
 * point. The star becomes the name of one more column of the item, so that it is NULL where an outer join finds no row.
 */
final class WholeRows {

    /** The name of the column. */
    static final String NAME = "*";

    /** A number of 100,000 digits is one word as well, and is read once only. */
    private static final Pattern USE =
            Pattern.compile("(\\b\\w++|\"(?:[^\"]++|\"\")++\")\\." + Masks.name(NAME) + "\\b");

    /** What is called present of a row that exists only inside of expressions; no column has such a name. */
    static final String PRESENT = "*present";

    static final WholeRows NONE = new WholeRows(Set.of());

    /** A row without a named type; the alias is no name that the row could have. */
    private static final String RECORD = "pgstream_row";

    private final Set<String> aliases;

    private WholeRows(Set<String> aliases) {
        this.aliases = Set.copyOf(aliases);
    }

    /** The same nodes with a name for each star behind a point. */
    static List<TextNode> named(List<TextNode> nodes) {
        List<TextNode> result = new ArrayList<>();
        for (TextNode node : nodes) {
            boolean star = node.is("*")
                    && !result.isEmpty()
                    && result.get(result.size() - 1).is(".");
            if (star) {
                result.add(new Token(Kind.WORD, Masks.name(NAME), node.space()));
            } else if (node instanceof Group group) {
                result.add(new Group(group.open(), named(group.content()), group.space(), group.closingSpace()));
            } else {
                result.add(node);
            }
        }
        return result;
    }

    /** The items whose rows are used anywhere in a query. */
    static WholeRows of(Select select) {
        Set<String> aliases = new HashSet<>();
        Matcher uses = USE.matcher(select.toString());
        while (uses.find()) {
            aliases.add(Names.plain(uses.group(1)));
        }
        return new WholeRows(aliases);
    }

    boolean use(String alias) {
        return aliases.contains(alias);
    }

    /**
     * An item with one column more, the last: its row, or, where that would have no type, whether there is one.
     *
     * @param names what its columns are called
     * @param type the type of its rows as SQL writes it, or {@code null} for a record
     */
    Operator attach(
            Operator item,
            List<String> names,
            List<Column> columns,
            @Nullable String type,
            ParserInput input,
            ColumnFactory factory) {
        if (names.contains(NAME) || Set.copyOf(names).size() < names.size()) {
            throw new UnsupportedConstructException(
                    "it uses a whole row of which the names of the columns are not plain",
                    "Give each column a name of its own.");
        }
        Column row = (type == null) ? present(factory) : factory.create("row", ColumnBinding.UNKNOWN, true, null);
        Expression value = (type == null) ? Template.text("true") : row(columns, type);
        if (type != null) {
            SqlType known = input.types(new Project(List.of(new NamedExpression(row, value)), item))
                    .get(0);
            row = new Column(row.id(), "row", known, true, null);
        }
        List<NamedExpression> items = new ArrayList<>();
        item.output().forEach(column -> items.add(new NamedExpression(column, new ColumnReference(column))));
        items.add(new NamedExpression(row, value));
        return new Project(items, item);
    }

    private static Column present(ColumnFactory factory) {
        return factory.create("present", MarkJoin.BOOLEAN, false, null);
    }

    private static Expression row(List<Column> columns, String type) {
        List<String> fragments = new ArrayList<>();
        columns.forEach(column -> fragments.add(fragments.isEmpty() ? "ROW(" : ", "));
        fragments.add(")::" + type);
        return new Template(
                fragments,
                columns.stream().<Expression>map(ColumnReference::new).toList());
    }

    /**
     * A row of a subquery as a value: it exists only inside of an expression.
     *
     * @param columns the columns by their names
     * @param present whether there is a row
     */
    static String record(Map<String, Column> columns, Column present, Function<Column, String> mark) {
        String fields = columns.entrySet().stream()
                .map(column -> mark.apply(column.getValue()) + " AS " + Identifiers.quote(column.getKey()))
                .collect(Collectors.joining(", "));
        return "(CASE WHEN " + mark.apply(present) + " THEN (SELECT " + RECORD + " FROM (SELECT " + fields + ") AS "
                + RECORD + ") END)";
    }
}
