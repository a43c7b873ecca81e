package io.pgstream.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A SELECT that can be taken apart: written on one line, its parts separated by bars. */
record QueryBlock(
        List<String> items, String from, List<String> joins, List<String> where, String groupBy, List<String> having) {

    /** A relation in FROM under its alias. */
    record Source(String relation, String alias) {}

    private static final Pattern SOURCE = Pattern.compile(
            "(?:(?:INNER |LEFT |RIGHT |FULL )?JOIN )?((?:\"[^\"]+\"\\.)?(?:\"[^\"]+\"|\\w+)) (\\w+)(?: ON .*)?");

    static QueryBlock parse(String text) {
        String[] parts = text.split(" \\| ");
        List<String> joins = new ArrayList<>();
        List<String> where = new ArrayList<>();
        List<String> having = new ArrayList<>();
        String groupBy = "";
        for (String part : List.of(parts).subList(2, parts.length)) {
            if (part.startsWith("WHERE ")) {
                where.add(part.substring(6));
            } else if (part.startsWith("HAVING ")) {
                having.add(part.substring(7));
            } else if (part.startsWith("GROUP BY ")) {
                groupBy = part.substring(9);
            } else {
                joins.add(part);
            }
        }
        return new QueryBlock(list(parts[0].substring("SELECT ".length())), parts[1], joins, where, groupBy, having);
    }

    /** Splits at the commas outside of parentheses, brackets and quotes. */
    static List<String> list(String text) {
        List<String> elements = new ArrayList<>();
        int depth = 0;
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            quoted ^= c == '\'';
            depth += (c == '(' || c == '[') ? 1 : (c == ')' || c == ']') ? -1 : 0;
            if (c == ',' && depth == 0 && !quoted) {
                elements.add(text.substring(start, i).trim());
                start = i + 1;
            }
        }
        elements.add(text.substring(start).trim());
        return elements;
    }

    /** An item without its name. */
    static String expression(String item) {
        return item.replaceFirst(" AS (\"([^\"]|\"\")*\"|\\w+)$", "");
    }

    boolean grouped() {
        return !groupBy.isEmpty();
    }

    List<Source> sources() {
        List<Source> sources = new ArrayList<>();
        List<String> all = new ArrayList<>(joins);
        all.add(0, from);
        for (String part : all) {
            Matcher matcher = SOURCE.matcher(part);
            if (matcher.matches()) {
                sources.add(new Source(matcher.group(1), matcher.group(2)));
            }
        }
        return sources;
    }

    QueryBlock withItems(List<String> changed) {
        return new QueryBlock(changed, from, joins, where, groupBy, having);
    }

    QueryBlock withJoins(List<String> changed) {
        return new QueryBlock(items, from, changed, where, groupBy, having);
    }

    QueryBlock withWhere(List<String> changed) {
        return new QueryBlock(items, from, joins, changed, groupBy, having);
    }

    QueryBlock withGroups(List<String> newItems, String newGroupBy, List<String> newHaving) {
        return new QueryBlock(newItems, from, joins, where, newGroupBy, newHaving);
    }

    String sql() {
        StringBuilder sql = new StringBuilder("SELECT ").append(String.join(", ", items));
        sql.append(" FROM ").append(from);
        joins.forEach(join -> sql.append(' ').append(join));
        if (!where.isEmpty()) {
            sql.append(" WHERE (").append(String.join(") AND (", where)).append(')');
        }
        if (!groupBy.isEmpty()) {
            sql.append(" GROUP BY ").append(groupBy);
        }
        if (!having.isEmpty()) {
            sql.append(" HAVING (").append(String.join(") AND (", having)).append(')');
        }
        return sql.toString();
    }
}
