package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import io.pgstream.resolve.Obstacle;
import io.pgstream.resolve.Refusal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.operators.relational.ExpressionList;
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
                sets = (element instanceof Function function && Masks.isGrouping(function.getName()))
                        ? builder.sets(function)
                        : product(sets, List.of(builder.set(element)));
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
        boolean within = elements.stream()
                .filter(GroupingSets::holdsSubquery)
                .map(GroupingSets::wholeText)
                .filter(text -> !known.contains(text))
                .anyMatch(text -> known.stream().anyMatch(text::contains));
        if (within) {
            throw new UnsupportedConstructException(
                    "it groups by a subquery and computes something of its value",
                    "Compute the value in a subquery in FROM.");
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
            throw new UnsupportedConstructException(Obstacle.of(
                    Refusal.TOO_MANY_GROUPING_SETS,
                    "it has " + result.size() + " grouping sets, of which at most " + MOST_SETS
                            + " are maintained one by one",
                    "\\b(CUBE|ROLLUP|GROUPING\\s+SETS)\\b"));
        }
        return result;
    }

    /** Gives each key its position. */
    private static final class Builder {

        private final List<Expression> keys = new ArrayList<>();
        private final List<String> texts = new ArrayList<>();

        /** What stands for a whole clause, with all of its keys as operands. */
        private List<Set<Integer>> sets(Function masked) {
            List<Integer> positions = new ArrayList<>();
            if (masked.getParameters() != null) {
                masked.getParameters().forEach(key -> positions.add(position(key)));
            }
            String template = Masks.groupingTemplate(masked.getName()).replace(Masks.PLACE, 'k');
            List<TextNode> nodes = TextTree.of(template);
            boolean distinct = !nodes.isEmpty() && nodes.get(0).is("DISTINCT");
            Iterator<Integer> keys = positions.iterator();
            List<Set<Integer>> result = List.of(Set.of());
            for (List<TextNode> element : TextTree.parts(distinct ? nodes.subList(1, nodes.size()) : nodes)) {
                result = product(result, sets(element, keys));
            }
            return distinct ? List.copyOf(new LinkedHashSet<>(result)) : result;
        }

        private static List<Set<Integer>> sets(List<TextNode> element, Iterator<Integer> keys) {
            TextNode last = element.get(element.size() - 1);
            if (!(last instanceof Group group) || element.size() == 1) {
                return List.of(set(last, keys));
            }
            List<List<TextNode>> parts = TextTree.parts(group.content());
            if (element.get(0).is("ROLLUP")) {
                return rollup(parts, keys);
            }
            List<Set<Integer>> result = element.get(0).is("CUBE") ? List.of(Set.of()) : new ArrayList<>();
            for (List<TextNode> part : parts) {
                if (element.get(0).is("CUBE")) {
                    result = product(result, List.of(set(part.get(0), keys), Set.of()));
                } else {
                    result.addAll(sets(part, keys));
                }
            }
            return result;
        }

        private static List<Set<Integer>> rollup(List<List<TextNode>> parts, Iterator<Integer> keys) {
            List<Set<Integer>> result = new ArrayList<>();
            Set<Integer> prefix = new LinkedHashSet<>();
            result.add(Set.of());
            for (List<TextNode> part : parts) {
                prefix.addAll(set(part.get(0), keys));
                result.add(0, new LinkedHashSet<>(prefix));
            }
            return result;
        }

        /** One key, or several in parentheses, or none. */
        private static Set<Integer> set(TextNode node, Iterator<Integer> keys) {
            Set<Integer> set = new LinkedHashSet<>();
            int size = (node instanceof Group group)
                    ? TextTree.parts(group.content()).size()
                    : 1;
            for (int i = 0; i < size; i++) {
                set.add(keys.next());
            }
            return set;
        }

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
            if (!texts.contains(text)) {
                texts.add(text);
                keys.add(key);
            }
            return texts.indexOf(text);
        }
    }
}
