package io.pgstream.sql;

import io.pgstream.plan.Lateral;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.List;
import java.util.stream.Collectors;

/** Writes a row source behind the FROM items that it is computed from. */
final class LateralRenderer {

    private LateralRenderer() {}

    /** Adds the source to the block of its input. */
    static SelectBlock add(Lateral lateral, SelectBlock block, String alias) {
        String columns = lateral.columns().stream()
                .map(column -> lateral.typed()
                        ? name(lateral, column) + " " + column.type().text()
                        : name(lateral, column))
                .collect(Collectors.joining(", "));
        String source = "LATERAL " + lateral.source().sql(block::text) + " AS " + alias + " (" + columns + ")";
        SelectBlock own = new SelectBlock().columns(lateral.columns(), column -> alias + "." + name(lateral, column));
        List<Expression> outer = lateral.outer();
        if (outer == null) {
            return block.from(source).merge(own);
        }
        SelectBlock both = new SelectBlock().merge(block).merge(own);
        String on = outer.stream()
                .map(condition -> Expression.operand(condition, both::text))
                .collect(Collectors.joining(" AND "));
        return block.joined(block.crossJoined() + " LEFT JOIN " + source + " ON " + (on.isEmpty() ? "true" : on), own);
    }

    /** A function that returns records can look at the names that the query defines for them, as jsonb_to_record does. */
    private static String name(Lateral lateral, Column column) {
        return lateral.typed() ? Identifiers.quote(column.name()) : column.sqlName();
    }
}
