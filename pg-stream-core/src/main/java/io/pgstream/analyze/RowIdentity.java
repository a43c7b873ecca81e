package io.pgstream.analyze;

import io.pgstream.plan.Join;
import io.pgstream.plan.Operator;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How a row of a result is found again.
 *
 * @param key columns of the result that no two rows share; {@code null} if the result is a bag, whose rows are found by
 *     all their columns; empty if there is only one row
 * @since 0.1.0
 */
public record RowIdentity(@Nullable List<Column> key) {

    public RowIdentity {
        key = (key == null) ? null : List.copyOf(key);
    }

    /** A bag. */
    public static RowIdentity bag() {
        return new RowIdentity(null);
    }

    /** The identity of the rows that an operator puts out. */
    public static RowIdentity of(Operator root) {
        List<Column> indexable = root.output().stream()
                .filter(column -> column.type().groupable())
                .toList();
        return new RowIdentity(new Dependencies(root).key(indexable));
    }

    /** Whether each row of one input of a join meets at most one row of every other. */
    public static boolean meetsAtMostOne(Join join, Operator input) {
        Dependencies dependencies = new Dependencies(join);
        return join.inputs().stream()
                .filter(other -> other != input)
                .allMatch(other -> dependencies.determines(input.output(), other));
    }

    /**
     * Of the conditions between an operator and others, the equalities by which a row of the others meets at most one row
     * of the operator; {@code null} if it can meet several.
     */
    public static @Nullable List<Expression> partnerKey(Operator operator, List<Expression> conditions) {
        return Dependencies.partnerKey(operator, conditions);
    }

    /** Whether rows are found by a key. */
    public boolean keyed() {
        return key != null;
    }

    @Override
    public String toString() {
        if (key == null) {
            return "bag: rows are found by all their columns";
        }
        return key.isEmpty()
                ? "one row"
                : "key (" + key.stream().map(Column::name).collect(Collectors.joining(", ")) + ")";
    }
}
