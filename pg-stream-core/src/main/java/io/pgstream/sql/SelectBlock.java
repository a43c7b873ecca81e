package io.pgstream.sql;

import io.pgstream.plan.expr.Column;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One query block while it is being put together. */
final class SelectBlock {

    /** A bare constant, also in parentheses. */
    private static final Pattern CONSTANT = Pattern.compile(
            "\\(*(?:[-+]?\\s*[0-9][0-9.]*(?:e[-+]?[0-9]+)?|true|false|null|'(?:[^']|'')*')\\)*",
            Pattern.CASE_INSENSITIVE);

    private final Map<Column, String> columns = new LinkedHashMap<>();

    /** From as many items on, PostgreSQL by default tries orders at random, of which those of a long chain of laterals are hardly ever one. */
    private static final int MANY = 12;

    private final List<String> from = new ArrayList<>();

    /** Those of the items that are joins. */
    private final Set<String> joins = new HashSet<>();

    private final List<String> where = new ArrayList<>();

    private final List<String> having = new ArrayList<>();

    private @Nullable List<String> groupBy;

    private boolean subquery;

    SelectBlock from(String item) {
        from.add(item);
        return this;
    }

    /** An item that is a join itself. */
    SelectBlock fromJoin(String join) {
        joins.add(join);
        return from(join);
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
        joins.addAll(other.joins);
        where.addAll(other.where);
        subquery |= other.subquery;
        return this;
    }

    /** This block with one FROM item, which joins all that were there with those of another block. */
    SelectBlock joined(String item, SelectBlock other) {
        from.clear();
        joins.clear();
        columns.putAll(other.columns);
        return fromJoin(item);
    }

    /** The FROM items as one operand of a join. */
    String crossJoined() {
        return (from.size() == 1) ? from.get(0) : "(" + product() + ")";
    }

    /** Without the parentheses, a full join would be one of all that stands before it. */
    private String product() {
        return from.stream()
                .map(item -> joins.contains(item) ? "(" + item + ")" : item)
                .collect(Collectors.joining(" CROSS JOIN "));
    }

    /** A long chain is written as joins: these are planned in their order, a few at a time. */
    private String items() {
        boolean chain = from.size() >= MANY && from.stream().anyMatch(item -> item.startsWith("LATERAL "));
        return chain ? product() : String.join(", ", from);
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
            sql.append(" FROM ").append(items());
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
