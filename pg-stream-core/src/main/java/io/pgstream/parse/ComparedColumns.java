package io.pgstream.parse;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.NamedAggregate;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Recursion;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Disjunction;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import io.pgstream.plan.rule.PlanValidator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Follows a column through a tree that does nothing with its values but compare, group and sort by them: then it does not matter
 * how a value looks, and 1.0 is as good as 1.00.
 */
final class ComparedColumns {

    private static final String COMPARISON = "(=|<>|<=|>=|<|>|IS (NOT )?DISTINCT FROM)";

    /** What stands in front of the left operand: parentheses that are not those of a call, or nothing. */
    private static final Pattern OPENED = Pattern.compile("(?s)(.*[^\\p{L}\\p{N}_$\"\\s]\\s*)?\\(*");

    private static final Pattern COMPARED = Pattern.compile("(?s)(" + COMPARISON + "\\s|IS (NOT )?NULL).*");

    private static final Pattern COMPARING = Pattern.compile("(?s).*\\s" + COMPARISON);

    private static final Pattern HASHING = Pattern.compile("hash_record_extended\\(ROW\\(");

    /** The columns that have values of the one that is followed, by their numbers, which an outer join does not change. */
    private final Set<Integer> followed = new HashSet<>();

    private ComparedColumns() {}

    /**
     * Whether it is so.
     *
     * @param columns the columns at the leaves of the tree
     * @param visible how many of the first columns of the tree are results
     */
    static boolean only(Operator tree, Set<Column> columns, int visible) {
        ComparedColumns compared = new ComparedColumns();
        columns.forEach(column -> compared.followed.add(column.id()));
        return compared.follow(tree)
                && tree.output().subList(0, visible).stream().noneMatch(compared::is);
    }

    private boolean is(Column column) {
        return followed.contains(column.id());
    }

    private boolean is(Expression expression) {
        return expression instanceof ColumnReference reference && is(reference.column());
    }

    private boolean follow(Operator operator) {
        for (Operator input : operator.inputs()) {
            if (!follow(input)) {
                return false;
            }
        }
        if (operator instanceof Project project) {
            return items(project.items());
        }
        if (operator instanceof Aggregate aggregate) {
            return items(aggregate.keys())
                    && aggregate.aggregates().stream()
                            .map(NamedAggregate::call)
                            .flatMap(call -> Stream.of(call.argument(), call.filter()))
                            .filter(Objects::nonNull)
                            .allMatch(this::compares);
        }
        if (operator instanceof UnionAll union) {
            for (int i = 0; i < union.output().size(); i++) {
                int position = i;
                if (union.inputs().stream().anyMatch(input -> is(input.output().get(position)))) {
                    followed.add(union.output().get(i).id());
                }
            }
            return true;
        }
        if (operator instanceof Recursion
                && operator.inputs().stream()
                        .anyMatch(input -> input.output().stream().anyMatch(this::is))) {
            return false;
        }
        return PlanValidator.expressions(operator).stream()
                .allMatch(expression -> expression instanceof ColumnReference || compares(expression));
    }

    private boolean items(List<NamedExpression> items) {
        for (NamedExpression item : items) {
            if (is(item.expression())) {
                followed.add(item.column().id());
            } else if (!compares(item.expression())) {
                return false;
            }
        }
        return true;
    }

    /** Whether an expression is the same for all looks. */
    private boolean compares(Expression expression) {
        if (is(expression)) {
            return false;
        }
        if (expression instanceof Equality equality) {
            return Stream.of(equality.left(), equality.right()).allMatch(side -> is(side) || compares(side));
        }
        if (expression instanceof Disjunction disjunction) {
            return disjunction.operands().stream().allMatch(this::compares);
        }
        if (!(expression instanceof Template template)) {
            return expression.operands().stream().allMatch(this::compares);
        }
        boolean partition = false;
        for (int i = 0; i < template.operands().size(); i++) {
            Expression operand = template.operands().get(i);
            String before = template.fragments().get(i).strip();
            partition = before.endsWith("PARTITION BY") || (partition && before.equals(","));
            if (is(operand) ? !partition && !compared(template.fragments(), i) : !compares(operand)) {
                return false;
            }
        }
        return true;
    }

    /** Whether an operand stands directly beside a comparison; the canonical text puts each of those between parentheses. */
    private static boolean compared(List<String> fragments, int operand) {
        String before = fragments.get(operand).strip();
        String behind = fragments.get(operand + 1).strip();
        boolean left = (before.isEmpty() || OPENED.matcher(before).matches())
                && COMPARED.matcher(behind + " ").matches();
        boolean right = COMPARING.matcher(" " + before).matches() && (behind.isEmpty() || behind.startsWith(")"));
        return left || right || HASHING.matcher(before).matches();
    }
}
