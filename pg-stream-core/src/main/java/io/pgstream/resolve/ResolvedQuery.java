package io.pgstream.resolve;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A query as PostgreSQL understands it.
 *
 * @param canonicalQuery its text with every name resolved
 * @param output its columns
 * @param relations the object identifiers of all ordinary tables, foreign tables and materialized views that it reads,
 *     through views as well
 * @param views the object identifiers of all views that it reads
 * @param columns the columns that it uses of each of these, by the object identifier
 * @param functions the object identifiers of the user-defined functions that it calls
 * @param outerAggregates how many aggregates in subqueries are those of a query around them, which the text does not say
 * @param misprinted what its text does not tell of PostgreSQL's tree, so that it cannot be parsed, as the continuation of "because"; or {@code null}
 * @param obstacle why its result is not a function of the captured tables alone, or {@code null} if it is
 * @param notes what else is worth knowing of the functions that it calls
 * @since 0.1.0
 */
public record ResolvedQuery(
        String canonicalQuery,
        List<Attribute> output,
        Set<Long> relations,
        Set<Long> views,
        Map<Long, Set<String>> columns,
        Set<Long> functions,
        int outerAggregates,
        @Nullable String misprinted,
        @Nullable Obstacle obstacle,
        List<String> notes) {}
