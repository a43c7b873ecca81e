package io.pgstream.refresh;

import io.pgstream.support.SqlErrors;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** How much of a stream table a refresh computes. */
enum Extent {
    /** What the changes touch, if that is possible and not dearer. */
    CHANGES,

    /** All rows of the table and of its states. */
    WHOLE,

    /**
     * The query as it was written, and no states. PostgreSQL computes nothing of a join one side of which is empty, and nothing that an EXCEPT
     * would take out of no rows; the states hold all rows that there may be need of, also those that the query would fail at.
     */
    QUERY_ALONE;

    /**
     * What is worth a try after a refresh has failed, or {@code null}: what is computed of a changed row may fail though the row is gone
     * again, and its change would fail for ever.
     *
     * @param statesCanBeLeft whether the query can be run by itself
     * @param first whether the table has no rows yet, so that all of it was computed
     */
    @Nullable
    Extent after(Exception failure, boolean statesCanBeLeft, boolean first) {
        boolean ofData = failure instanceof SQLException sql && SqlErrors.ofData(sql);
        if (this != QUERY_ALONE && (this == WHOLE || first) && ofData && statesCanBeLeft) {
            return QUERY_ALONE;
        }
        return (this == CHANGES && (ofData || failure instanceof DriftException)) ? WHOLE : null;
    }
}
