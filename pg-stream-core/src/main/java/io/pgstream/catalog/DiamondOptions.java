package io.pgstream.catalog;

import io.pgstream.DiamondConsistency;
import io.pgstream.DiamondPolicy;
import io.pgstream.StreamTableDefinition;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * What the definition of a stream table says about the diamonds that it is part of.
 *
 * @param consistency whether it is refreshed with the others
 * @param policy when they are due
 * @since 0.1.0
 */
public record DiamondOptions(DiamondConsistency consistency, DiamondPolicy policy) {

    /** The definition says nothing. */
    public static final DiamondOptions NONE = new DiamondOptions(DiamondConsistency.DEFAULT, DiamondPolicy.DEFAULT);

    /** Stores what a definition says; nothing is written if it is the same. */
    public static void store(Session session, String catalogSchema, long id, StreamTableDefinition definition)
            throws SQLException {
        session.update(
                "UPDATE " + Identifiers.quote(catalogSchema)
                        + ".pgs_stream_tables SET diamond_consistency = ?, diamond_policy = ? WHERE id = ? AND"
                        + " (diamond_consistency, diamond_policy) IS DISTINCT FROM (?, ?)",
                definition.diamondConsistency().name(),
                definition.diamondPolicy().name(),
                id,
                definition.diamondConsistency().name(),
                definition.diamondPolicy().name());
    }

    /** What the stream tables of the catalog say, by their numbers; those that say nothing are missing. */
    public static Map<Long, DiamondOptions> all(Session session, String catalogSchema) throws SQLException {
        Map<Long, DiamondOptions> options = new HashMap<>();
        session.list(
                        "SELECT t.id, t.diamond_consistency, t.diamond_policy FROM " + Identifiers.quote(catalogSchema)
                                + ".pgs_stream_tables AS t WHERE t.diamond_consistency <> 'DEFAULT' OR t.diamond_policy <>"
                                + " 'DEFAULT'",
                        row -> Map.entry(
                                row.getLong(1),
                                new DiamondOptions(
                                        DiamondConsistency.valueOf(row.getString(2)),
                                        DiamondPolicy.valueOf(row.getString(3)))))
                .forEach(entry -> options.put(entry.getKey(), entry.getValue()));
        return options;
    }
}
