package io.pgstream.parse;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Recursion;
import io.pgstream.plan.Relation;
import io.pgstream.plan.expr.Column;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SetOperation;
import net.sf.jsqlparser.statement.select.SetOperationList;
import net.sf.jsqlparser.statement.select.UnionOp;

/**
 * Parses a query of a {@code WITH RECURSIVE}. The last operand of its union is the recursive term, if it reads the query
 * itself; PostgreSQL has made sure that no other one does, and that the types of both sides are the same.
 */
final class RecursionParser {

    /** Each reference to a query is a copy of it: recursions that read one another would grow without limit. */
    private static final int COLUMNS = 4_000;

    private final SelectParser selects;
    private final ParserInput input;
    private final ColumnFactory factory;

    RecursionParser(SelectParser selects, ParserInput input, ColumnFactory factory) {
        this.selects = selects;
        this.input = input;
        this.factory = factory;
    }

    SelectParser.Block parse(ScopedSelect query, String name) {
        if (factory.next() > COLUMNS) {
            throw new UnsupportedConstructException(
                    "its recursive queries, written out for each reference, are too large",
                    "Make a stream table of the recursive query, and read that.");
        }
        Select body = query.getSelect();
        Map<String, Select> queries = SelectParser.withQueries(body, query.queries());
        while (body instanceof ParenthesedSelect parenthesed && parenthesed.getSelect() != null) {
            body = parenthesed.getSelect();
            queries = SelectParser.withQueries(body, queries);
        }
        if (!(body instanceof SetOperationList list)
                || queries.get(name) != query
                || !(list.getOperations().get(list.getOperations().size() - 1) instanceof UnionOp union)) {
            return selects.parse(query.getSelect(), query.queries());
        }
        SelectParser.Block base = query.renamed(selects.parse(base(list), queries));
        Relation self = Recursion.leaf(base.operator().output().stream()
                .map(column -> factory.create(column.name(), column.type(), true, null))
                .toList());
        Map<String, Select> inside = new HashMap<>(queries);
        inside.put(name, new WorkingTable(self, base.names(), selects.domain()));
        List<Select> operands = list.getSelects();
        Operator step = selects.parse(operands.get(operands.size() - 1), Map.copyOf(inside))
                .operator();
        int references = references(step, self);
        if (references == 0) {
            return selects.parse(query.getSelect(), query.queries());
        }
        if (references > 1) {
            throw new UnsupportedConstructException(
                    "a step of its recursive query " + name + " needs the rows found last more than once",
                    "Read them once, and leave subqueries that refer to them out of the recursive term.");
        }
        List<Column> output = self.output().stream().map(factory::like).toList();
        Operator casted = new SetOperationParser(selects, input, factory)
                .cast(step, self.output().stream().map(Column::type).toList());
        Recursion recursion = new Recursion(output, base.operator(), casted, self, !union.isAll());
        return new SelectParser.Block(recursion, base.names());
    }

    /** All operands but the last. */
    private static Select base(SetOperationList list) {
        int last = list.getSelects().size() - 1;
        if (last == 1) {
            return list.getSelects().get(0);
        }
        List<SetOperation> operations = new ArrayList<>(list.getOperations().subList(0, last - 1));
        SetOperationList base = new SetOperationList();
        base.setOperations(operations);
        base.setSelects(new ArrayList<>(list.getSelects().subList(0, last)));
        return base;
    }

    private static int references(Operator operator, Relation self) {
        return operator.equals(self)
                ? 1
                : operator.inputs().stream()
                        .mapToInt(input -> references(input, self))
                        .sum();
    }
}
