package io.pgstream.resolve;

import io.pgstream.QualifiedName;
import io.pgstream.plan.SourceTable;
import java.util.List;
import java.util.Map;

/**
 * A relation that a query names.
 *
 * @since 0.1.0
 */
public sealed interface ResolvedRelation {

    /**
     * A table whose changes can be captured.
     *
     * @param table the table
     * @param attributes its columns
     * @param computed the virtual generated columns, which are stored nowhere, with their expressions
     */
    record Table(SourceTable table, List<Attribute> attributes, Map<String, String> computed)
            implements ResolvedRelation {}

    /**
     * A view, which stands for its query.
     *
     * @param name the view
     * @param canonicalQuery its query as PostgreSQL prints it
     * @param columns the names of its columns
     */
    record View(QualifiedName name, String canonicalQuery, List<String> columns) implements ResolvedRelation {}

    /**
     * Anything else.
     *
     * @param name the relation
     * @param reason why its changes cannot be captured
     */
    record Opaque(QualifiedName name, String reason) implements ResolvedRelation {}
}
