package io.pgstream.delta;

import io.pgstream.plan.ChangeScan;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Scan;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A key of the result that is a key of one of the tables: then each row of that table makes at most one row of the result, and its key
 * alone says which.
 *
 * @param scan the table
 * @param items the columns of the key, by those of the table
 */
record KeyOrigin(Scan scan, List<NamedExpression> items) {

    KeyOrigin {
        items = List.copyOf(items);
    }

    /**
     * Where a key comes from.
     *
     * @param root the query
     * @param table the table, which the query reads once
     * @param key the key of the result
     * @return {@code null} if its columns are not those of a key of the table
     */
    static @Nullable KeyOrigin of(Operator root, long table, List<Column> key) {
        List<NamedExpression> items = new ArrayList<>();
        List<String> names = new ArrayList<>();
        Scan found = null;
        for (Column column : key) {
            Leaf leaf = leaf(root, column);
            if (leaf == null || leaf.scan().table().oid() != table || (found != null && !found.equals(leaf.scan()))) {
                return null;
            }
            found = leaf.scan();
            names.add(leaf.column().name());
            items.add(new NamedExpression(column, new ColumnReference(leaf.column())));
        }
        return (found == null || found.table().keys().stream().noneMatch(names::containsAll))
                ? null
                : new KeyOrigin(found, items);
    }

    /** Reads the key of the result from changed rows of the table. */
    Operator keys(DeltaContext context) {
        List<Column> columns = items.stream()
                .map(item -> ((ColumnReference) item.expression()).column())
                .distinct()
                .toList();
        return new Project(
                items, new ChangeScan(scan.table(), columns, context.factory().weight()));
    }

    /** A column as that of the table that it comes from. */
    record Leaf(Scan scan, Column column) {}

    static @Nullable Leaf leaf(Operator operator, Column column) {
        if (operator instanceof Scan scan) {
            return new Leaf(scan, column);
        }
        if (operator instanceof Filter filter) {
            return leaf(filter.input(), column);
        }
        if (operator instanceof Project project) {
            return project.items().stream()
                    .filter(item -> item.column().equals(column))
                    .map(NamedExpression::expression)
                    .filter(ColumnReference.class::isInstance)
                    .map(ColumnReference.class::cast)
                    .findFirst()
                    .map(reference -> leaf(project.input(), reference.column()))
                    .orElse(null);
        }
        return (operator instanceof Join join)
                ? join.inputs().stream()
                        .filter(input -> input.output().contains(column))
                        .findFirst()
                        .map(input -> leaf(input, column))
                        .orElse(null)
                : null;
    }
}
