package io.pgstream.plan;

import java.util.IdentityHashMap;
import java.util.Map;

/**
 * At how many places operators stand. They share their inputs, and SQL does not: each place of a shared operator is text of its own, which PostgreSQL has
 * to read and to plan.
 *
 * @since 0.1.0
 */
public final class Places {

    private final Map<Operator, Long> known = new IdentityHashMap<>();

    private Places() {}

    /**
     * The places of an operator and of all that is below it.
     *
     * @return their number, at most {@link Long#MAX_VALUE}
     */
    public static long of(Operator operator) {
        return new Places().count(operator);
    }

    private long count(Operator operator) {
        Long before = known.get(operator);
        if (before != null) {
            return before;
        }
        long places = 1;
        for (Operator input : operator.inputs()) {
            long below = count(input);
            places = (places > Long.MAX_VALUE - below) ? Long.MAX_VALUE : places + below;
        }
        known.put(operator, places);
        return places;
    }
}
