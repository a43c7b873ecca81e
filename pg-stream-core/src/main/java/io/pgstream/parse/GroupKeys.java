package io.pgstream.parse;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys of a GROUP BY.
 *
 * @param texts the columns of keys that are known by their text
 * @param plain the columns of keys that are columns, and of those of the domain
 * @param expressions what the keys with a text are
 * @param columns the columns of the keys, in the order of the clause
 * @param domain the columns of the domain, which are keys of every group
 * @param sets keys that are functions which return sets
 */
record GroupKeys(
        Map<net.sf.jsqlparser.expression.Expression, Column> texts,
        Map<Column, Column> plain,
        Map<Column, Expression> expressions,
        List<Column> columns,
        List<Column> domain,
        RowSets sets) {

    static GroupKeys of(GroupingSets grouping, OpenBlock open, ParserInput input, ColumnFactory factory) {
        GroupKeys keys = new GroupKeys(
                new LinkedHashMap<>(),
                new LinkedHashMap<>(),
                new LinkedHashMap<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new RowSets(input));
        for (net.sf.jsqlparser.expression.Expression key : grouping.keys()) {
            keys.add(key, grouping, open.binding(), factory);
        }
        open.domain().forEach(column -> keys.domain.add(keys.plain.computeIfAbsent(column, factory::like)));
        return keys;
    }

    /** What the keys are, in the order of the clause. */
    List<Expression> values() {
        Map<Column, Column> raw = new LinkedHashMap<>();
        plain.forEach((source, key) -> raw.put(key, source));
        return columns.stream()
                .map(key -> raw.containsKey(key) ? new ColumnReference(raw.get(key)) : expressions.get(key))
                .toList();
    }

    private void add(
            net.sf.jsqlparser.expression.Expression key,
            GroupingSets grouping,
            ColumnBinding binding,
            ColumnFactory factory) {
        List<net.sf.jsqlparser.expression.Expression> fields = binding.records().fields(key);
        if (fields.size() > 1 && !grouping.plain()) {
            throw new UnsupportedConstructException(
                    "it has grouping sets of whole rows", "Name the columns of the row.");
        }
        int before = columns.size();
        for (net.sf.jsqlparser.expression.Expression field : fields) {
            add(field, new ExpressionParser(binding).expression(field), grouping.plain(), factory);
        }
        // One key of the clause is one column here; the other fields are known by what they are.
        columns.subList(before + 1, columns.size()).clear();
    }

    private void add(
            net.sf.jsqlparser.expression.Expression key,
            Expression expression,
            boolean inAllSets,
            ColumnFactory factory) {
        if (sets.is(key)) {
            sets.add(expression);
        }
        if (expression instanceof ColumnReference reference && !GroupingSets.holdsSubquery(key)) {
            // In the grouping sets that it is not in, it is NULL: a subquery above that refers to it must know.
            columns.add(plain.computeIfAbsent(
                    reference.column(),
                    source -> factory.create(
                            source.name(), source.type(), source.nullable() || !inAllSets, source.scale())));
            return;
        }
        Column column = factory.create("key", ColumnBinding.UNKNOWN, true, null);
        texts.put(key, column);
        expressions.put(column, expression);
        columns.add(column);
    }
}
