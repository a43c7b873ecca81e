package io.pgstream.delta;

import io.pgstream.ErrorCode;
import io.pgstream.resolve.ResolvedQuery;
import org.jspecify.annotations.Nullable;

/**
 * A query and how it can be maintained.
 *
 * @param resolved what PostgreSQL understood
 * @param plan the plan of differential refreshes, or {@code null} if there is none
 * @param obstacle why there is no plan, as the continuation of "because"; {@code null} if there is one
 * @param code the error code of the obstacle; {@code null} if there is a plan
 * @param rewrite what would work instead; {@code null} if there is a plan
 * @since 0.1.0
 */
public record CompiledQuery(
        ResolvedQuery resolved,
        @Nullable MaintenancePlan plan,
        @Nullable String obstacle,
        @Nullable ErrorCode code,
        @Nullable String rewrite) {

    /** The same query, which is not maintained after all. */
    public CompiledQuery without(String newObstacle, String newRewrite) {
        return new CompiledQuery(resolved, null, newObstacle, ErrorCode.UNSUPPORTED_QUERY, newRewrite);
    }
}
