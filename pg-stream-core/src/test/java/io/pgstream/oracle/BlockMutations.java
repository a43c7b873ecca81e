package io.pgstream.oracle;

import io.pgstream.oracle.ApplicationCatalog.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Changes a query from within, as somebody does who tries things out; what PostgreSQL does not accept is thrown away. */
final class BlockMutations {

    private static final Pattern CONSTANT =
            Pattern.compile("(?<![\\w.'\"\\[])(\\d+(?:\\.\\d+)?|'[^']*')(?![\\w.'\"\\]])");

    private static final List<String> JOINS = List.of("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN");

    private static final List<String> COMPARISONS = List.of("=", "=", "=", "<", ">=", "<>", "IS NOT DISTINCT FROM");

    private final Random random;

    private final ApplicationCatalog catalog;

    private int aliases;

    BlockMutations(Random random, ApplicationCatalog catalog) {
        this.random = random;
        this.catalog = catalog;
    }

    QueryBlock mutated(QueryBlock block) {
        List<Column> scope = catalog.scope(block);
        if (scope.isEmpty()) {
            return block;
        }
        return switch (random.nextInt(14)) {
            case 0, 1 -> otherJoin(block);
            case 2 -> withoutJoin(block);
            case 3, 4 -> withJoin(block, scope);
            case 5 -> otherCondition(block, scope);
            case 6, 7 -> withCondition(block, condition(scope, 1));
            case 8 -> constantComputed(block, scope);
            case 9, 10 -> otherItem(block, scope);
            case 11 -> withItem(block, scope);
            default -> block.grouped() ? otherGroups(block, scope) : grouped(block, scope);
        };
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private QueryBlock otherJoin(QueryBlock block) {
        if (block.joins().isEmpty()) {
            return block;
        }
        List<String> joins = new ArrayList<>(block.joins());
        int i = random.nextInt(joins.size());
        joins.set(i, joins.get(i).replaceFirst("^(LEFT |RIGHT |FULL )?JOIN", pick(JOINS)));
        return block.withJoins(joins);
    }

    private QueryBlock withoutJoin(QueryBlock block) {
        if (block.joins().isEmpty()) {
            return block;
        }
        List<String> joins = new ArrayList<>(block.joins());
        joins.remove(joins.size() - 1);
        return block.withJoins(joins);
    }

    private QueryBlock withJoin(QueryBlock block, List<Column> scope) {
        String alias = "z" + (++aliases);
        String relation = random.nextInt(3) == 0 && !block.sources().isEmpty()
                ? pick(block.sources()).relation()
                : catalog.any(random);
        List<Column> columns = catalog.columns(relation, alias);
        String on = match(scope, columns);
        List<String> joins = new ArrayList<>(block.joins());
        if (random.nextInt(5) == 0) {
            String inner = "SELECT " + alias + ".* FROM " + relation + " " + alias + " WHERE " + on + " ORDER BY "
                    + order(columns) + " LIMIT " + (1 + random.nextInt(3));
            joins.add((random.nextBoolean() ? "LEFT" : "INNER") + " JOIN LATERAL (" + inner + ") AS " + alias
                    + " ON true");
        } else {
            joins.add(pick(JOINS) + " " + relation + " " + alias + " ON " + on
                    + (random.nextInt(4) == 0 ? " AND " + condition(columns, 0) : ""));
        }
        List<String> items = new ArrayList<>(block.items());
        if (!block.grouped()) {
            items.add(pick(columns).sql() + " AS " + alias + "x");
        }
        return block.withJoins(joins).withItems(items);
    }

    /** An equality of columns of one type. */
    private String match(List<Column> left, List<Column> right) {
        List<String> matches = new ArrayList<>();
        for (Column a : left) {
            for (Column b : right) {
                if (a.type().equals(b.type()) && a.comparable()) {
                    matches.add(a.sql() + " " + pick(COMPARISONS) + " " + b.sql());
                }
            }
        }
        return matches.isEmpty() ? "true" : pick(matches);
    }

    /** All columns, so that no two rows that differ are in any order. */
    String order(List<Column> columns) {
        return columns.stream()
                .map(column -> (column.comparable() ? column.sql() : column.sql() + "::text")
                        + (random.nextInt(3) == 0 ? " DESC" : "")
                        + (random.nextInt(4) == 0 ? " NULLS FIRST" : ""))
                .collect(Collectors.joining(", "));
    }

    private QueryBlock otherCondition(QueryBlock block, List<Column> scope) {
        if (block.where().isEmpty()) {
            return withCondition(block, condition(scope, 1));
        }
        List<String> where = new ArrayList<>(block.where());
        int i = random.nextInt(where.size());
        String old = where.get(i);
        where.set(
                i,
                switch (random.nextInt(5)) {
                    case 0 -> "NOT (" + old + ")";
                    case 1 -> "(" + old + ") IS NOT TRUE";
                    case 2 -> "(" + old + ") OR " + condition(scope, 1);
                    case 3 -> "CASE WHEN " + condition(scope, 1) + " THEN " + old + " END";
                    default -> "true";
                });
        return block.withWhere(where);
    }

    private static QueryBlock withCondition(QueryBlock block, String condition) {
        List<String> where = new ArrayList<>(block.where());
        where.add(condition);
        return block.withWhere(where);
    }

    /** A condition over columns; {@code depth} says whether it may have a subquery. */
    String condition(List<Column> scope, int depth) {
        Column column = pick(scope);
        if (depth > 0 && random.nextInt(3) > 0) {
            return subquery(scope, column, depth - 1);
        }
        if (!column.comparable()) {
            return column.sql() + " IS NOT NULL";
        }
        Column other = pick(scope);
        return switch (random.nextInt(5)) {
            case 0 -> column.sql() + " IS NULL";
            case 1 -> column.sql() + " IS DISTINCT FROM " + (other.type().equals(column.type()) ? other.sql() : "NULL");
            case 2 -> column.number() ? column.sql() + " BETWEEN 1 AND 10" : column.sql() + " IS NOT NULL";
            case 3 -> column.text() ? column.sql() + " > 'b'" : column.number() ? column.sql() + " <> 2" : "true";
            default ->
                other.type().equals(column.type())
                        ? column.sql() + " <= " + other.sql()
                        : column.sql() + " IS NOT NULL";
        };
    }

    private String subquery(List<Column> scope, Column column, int depth) {
        String alias = "s" + (++aliases);
        String relation = catalog.any(random);
        List<Column> columns = catalog.columns(relation, alias);
        List<Column> same =
                columns.stream().filter(it -> it.type().equals(column.type())).toList();
        String correlated = match(scope, columns) + (random.nextBoolean() ? " AND " + condition(columns, depth) : "");
        String from = " FROM " + relation + " " + alias + " WHERE ";
        if (same.isEmpty() || !column.comparable() || random.nextInt(3) == 0) {
            String negation = random.nextBoolean() ? "NOT " : "";
            return switch (random.nextInt(4)) {
                case 0 -> "(SELECT count(*)" + from + correlated + ") " + (random.nextBoolean() ? "> 1" : "= 0");
                case 1 -> negation + "EXISTS (SELECT 1" + from + correlated + " HAVING count(*) > 1)";
                default -> negation + "EXISTS (SELECT FROM " + relation + " " + alias + " WHERE " + correlated + ")";
            };
        }
        String value = pick(same).sql();
        String where = random.nextBoolean() ? correlated : condition(columns, depth);
        return switch (random.nextInt(6)) {
            case 0 -> column.sql() + " IN (SELECT " + value + from + where + ")";
            case 1 -> column.sql() + " NOT IN (SELECT " + value + from + where + ")";
            case 2 -> column.sql() + " >= ALL (SELECT " + value + from + where + ")";
            case 3 -> column.sql() + " < ANY (SELECT " + value + from + where + ")";
            case 4 -> column.sql() + " = (SELECT max(" + value + ")" + from + where + ")";
            default ->
                "(" + column.sql() + ", 1) " + (random.nextBoolean() ? "NOT " : "") + "IN (SELECT " + value + ", 1"
                        + from + where + ")";
        };
    }

    private QueryBlock constantComputed(QueryBlock block, List<Column> scope) {
        if (block.where().isEmpty()) {
            return withCondition(block, condition(scope, 1));
        }
        List<String> where = new ArrayList<>(block.where());
        int i = random.nextInt(where.size());
        Matcher constant = CONSTANT.matcher(where.get(i));
        String alias = "s" + (++aliases);
        String relation = catalog.any(random);
        List<Column> columns = catalog.columns(relation, alias);
        Column column = pick(columns);
        String value = "(SELECT " + (random.nextBoolean() ? "max(" : "min(") + column.sql() + ") FROM " + relation + " "
                + alias + (random.nextBoolean() ? " WHERE " + match(scope, columns) : "") + ")";
        where.set(i, constant.replaceFirst(Matcher.quoteReplacement(value)));
        return block.withWhere(where);
    }

    private QueryBlock otherItem(QueryBlock block, List<Column> scope) {
        List<String> items = new ArrayList<>(block.items());
        int i = random.nextInt(items.size());
        String old = QueryBlock.expression(items.get(i));
        boolean calls = block.grouped();
        String other = QueryBlock.expression(pick(items));
        String changed = switch (random.nextInt(6)) {
            case 0 -> "CASE WHEN " + (block.grouped() ? "count(*) > 1" : condition(scope, 1)) + " THEN " + old + " END";
            case 1 -> "coalesce(" + old + ", " + other + ")";
            case 2 -> "nullif(" + old + ", " + other + ")";
            case 3 -> "greatest(" + old + ", " + other + ")";
            case 4 -> old + " IS NOT DISTINCT FROM " + other;
            default ->
                calls
                        ? "(" + old + ")"
                        : "(SELECT " + old + (random.nextBoolean() ? " WHERE " + other + " IS NOT NULL)" : ")");
        };
        items.set(i, changed + " AS m" + i);
        return block.withItems(items);
    }

    private QueryBlock withItem(QueryBlock block, List<Column> scope) {
        List<String> items = new ArrayList<>(block.items());
        String alias = "s" + (++aliases);
        String relation = catalog.any(random);
        List<Column> columns = catalog.columns(relation, alias);
        Column column = pick(columns);
        String from = " FROM " + relation + " " + alias + " WHERE " + match(scope, columns);
        items.add(
                block.grouped()
                        ? aggregate(scope)
                        : switch (random.nextInt(4)) {
                            case 0 -> "(SELECT " + aggregate(columns) + from + ")";
                            case 1 -> "EXISTS (SELECT" + from + ")";
                            case 2 ->
                                "(SELECT " + column.sql() + from + " ORDER BY " + order(columns) + " LIMIT 1"
                                        + (random.nextInt(3) == 0 ? " OFFSET 1" : "") + ")";
                            default -> pick(scope).sql();
                        });
        items.set(items.size() - 1, items.get(items.size() - 1) + " AS i" + items.size());
        return block.withItems(items);
    }

    /** A call that does not depend on the order of its rows, also with floats. */
    String aggregate(List<Column> scope) {
        Column column = pick(scope);
        String filter = random.nextInt(4) == 0 ? " FILTER (WHERE " + condition(scope, 0) + ")" : "";
        if (!column.comparable() || random.nextInt(5) == 0) {
            return "count(" + (random.nextBoolean() ? "*" : column.sql()) + ")" + filter;
        }
        if (column.number() && !column.floating() && random.nextBoolean()) {
            String distinct = random.nextInt(4) == 0 ? "DISTINCT " : "";
            return pick(List.of("sum(", "avg(", "sum(")) + distinct + column.sql() + ")" + filter;
        }
        return switch (random.nextInt(4)) {
            case 0 -> "count(DISTINCT " + column.sql() + ")" + filter;
            case 1 -> "array_agg(" + column.sql() + " ORDER BY " + column.sql() + ")" + filter;
            case 2 -> "max(" + column.sql() + ")" + filter;
            default -> "min(" + column.sql() + ")" + filter;
        };
    }

    private QueryBlock grouped(QueryBlock block, List<Column> scope) {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(2); i++) {
            keys.add(QueryBlock.expression(pick(block.items())));
        }
        List<String> items = new ArrayList<>();
        keys.stream().distinct().forEach(key -> items.add(key + " AS g" + items.size()));
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
            items.add(aggregate(scope) + " AS a" + i);
        }
        String groupBy = String.join(", ", keys.stream().distinct().toList());
        List<String> having = random.nextInt(3) == 0 ? List.of(having(scope)) : List.of();
        return block.withGroups(items, groupBy, having);
    }

    private String having(List<Column> scope) {
        return switch (random.nextInt(4)) {
            case 0 -> "count(*) > " + random.nextInt(4);
            case 1 -> aggregate(scope) + " IS NOT NULL";
            case 2 -> "count(*) <= (SELECT count(*) FROM " + catalog.any(random) + ")";
            default -> "count(*) FILTER (WHERE " + condition(scope, 0) + ") % 2 = 1";
        };
    }

    private QueryBlock otherGroups(QueryBlock block, List<Column> scope) {
        List<String> keys = QueryBlock.list(block.groupBy());
        String all = String.join(", ", keys);
        List<String> having = new ArrayList<>(block.having());
        if (random.nextBoolean()) {
            having.add(having(scope));
        }
        String changed = switch (random.nextInt(5)) {
            case 0 -> "ROLLUP (" + all + ")";
            case 1 -> "CUBE (" + all + ")";
            case 2 -> "GROUPING SETS ((" + all + "), (" + pick(keys) + "))";
            case 3 -> "GROUPING SETS ((" + pick(keys) + "), ())";
            default -> block.groupBy();
        };
        return block.withGroups(block.items(), block.groupBy().contains("(SELECT") ? block.groupBy() : changed, having);
    }
}
