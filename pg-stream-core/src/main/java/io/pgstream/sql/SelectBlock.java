package io.pgstream.sql;

import io.pgstream.plan.expr.Column;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One query block while it is being put together. */
final class SelectBlock {

    /** A bare constant, also in parentheses. */
    private static final Pattern CONSTANT = Pattern.compile(
            "\\(*(?:[-+]?\\s*[0-9][0-9.]*(?:e[-+]?[0-9]+)?|true|false|null|'(?:[^']|'')*')\\)*",
            Pattern.CASE_INSENSITIVE);

    private final Map<Column, String> columns = new LinkedHashMap<>();

    private final List<String> from = new ArrayList<>();

    private final List<String> where = new ArrayList<>();

    private final List<String> having = new ArrayList<>();

    private @Nullable List<String> groupBy;

    private boolean subquery;

    SelectBlock from(String item) {
        from.add(item);
        return this;
    }

    SelectBlock columns(List<Column> newColumns, Function<Column, String> text) {
        newColumns.forEach(column -> columns.put(column, text.apply(column)));
        return this;
    }

    void column(Column column, String text, boolean atomic) {
        columns.put(column, atomic ? text : "(" + text + ")");
    }

    String text(Column column) {
        String text = columns.get(column);
        if (text == null) {
            throw new IllegalStateException("The column " + column + " is not in reach of " + columns.keySet());
        }
        return text;
    }

    void forgetColumns() {
        columns.clear();
    }

    void condition(String condition) {
        (grouped() ? having : where).add(condition);
    }

    void group(List<String> keys) {
        groupBy = List.copyOf(keys);
    }

    boolean grouped() {
        return groupBy != null;
    }

    SelectBlock merge(SelectBlock other) {
        columns.putAll(other.columns);
        from.addAll(other.from);
        where.addAll(other.where);
        subquery |= other.subquery;
        return this;
    }

    /** This block with one FROM item, which joins all that were there with those of another block. */
    SelectBlock joined(String item, SelectBlock other) {
        from.clear();
        from.add(item);
        columns.putAll(other.columns);
        return this;
    }

    /** The FROM items as one operand of a join. */
    String crossJoined() {
        return (from.size() == 1) ? from.get(0) : "(" + String.join(" CROSS JOIN ", from) + ")";
    }

    List<String> conditions() {
        return List.copyOf(where);
    }

    void holdsSubquery() {
        subquery = true;
    }

    /** Whether the text of a column can hold a subquery. */
    boolean hasSubquery() {
        return subquery;
    }

    String select(List<Column> output) {
        return select(output, output);
    }

    /** The block as text, with the columns named after other ones. */
    String select(List<Column> output, List<Column> names) {
        StringBuilder sql = new StringBuilder("SELECT");
        for (int i = 0; i < output.size(); i++) {
            String name = names.get(i).sqlName();
            sql.append(i == 0 ? " " : ", ")
                    .append(text(output.get(i)))
                    .append(" AS ")
                    .append(name);
        }
        if (!from.isEmpty()) {
            sql.append(" FROM ").append(String.join(", ", from));
        }
        append(sql, " WHERE ", where, " AND ");
        if (groupBy != null) {
            append(sql, " GROUP BY ", groupBy.stream().map(SelectBlock::key).toList(), ", ");
        }
        append(sql, " HAVING ", having, " AND ");
        return sql.toString();
    }

    /** PostgreSQL takes a bare number for a position of the select list, and refuses other bare constants. */
    private static String key(String text) {
        return CONSTANT.matcher(text).matches() ? "COALESCE(" + text + ")" : text;
    }

    private static void append(StringBuilder sql, String keyword, List<String> parts, String separator) {
        if (!parts.isEmpty()) {
            sql.append(keyword).append(String.join(separator, parts));
        }
    }
}
