package io.pgstream.plan.expr;

import java.util.List;

/**
 * {@code left IS NOT DISTINCT FROM right}: a comparison that takes NULLs for the same value.
 *
 * @since 0.1.0
 */
public final class NullSafeEquality {

    private static final List<String> FRAGMENTS = List.of("", " IS NOT DISTINCT FROM ", "");

    private NullSafeEquality() {}

    /** The comparison of two expressions. */
    public static Expression of(Expression left, Expression right) {
        return new Template(FRAGMENTS, List.of(left, right));
    }

    /** The equality of what a condition compares in this way, which tells as much of values that are not NULL; any other condition itself. */
    public static Expression asEquality(Expression condition) {
        return (condition instanceof Template template && template.fragments().equals(FRAGMENTS))
                ? new Equality(template.operands().get(0), template.operands().get(1))
                : condition;
    }
}
