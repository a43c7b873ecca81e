package io.pgstream.parse;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.operators.relational.ExpressionList;
import net.sf.jsqlparser.expression.operators.relational.ParenthesedExpressionList;
import net.sf.jsqlparser.statement.select.GroupByElement;
import net.sf.jsqlparser.statement.select.PlainSelect;
import org.jspecify.annotations.Nullable;

/**
 * A GROUP BY taken apart.
 *
 * @param keys the expressions that it groups by, each once
 * @param sets the grouping sets, as positions among the keys; a plain GROUP BY has one of all keys
 */
record GroupingSets(List<Expression> keys, List<Set<Integer>> sets) {

    private static final int MOST_SETS = 64;

    static GroupingSets of(@Nullable GroupByElement groupBy) {
        Builder builder = new Builder();
        List<Set<Integer>> sets = List.of(Set.of());
        if (groupBy != null) {
            for (Expression element : groupBy.getGroupByExpressionList()) {
                sets = product(sets, builder.element(element));
            }
            if (!groupBy.getGroupingSets().isEmpty()) {
                List<Set<Integer>> listed = new ArrayList<>();
                for (ExpressionList<Expression> set : groupBy.getGroupingSets()) {
                    // The parser wraps ROLLUP and CUBE inside of GROUPING SETS, but not in parentheses.
                    boolean wrapped = !(set instanceof ParenthesedExpressionList) && set.size() == 1;
                    listed.addAll(wrapped ? builder.element(set.get(0)) : List.of(builder.set(set)));
                }
                sets = product(sets, listed);
            }
        }
        return new GroupingSets(builder.keys, sets);
    }

    static boolean holdsSubquery(Expression key) {
        return key.toString().toUpperCase(Locale.ROOT).contains("(SELECT ");
    }

    /** A key with a subquery is known by its text where that is a whole element of another clause, and nowhere else. */
    void checkSubqueries(PlainSelect select) {
        List<Expression> elements = new ArrayList<>();
        select.getSelectItems().forEach(item -> elements.add(item.getExpression()));
        if (select.getOrderByElements() != null) {
            select.getOrderByElements().forEach(element -> elements.add(element.getExpression()));
        }
        if (select.getHaving() != null) {
            elements.add(select.getHaving());
        }
        List<String> known = keys.stream()
                .filter(GroupingSets::holdsSubquery)
                .map(GroupingSets::wholeText)
                .toList();
        boolean other = elements.stream()
                .filter(GroupingSets::holdsSubquery)
                .anyMatch(element -> !known.contains(wholeText(element)));
        if (!known.isEmpty() && other) {
            throw new UnsupportedConstructException(
                    "it groups by a subquery and has other subqueries", "Compute the value in a subquery in FROM.");
        }
    }

    /** The text without white space and without parentheses around all of it. */
    static String wholeText(Expression expression) {
        String text = expression.toString().replaceAll("\\s+", "");
        while (text.startsWith("(") && closes(text) == text.length() - 1) {
            text = text.substring(1, text.length() - 1);
        }
        return text;
    }

    private static int closes(String text) {
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            depth += (text.charAt(i) == '(') ? 1 : (text.charAt(i) == ')') ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        return -1;
    }

    /** Whether it is a plain list of keys. */
    boolean plain() {
        return sets.size() == 1;
    }

    private static List<Set<Integer>> product(List<Set<Integer>> left, List<Set<Integer>> right) {
        List<Set<Integer>> result = new ArrayList<>();
        for (Set<Integer> one : left) {
            for (Set<Integer> other : right) {
                Set<Integer> both = new LinkedHashSet<>(one);
                both.addAll(other);
                result.add(both);
            }
        }
        if (result.size() > MOST_SETS) {
            throw new UnsupportedConstructException(
                    "it has " + result.size() + " grouping sets, of which at most " + MOST_SETS
                            + " are maintained one by one",
                    "Group by fewer sets.");
        }
        return result;
    }

    /** Gives each key its position. */
    private static final class Builder {

        private final List<Expression> keys = new ArrayList<>();
        private final List<String> texts = new ArrayList<>();

        private List<Set<Integer>> element(Expression element) {
            if (element instanceof Function function) {
                String name = function.getName().toUpperCase(Locale.ROOT);
                if (name.equals("ROLLUP")) {
                    return rollup(function);
                }
                if (name.equals("CUBE")) {
                    return cube(function);
                }
            }
            return List.of(set(element));
        }

        private List<Set<Integer>> rollup(Function function) {
            List<Set<Integer>> result = new ArrayList<>();
            Set<Integer> prefix = new LinkedHashSet<>();
            result.add(Set.of());
            for (Expression parameter : function.getParameters()) {
                prefix.addAll(set(parameter));
                result.add(0, new LinkedHashSet<>(prefix));
            }
            return result;
        }

        private List<Set<Integer>> cube(Function function) {
            List<Set<Integer>> result = List.of(Set.of());
            for (Expression parameter : function.getParameters()) {
                result = product(result, List.of(set(parameter), Set.of()));
            }
            return result;
        }

        /** One key, or several in parentheses, or none. */
        private Set<Integer> set(Expression expression) {
            Set<Integer> set = new LinkedHashSet<>();
            if (expression instanceof ExpressionList<?> list && list.size() != 1) {
                list.forEach(key -> set.add(position(key)));
            } else {
                set.add(position(expression));
            }
            return set;
        }

        private int position(Expression wrapped) {
            Expression key = ExpressionParser.unwrap(wrapped);
            String text = key.toString();
            if (text.toUpperCase(Locale.ROOT).matches("(?s)(ROLLUP|CUBE|GROUPING SETS)\\b.*")) {
                throw new UnsupportedConstructException(
                        "it nests grouping sets in a way that the parser does not understand",
                        "List the grouping sets one by one.");
            }
            if (!texts.contains(text)) {
                texts.add(text);
                keys.add(key);
            }
            return texts.indexOf(text);
        }
    }
}
