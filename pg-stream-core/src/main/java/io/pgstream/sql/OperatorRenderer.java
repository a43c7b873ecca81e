package io.pgstream.sql;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.AggregateFunction;
import io.pgstream.plan.ChangeScan;
import io.pgstream.plan.Consolidate;
import io.pgstream.plan.Fence;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Lateral;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.NamedAggregate;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.OneRow;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.Project;
import io.pgstream.plan.Ranked;
import io.pgstream.plan.Recursion;
import io.pgstream.plan.Relation;
import io.pgstream.plan.Replicate;
import io.pgstream.plan.Scan;
import io.pgstream.plan.Sorted;
import io.pgstream.plan.Top;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.Window;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes an operator tree as one SELECT. Neighbouring operators share a query block where SQL allows it, so that the text
 * is short and the planner sees what a person would have written. Aliases are numbered in the order of the text: equal
 * trees give equal text.
 *
 * @since 0.1.0
 */
public final class OperatorRenderer {

    private final ChangeSource changes;

    private int aliases;

    private OperatorRenderer(ChangeSource changes) {
        this.changes = changes;
    }

    /** Where the captured changes of a table are read. */
    @FunctionalInterface
    public interface ChangeSource {

        /** No changes can be read. */
        ChangeSource NONE = scan -> {
            throw new IllegalStateException("There are no captured changes here");
        };

        /** A SELECT of the columns of the scan, by their rendered names, and of its weight. */
        String select(ChangeScan scan);
    }

    /** A tree that reads no captured changes. */
    public static String render(Operator operator) {
        return render(operator, ChangeSource.NONE);
    }

    /** A tree as a SELECT that puts out each column by its rendered name. */
    public static String render(Operator operator, ChangeSource changes) {
        return new OperatorRenderer(changes).block(operator).select(operator.output());
    }

    private SelectBlock block(Operator operator) {
        if (operator instanceof Scan scan) {
            return scan(scan);
        }
        if (operator instanceof Relation relation) {
            String alias = alias("r");
            return new SelectBlock()
                    .from(relation.sqlName() + " AS " + alias)
                    .columns(relation.output(), column -> alias + "." + column.sqlName());
        }
        if (operator instanceof ChangeScan scan) {
            return wrapped(changes.select(scan), scan.output());
        }
        if (operator instanceof Filter filter) {
            return filter(filter);
        }
        if (operator instanceof Project project) {
            return project(project);
        }
        if (operator instanceof Join join) {
            return switch (join.order()) {
                case FENCED -> fenced(join);
                case HASHED, MATCHED ->
                    HashedJoinRenderer.render(
                            join, input -> block(input).select(input.output()), alias("h"), alias("h"));
                case FREE -> free(join);
            };
        }
        if (operator instanceof OuterJoin join) {
            return outer(join);
        }
        if (operator instanceof MarkJoin join) {
            return mark(join);
        }
        if (operator instanceof Lateral lateral) {
            SelectBlock block = (lateral.input() instanceof OneRow && lateral.outer() == null)
                    ? new SelectBlock()
                    : plain(lateral.input());
            return LateralRenderer.add(lateral, block, alias("f"));
        }
        if (operator instanceof OneRow) {
            return new SelectBlock().from("(SELECT) AS " + alias("o"));
        }
        if (operator instanceof UnionAll union) {
            return union(union);
        }
        if (operator instanceof Aggregate aggregate) {
            return aggregate(aggregate);
        }
        if (operator instanceof Recursion recursion) {
            return wrapped(recursive(recursion), recursion.output());
        }
        if (operator instanceof Window window) {
            return window(window);
        }
        if (operator instanceof Top top) {
            return top(top);
        }
        if (operator instanceof Ranked ranked) {
            String select = plain(ranked.input()).select(ranked.input().output());
            return wrapped(RankedRenderer.all(ranked, select), ranked.output());
        }
        if (operator instanceof Replicate replicate) {
            return replicate(replicate);
        }
        if (operator instanceof Consolidate consolidate) {
            return ConsolidateRenderer.group(consolidate, groupable(consolidate.input()));
        }
        if (operator instanceof Fence fence) {
            return wrapped(plain(fence.input()).select(fence.output()) + " OFFSET 0", fence.output());
        }
        if (operator instanceof Sorted sorted) {
            String select = plain(sorted.input()).select(sorted.output());
            return wrapped(select + " ORDER BY " + sorted.column().sqlName(), sorted.output());
        }
        throw new IllegalStateException("No rendering of " + operator.describe());
    }

    private SelectBlock scan(Scan scan) {
        String alias = alias("t");
        String table =
                (scan.only() ? "ONLY " : "") + Identifiers.quote(scan.table().name());
        return new SelectBlock()
                .from(table + " AS " + alias)
                .columns(scan.output(), column -> alias + "." + Identifiers.quote(column.name()));
    }

    private SelectBlock filter(Filter filter) {
        SelectBlock block = block(filter.input());
        filter.conditions().forEach(condition -> block.condition(Expression.operand(condition, block::text)));
        return block;
    }

    private SelectBlock project(Project project) {
        SelectBlock block = block(project.input());
        List<String> texts = project.items().stream()
                .map(item -> item.expression().sql(block::text))
                .toList();
        block.forgetColumns();
        for (int i = 0; i < texts.size(); i++) {
            NamedExpression item = project.items().get(i);
            block.column(item.column(), texts.get(i), item.expression().atomic());
        }
        return block;
    }

    private SelectBlock free(Join join) {
        SelectBlock result = new SelectBlock();
        join.inputs().forEach(input -> result.merge(plain(input)));
        join.conditions().forEach(condition -> result.condition(Expression.operand(condition, result::text)));
        return result;
    }

    /** A block that is neither grouped nor a union, so that it can be merged into another. */
    private SelectBlock plain(Operator operator) {
        SelectBlock block = block(operator);
        return block.grouped() ? wrapped(block.select(operator.output()), operator.output()) : block;
    }

    /** The conditions of a left join's right side become part of ON, where they mean the same. */
    private SelectBlock outer(OuterJoin join) {
        SelectBlock left = join.full() ? side(join.left(), false) : plain(join.left());
        SelectBlock right = side(join.right(), !join.full());
        SelectBlock both = new SelectBlock().merge(left).merge(right);
        List<String> on = new ArrayList<>(right.conditions());
        join.conditions().forEach(condition -> on.add(Expression.operand(condition, both::text)));
        String text = left.crossJoined() + (join.full() ? " FULL JOIN " : " LEFT JOIN ") + right.crossJoined() + " ON "
                + (on.isEmpty() ? "true" : String.join(" AND ", on));
        return left.joined(text, right);
    }

    /** A side that is filled with NULLs: plain columns only, so that no expression is computed above the join. */
    private SelectBlock side(Operator operator, boolean filtered) {
        Operator leaf = (filtered && operator instanceof Filter filter) ? filter.input() : operator;
        return (leaf instanceof Scan || leaf instanceof Relation)
                ? block(operator)
                : wrapped(block(operator).select(operator.output()), operator.output());
    }

    private SelectBlock mark(MarkJoin join) {
        SelectBlock left = plain(join.left());
        SelectBlock right = plain(join.right());
        SelectBlock both = new SelectBlock().merge(left).merge(right);
        join.conditions().forEach(condition -> right.condition(Expression.operand(condition, both::text)));
        String beyond = "";
        if (join.beyond() != null) {
            beyond = " OFFSET greatest(" + left.text(join.beyond()) + ", 0)::bigint";
        } else if (join.order() == Join.Order.FENCED) {
            // Keeps the planner from making a join of it.
            beyond = " OFFSET 0";
        }
        left.column(join.mark(), "EXISTS (" + right.select(List.of()) + beyond + ")", true);
        left.holdsSubquery();
        return left;
    }

    /** A block that can be grouped: no key of it is a subquery. */
    private SelectBlock groupable(Operator operator) {
        SelectBlock block = plain(operator);
        return block.hasSubquery() ? wrapped(block.select(operator.output()), operator.output()) : block;
    }

    private SelectBlock fenced(Join join) {
        SelectBlock result = plain(join.inputs().get(0));
        Set<Column> bound = new HashSet<>(join.inputs().get(0).output());
        List<Expression> open = new ArrayList<>(join.conditions());
        for (Operator input : join.inputs().subList(1, join.inputs().size())) {
            Set<Column> reach = new HashSet<>(bound);
            reach.addAll(input.output());
            List<Expression> now = open.stream()
                    .filter(condition -> reach.containsAll(condition.columns()))
                    .toList();
            open.removeAll(now);
            bound.addAll(input.output());
            if (input instanceof Fence) {
                result.merge(block(input));
                now.forEach(condition -> result.condition(Expression.operand(condition, result::text)));
                continue;
            }
            List<Expression> besides = LookupConditions.besides(input, now);
            SelectBlock inner = plain(input);
            now.stream()
                    .filter(condition -> !besides.contains(condition))
                    .forEach(condition -> inner.condition(Expression.operand(
                            condition,
                            column -> input.output().contains(column) ? inner.text(column) : result.text(column))));
            String alias = alias("l");
            result.from("LATERAL (" + inner.select(input.output()) + " OFFSET 0) AS " + alias);
            input.output().forEach(column -> result.column(column, alias + "." + column.sqlName(), true));
            besides.forEach(condition -> result.condition(Expression.operand(condition, result::text)));
        }
        open.forEach(condition -> result.condition(Expression.operand(condition, result::text)));
        return result;
    }

    private SelectBlock union(UnionAll union) {
        String branches = union.inputs().stream()
                .map(input -> branch(input, union.output()))
                .collect(Collectors.joining(" UNION ALL "));
        return wrapped(branches, union.output());
    }

    private String branch(Operator input, List<Column> names) {
        return block(input).select(input.output(), names);
    }

    private SelectBlock aggregate(Aggregate aggregate) {
        SelectBlock block = groupable(aggregate.input());
        List<String> keys = aggregate.keys().stream()
                .map(key -> Expression.operand(key.expression(), block::text))
                .toList();
        List<String> calls = aggregate.aggregates().stream()
                .map(item -> item.call().sql(block::text))
                .toList();
        block.forgetColumns();
        block.group(keys);
        for (int i = 0; i < keys.size(); i++) {
            block.column(aggregate.keys().get(i).column(), keys.get(i), true);
        }
        for (int i = 0; i < calls.size(); i++) {
            NamedAggregate item = aggregate.aggregates().get(i);
            boolean atomic = item.call().filter() == null && item.call().function() != AggregateFunction.OPAQUE;
            block.column(item.column(), calls.get(i), atomic);
        }
        return block;
    }

    private SelectBlock replicate(Replicate replicate) {
        SelectBlock block = plain(replicate.input());
        String count = replicate.count().sql(block::text);
        return block.from("LATERAL generate_series(1, " + count + ") AS " + alias("n"));
    }

    /** The working table is named after its first column, so that recursions in one another do not mix. */
    private String recursive(Recursion recursion) {
        List<Column> columns = recursion.self().output();
        String name = "w" + columns.get(0).id();
        String base = block(recursion.base()).select(recursion.base().output());
        Operator step = recursion.stepOver(new Relation(name, columns));
        String query = block(step).select(step.output());
        return "WITH RECURSIVE " + name + "(" + list(columns) + ") AS (" + base
                + (recursion.distinct() ? " UNION " : " UNION ALL ") + query + ") "
                + block(new Relation(name, columns)).select(columns, recursion.output());
    }

    private SelectBlock window(Window window) {
        SelectBlock block = plain(window.input());
        for (NamedExpression function : window.functions()) {
            block.column(function.column(), function.expression().sql(block::text), true);
        }
        return wrapped(block.select(window.output()), window.output());
    }

    /** Columns are sorted by their names in the output: a constant would be taken for a position. */
    private SelectBlock top(Top top) {
        if (!top.constant()) {
            return wrapped(CountedTop.select(top, plain(top.input()).select(top.output())), top.output());
        }
        String select = plain(top.input()).select(top.output());
        if (!top.partition().isEmpty()) {
            select = "SELECT DISTINCT ON (" + list(top.partition()) + ")" + select.substring("SELECT".length());
        }
        String order = top.order().stream()
                .map(key -> key.column().sqlName() + key.direction())
                .collect(Collectors.joining(", ", " ORDER BY ", ""));
        return wrapped(select + order + (top.partition().isEmpty() ? slice(top) : ""), top.output());
    }

    private static String slice(Top top) {
        String offset = (top.offset() == null) ? "" : " OFFSET (" + top.offset().sql(Column::sqlName) + ")";
        String count = (top.limit() == null) ? "ALL" : "(" + top.limit().sql(Column::sqlName) + ")";
        return offset + (top.ties() ? " FETCH FIRST " + count + " ROWS WITH TIES" : " LIMIT " + count);
    }

    private static String list(List<Column> columns) {
        return columns.stream().map(Column::sqlName).collect(Collectors.joining(", "));
    }

    private SelectBlock wrapped(String select, List<Column> columns) {
        String alias = alias("q");
        return new SelectBlock()
                .from("(" + select + ") AS " + alias)
                .columns(columns, column -> alias + "." + column.sqlName());
    }

    private String alias(String prefix) {
        return prefix + (++aliases);
    }
}
