package io.pgstream.sql;

import io.pgstream.plan.Consolidate;
import io.pgstream.plan.expr.Column;
import java.util.ArrayList;
import java.util.List;

/** Writes a grouping by all columns that adds the weights up. */
final class ConsolidateRenderer {

    private ConsolidateRenderer() {}

    /**
     * Types without equality (json, xml, point) are grouped by their text, which their output function makes so that the
     * input function gives the value back.
     */
    static SelectBlock group(Consolidate consolidate, SelectBlock block) {
        List<Column> columns = consolidate.input().output();
        List<String> texts = columns.stream()
                .map(column -> column.equals(consolidate.weight())
                        ? WeightSum.of(block.text(column))
                        : groupText(column, block))
                .toList();
        List<String> keys = new ArrayList<>(texts);
        keys.remove(columns.indexOf(consolidate.weight()));
        // 1.0 that became 1.00 is a change: what reads the text of it must see the old and the new row.
        columns.stream()
                .filter(column -> column.type().groupable() && !column.type().exact())
                .forEach(column -> keys.add(
                        "(" + block.text(column) + ")::" + column.type().looks()));
        block.forgetColumns();
        block.group(keys);
        String sum = texts.get(columns.indexOf(consolidate.weight()));
        block.condition(sum + " <> 0");
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            boolean weight = column.equals(consolidate.weight());
            String back = (weight || !column.type().groupableBesideAll())
                    ? column.type().of(texts.get(i))
                    : texts.get(i);
            block.column(column, back, false);
        }
        return block;
    }

    private static String groupText(Column column, SelectBlock block) {
        String text = block.text(column);
        return column.type().groupableBesideAll() ? text : "(" + text + ")::text";
    }
}
