package io.pgstream.plan.rule;

import io.pgstream.plan.Operator;
import org.jspecify.annotations.Nullable;

/** Rewrites an operator whose inputs are in their final shape; the result means the same. */
interface Rule {

    /** The operator instead, or {@code null} if the rule does not match. */
    @Nullable
    Operator apply(Operator operator);
}
