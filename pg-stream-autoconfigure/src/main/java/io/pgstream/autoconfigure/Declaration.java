package io.pgstream.autoconfigure;

import io.pgstream.DiamondConsistency;
import io.pgstream.DiamondPolicy;
import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshMode;
import io.pgstream.Schedule;
import io.pgstream.StreamTableDefinition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.StringUtils;

/**
 * What one place says about a stream table; {@code null} is what it does not say.
 *
 * @param origin the place, as messages name it
 */
record Declaration(
        String origin,
        QualifiedName name,
        @Nullable String query,
        @Nullable String queryResource,
        @Nullable String schedule,
        @Nullable RefreshMode mode,
        @Nullable DiamondConsistency diamondConsistency,
        @Nullable DiamondPolicy diamondPolicy) {

    static Declaration of(AnnotatedStreamTable table) {
        String origin = "@StreamTable on " + table.typeName();
        return new Declaration(
                origin,
                at(origin, () -> QualifiedName.parse(table.name())),
                textOrNull(table.query()),
                textOrNull(table.queryResource()),
                textOrNull(table.schedule()),
                RefreshMode.valueOf(table.mode()),
                DiamondConsistency.valueOf(table.diamondConsistency()),
                DiamondPolicy.valueOf(table.diamondPolicy()));
    }

    static Declaration of(StreamTableDefinition definition, String origin) {
        return new Declaration(
                origin,
                definition.name(),
                definition.query(),
                null,
                definition.schedule().text(),
                definition.mode(),
                definition.diamondConsistency(),
                definition.diamondPolicy());
    }

    static Declaration of(PgStreamProperties.Table table, String origin) {
        String name = textOrNull(table.name());
        if (name == null) {
            throw new InvalidDefinitionException(
                    ErrorCode.INVALID_NAME,
                    origin + " has no name.",
                    "Set " + origin + ".name. The stream tables are a list: each entry starts with '- name:'.");
        }
        return new Declaration(
                origin,
                at(origin, () -> QualifiedName.parse(name)),
                textOrNull(table.query()),
                textOrNull(table.queryResource()),
                textOrNull(table.schedule()),
                table.mode(),
                table.diamondConsistency(),
                table.diamondPolicy());
    }

    /** A query and a resource of a query are one setting: either overrides both. */
    Declaration overriddenBy(Declaration other) {
        boolean otherQuery = other.query != null || other.queryResource != null;
        return new Declaration(
                other.origin,
                name,
                otherQuery ? other.query : query,
                otherQuery ? other.queryResource : queryResource,
                (other.schedule != null) ? other.schedule : schedule,
                (other.mode != null) ? other.mode : mode,
                (other.diamondConsistency != null) ? other.diamondConsistency : diamondConsistency,
                (other.diamondPolicy != null) ? other.diamondPolicy : diamondPolicy);
    }

    StreamTableDefinition resolve(ResourceLoader resourceLoader) {
        String resolvedQuery = resolveQuery(resourceLoader);
        return at(
                origin,
                () -> new StreamTableDefinition(
                        name,
                        resolvedQuery,
                        (schedule != null) ? Schedule.parse(schedule) : new Schedule.Calculated(),
                        (mode != null) ? mode : RefreshMode.AUTO,
                        (diamondConsistency != null) ? diamondConsistency : DiamondConsistency.DEFAULT,
                        (diamondPolicy != null) ? diamondPolicy : DiamondPolicy.DEFAULT));
    }

    private String resolveQuery(ResourceLoader resourceLoader) {
        if (query != null && queryResource != null) {
            throw invalidQuery("has a query and a resource of a query", "Keep one of the two.", null);
        }
        if (query != null) {
            return query;
        }
        if (queryResource == null) {
            throw invalidQuery(
                    "has no query",
                    "Give it a query, or the location of a resource that holds one, such as"
                            + " classpath:sql/revenue.sql.",
                    null);
        }
        Resource resource = resourceLoader.getResource(queryResource);
        try {
            return resource.getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw invalidQuery(
                    "has its query in '" + queryResource + "', which cannot be read",
                    "Put the query there, or correct the location.",
                    e);
        }
    }

    private InvalidDefinitionException invalidQuery(String what, String action, @Nullable Throwable cause) {
        return new InvalidDefinitionException(
                ErrorCode.INVALID_QUERY, "The stream table " + name + " (" + origin + ") " + what + ".", action, cause);
    }

    /** Says where a definition stands that the core finds wrong. */
    private static <T> T at(String origin, Supplier<T> step) {
        try {
            return step.get();
        } catch (InvalidDefinitionException e) {
            throw new InvalidDefinitionException(e.code(), origin + ": " + e.getMessage(), e.action(), e);
        }
    }

    private static @Nullable String textOrNull(@Nullable String text) {
        return StringUtils.hasText(text) ? text : null;
    }
}
