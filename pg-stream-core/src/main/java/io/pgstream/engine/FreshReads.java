package io.pgstream.engine;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.QualifiedName;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.refresh.FreshViews;
import io.pgstream.refresh.RedefinitionNeededException;
import io.pgstream.support.SqlErrors;
import java.sql.SQLException;

/** Makes and drops the views that show stream tables with their pending changes. */
final class FreshReads {

    private static final String SUFFIX = "_fresh";

    private final Sessions sessions;

    private final FreshViews views;

    FreshReads(Sessions sessions, FreshViews views) {
        this.sessions = sessions;
        this.views = views;
    }

    /** The view of a stream table, which is made if there is none. */
    QualifiedName create(StreamTableRow row) {
        if (!row.circle().isEmpty()) {
            throw new InvalidDefinitionException(
                    ErrorCode.UNSUPPORTED_QUERY,
                    "The fresh view of " + row.name() + " cannot be created, because the table is in a circle with "
                            + row.circle() + ": what pending changes mean for it takes rounds, and a view has none.",
                    "Refresh the stream table before it is read.");
        }
        return sessions.work("The fresh view of " + row.name() + " cannot be created", session -> {
            QualifiedName present = views.find(session, row);
            session.commit();
            if (present != null) {
                views.renewQuietly(session, row.name());
                return present;
            }
            QualifiedName view =
                    new QualifiedName(row.name().schema(), row.name().name() + SUFFIX);
            try {
                views.create(session, row, view);
            } catch (RedefinitionNeededException e) {
                throw new InvalidDefinitionException(
                        ErrorCode.SOURCE_CHANGED,
                        "The fresh view of " + row.name() + " cannot be created: " + e.getMessage() + ".",
                        "Refresh the stream table, and try again.");
            } catch (SQLException e) {
                if (SqlErrors.state(e).equals("42P07")) {
                    throw new InvalidDefinitionException(
                            ErrorCode.NAME_TAKEN,
                            "The relation " + view + " exists already and is not the fresh view of " + row.name() + ".",
                            "Rename or drop that relation.");
                }
                throw e;
            }
            return view;
        });
    }

    void drop(StreamTableRow row) {
        sessions.work("The fresh view of " + row.name() + " cannot be dropped", session -> {
            views.drop(session, row);
            return row;
        });
    }
}
