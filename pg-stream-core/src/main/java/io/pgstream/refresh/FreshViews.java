package io.pgstream.refresh;

import io.pgstream.QualifiedName;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes and renews the views that show stream tables with their pending changes.
 *
 * @since 0.1.0
 */
public final class FreshViews {

    private static final Logger LOG = LoggerFactory.getLogger(FreshViews.class);

    private final String catalogSchema;

    private final Catalog catalog;

    private final RefreshMemory memory;

    FreshViews(String catalogSchema, Catalog catalog, RefreshMemory memory) {
        this.catalogSchema = catalogSchema;
        this.catalog = catalog;
        this.memory = memory;
    }

    /** The view of a stream table; {@code null} if it has none. */
    public @Nullable QualifiedName find(Session session, StreamTableRow row) throws SQLException {
        return FreshView.find(session, catalogSchema, row.id());
    }

    /** Makes the view of a stream table that has none. Commits. */
    public void create(Session session, StreamTableRow row, QualifiedName view)
            throws SQLException, RedefinitionNeededException {
        PreparedTable table = memory.prepared(session, row);
        new FreshView(session, catalogSchema, table).create(view);
        session.commit();
    }

    /** Drops the view of a stream table, if it has one, in the caller's transaction. */
    public void drop(Session session, StreamTableRow row) throws SQLException {
        FreshView.drop(session, catalogSchema, row.id());
        session.update(
                "DELETE FROM " + Identifiers.quote(catalogSchema) + ".pgs_fresh_views WHERE stream_table_id = ?",
                row.id());
    }

    /** The same behind a full refresh: most tables have no such view, and to read a definition costs as much as a small refresh. */
    void renewQuietly(Session session, StreamTableRow row) {
        try {
            boolean present = find(session, row) != null;
            session.commit();
            if (present) {
                renewQuietly(session, row.name());
            }
        } catch (SQLException e) {
            session.rollbackQuietly();
            LOG.warn("{}: its fresh view cannot be renewed: {}", row.name(), e.getMessage());
        }
    }

    /**
     * Makes the view of a stream table again as its present definition wants it, if it has one. Commits. What stands in the
     * way is told to the log: the view that is there says itself that it is out of date.
     */
    public void renewQuietly(Session session, QualifiedName name) {
        try {
            StreamTableRow row = catalog.find(session, name);
            if (row != null && find(session, row) != null) {
                session.commit();
                PreparedTable table = memory.prepared(session, row);
                new FreshView(session, catalogSchema, table).renew();
            }
            session.commit();
        } catch (SQLException | RedefinitionNeededException e) {
            session.rollbackQuietly();
            LOG.warn("{}: its fresh view cannot be renewed: {}", name, e.getMessage());
        }
    }
}
