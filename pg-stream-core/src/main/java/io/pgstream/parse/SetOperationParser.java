package io.pgstream.parse;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.AggregateCall;
import io.pgstream.plan.AggregateFunction;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Lists;
import io.pgstream.plan.NamedAggregate;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Replicate;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Cast;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.ConstantScale;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.NumericLiteral;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.sf.jsqlparser.statement.select.IntersectOp;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SetOperation;
import net.sf.jsqlparser.statement.select.SetOperationList;
import net.sf.jsqlparser.statement.select.UnionOp;
import org.jspecify.annotations.Nullable;

/**
 * Parses UNION, INTERSECT and EXCEPT. All but {@code UNION ALL} count rows: {@code UNION} groups the rows of both sides,
 * and the other two count how often each row is on the left and on the right.
 */
final class SetOperationParser {

    private static final SqlType INTEGER = new SqlType(23, -1, "integer", "integer", false, true, true);

    private final SelectParser selects;
    private final ParserInput input;
    private final ColumnFactory factory;

    SetOperationParser(SelectParser selects, ParserInput input, ColumnFactory factory) {
        this.selects = selects;
        this.input = input;
        this.factory = factory;
    }

    /**
     * JSqlParser takes LIMIT and OFFSET behind a set operation without ORDER BY for those of its last query, which would have to be in
     * parentheses to have its own.
     */
    static void takeSlice(SetOperationList list) {
        Select last = list.getSelect(list.getSelects().size() - 1);
        if (!(last instanceof PlainSelect)
                || (last.getLimit() == null && last.getOffset() == null && last.getFetch() == null)) {
            return;
        }
        list.setLimit(last.getLimit());
        list.setOffset(last.getOffset());
        list.setFetch(last.getFetch());
        last.setLimit(null);
        last.setOffset(null);
        last.setFetch(null);
        if (last.getOrderByElements() != null) {
            list.setOrderByElements(last.getOrderByElements());
            last.setOrderByElements(null);
        }
    }

    SelectParser.Block parse(SetOperationList list, Map<String, Select> queries) {
        List<SelectParser.Block> blocks = new ArrayList<>();
        for (Select branch : list.getSelects()) {
            blocks.add(selects.parse(branch, queries));
        }
        List<SetOperation> operations = new ArrayList<>(list.getOperations());
        // INTERSECT binds stronger than the others, which go from left to right.
        for (int i = 0; i < operations.size(); ) {
            if (operations.get(i) instanceof IntersectOp) {
                merge(blocks, operations, i, 1);
            } else {
                i++;
            }
        }
        while (!operations.isEmpty()) {
            merge(blocks, operations, 0, run(operations));
        }
        return blocks.get(0);
    }

    /** How many operations from the first on can be done at once: the same kind of union. */
    private static int run(List<SetOperation> operations) {
        int count = 1;
        while (count < operations.size()
                && operations.get(0) instanceof UnionOp
                && operations.get(count) instanceof UnionOp
                && operations.get(0).isAll() == operations.get(count).isAll()) {
            count++;
        }
        return count;
    }

    private void merge(List<SelectParser.Block> blocks, List<SetOperation> operations, int first, int count) {
        List<SelectParser.Block> operands = blocks.subList(first, first + count + 1);
        SelectParser.Block merged = combine(operations.get(first), List.copyOf(operands));
        operands.clear();
        operations.subList(first, first + count).clear();
        blocks.add(first, merged);
    }

    private SelectParser.Block combine(SetOperation operation, List<SelectParser.Block> branches) {
        List<String> names = branches.get(0).names();
        UnionAll all = unified(branches);
        if (operation instanceof UnionOp) {
            return new SelectParser.Block(operation.isAll() ? all : distinct(all, factory), names);
        }
        boolean intersect = operation instanceof IntersectOp;
        if (!intersect
                && !operation.toString().toUpperCase(java.util.Locale.ROOT).startsWith("EXCEPT")) {
            throw new UnsupportedConstructException("it uses " + operation, "Use UNION, INTERSECT or EXCEPT.");
        }
        return new SelectParser.Block(counted(all, intersect, operation.isAll()), names);
    }

    /** The branches under one another, with the types that PostgreSQL casts them to without printing it. */
    private UnionAll unified(List<SelectParser.Block> branches) {
        List<Column> first = branches.get(0).operator().output();
        List<String> names = new ArrayList<>(branches.get(0).names());
        first.subList(names.size(), first.size()).forEach(column -> names.add(column.name()));
        List<Column> provisional = names.stream()
                .map(name -> factory.create(name, ColumnBinding.UNKNOWN, true, null))
                .toList();
        List<Operator> inputs =
                branches.stream().map(SelectParser.Block::operator).toList();
        List<SqlType> types = input.types(new UnionAll(provisional, inputs));
        List<Operator> casted =
                inputs.stream().map(branch -> cast(branch, types)).toList();
        List<Column> output = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            int position = i;
            boolean nullable = casted.stream()
                    .anyMatch(branch -> branch.output().get(position).nullable());
            output.add(
                    new Column(provisional.get(i).id(), names.get(i), types.get(i), nullable, commonScale(casted, i)));
        }
        return new UnionAll(output, casted);
    }

    private static @Nullable Integer commonScale(List<Operator> branches, int position) {
        Integer scale =
                ConstantScale.of(new ColumnReference(branches.get(0).output().get(position)));
        for (Operator branch : branches) {
            Integer other = ConstantScale.of(new ColumnReference(branch.output().get(position)));
            if (scale == null || !scale.equals(other)) {
                return null;
            }
        }
        return scale;
    }

    /** A branch with these types. */
    Operator cast(Operator branch, List<SqlType> types) {
        List<NamedExpression> items = new ArrayList<>();
        boolean same = true;
        for (int i = 0; i < types.size(); i++) {
            Column column = branch.output().get(i);
            if (column.type().text().equals(types.get(i).text())) {
                items.add(new NamedExpression(factory.like(column), new ColumnReference(column)));
            } else {
                same = false;
                Expression cast =
                        new Cast(new ColumnReference(column), types.get(i).text());
                items.add(new NamedExpression(
                        factory.create(column.name(), types.get(i), column.nullable(), ConstantScale.of(cast)), cast));
            }
        }
        return same ? branch : new Project(items, branch);
    }

    /** Each row once: groups of whole rows, of which nothing but their number is kept. */
    static Operator distinct(Operator operator, ColumnFactory factory) {
        return new Aggregate(keys(operator.output(), factory), List.of(), operator);
    }

    private static List<NamedExpression> keys(List<Column> columns, ColumnFactory factory) {
        return columns.stream()
                .map(column -> new NamedExpression(factory.like(column), new ColumnReference(column)))
                .toList();
    }

    private Operator counted(UnionAll all, boolean intersect, boolean keepDuplicates) {
        Column left = factory.create("left", INTEGER, false, 0);
        Column right = factory.create("right", INTEGER, false, 0);
        UnionAll marked = new UnionAll(
                Lists.append(Lists.append(all.output(), left), right),
                List.of(
                        marked(all.inputs().get(0), "1", "0"),
                        marked(all.inputs().get(1), "0", "1")));
        List<NamedExpression> keys = keys(all.output(), factory);
        NamedAggregate lefts = sum("lefts", left);
        NamedAggregate rights = sum("rights", right);
        Operator groups = new Aggregate(keys, List.of(lefts, rights), marked);
        Expression l = new ColumnReference(lefts.column());
        Expression r = new ColumnReference(rights.column());
        Operator rows;
        if (keepDuplicates) {
            Expression count = intersect
                    ? new Template(List.of("LEAST(", ", ", ")"), List.of(l, r))
                    : new Template(List.of("GREATEST(", " - ", ", 0::bigint)"), List.of(l, r));
            rows = new Replicate(count, groups);
        } else {
            Expression there = new Template(List.of("", " > 0"), List.of(l));
            Expression other = new Template(List.of("", intersect ? " > 0" : " = 0"), List.of(r));
            rows = new Filter(List.of(there, other), groups);
        }
        return new Project(keys(keys.stream().map(NamedExpression::column).toList(), factory), rows);
    }

    private Project marked(Operator branch, String left, String right) {
        List<NamedExpression> items = keys(branch.output(), factory);
        return new Project(
                Lists.concat(
                        items,
                        List.of(
                                new NamedExpression(
                                        factory.create("left", INTEGER, false, 0), new NumericLiteral(left)),
                                new NamedExpression(
                                        factory.create("right", INTEGER, false, 0), new NumericLiteral(right)))),
                branch);
    }

    private NamedAggregate sum(String name, Column column) {
        return new NamedAggregate(
                factory.create(name, ColumnFactory.BIGINT, false, 0),
                new AggregateCall(AggregateFunction.SUM, new ColumnReference(column), null));
    }
}
