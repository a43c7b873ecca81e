package io.pgstream.refresh;

import io.pgstream.catalog.Catalog;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.List;

/**
 * What the history of a stream table tells of its next refreshes.
 *
 * @since 0.1.0
 */
public final class RefreshHistory {

    private RefreshHistory() {}

    /** What the choice between a delta and a full refresh goes by, as sentences; none before the first refresh. */
    public static List<String> learned(Session session, Catalog catalog, long id) throws SQLException {
        CostHistory history = new CostHistory(catalog);
        history.read(session, id);
        List<String> learned = history.of(id).describe();
        return learned.isEmpty() ? List.of() : List.of("AUTO has learned: " + String.join(", ", learned) + ".");
    }
}
