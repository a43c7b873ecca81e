package io.pgstream.catalog;

import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * By which plan the states of a stream table were made that its writers maintain: as long as it is this one, they are those of a refresh,
 * too.
 *
 * @since 0.1.0
 */
public final class StoredPlan {

    private final String frontiers;

    /** @param schema the schema of the catalog, not quoted */
    public StoredPlan(String schema) {
        this.frontiers = Identifiers.quote(schema) + ".pgs_frontiers";
    }

    /** The plan, and whether the states are behind; {@code null} before the first load. */
    public @Nullable String of(Session session, long id) throws SQLException {
        return session.first(
                "SELECT plan_hash FROM " + frontiers + " WHERE stream_table_id = ?", row -> row.getString(1), id);
    }

    /** Notes the plan, in the caller's transaction. */
    public void note(Session session, long id, String hash) throws SQLException {
        session.update("UPDATE " + frontiers + " SET plan_hash = ? WHERE stream_table_id = ?", hash, id);
    }
}
