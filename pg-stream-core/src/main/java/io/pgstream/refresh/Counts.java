package io.pgstream.refresh;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** How many rows of a table a statement has written. */
record Counts(long inserted, long updated, long deleted) {

    static final Counts NONE = new Counts(0, 0, 0);

    /**
     * Runs a statement that moves a state.
     *
     * @throws UnsureException if it says that it is unsure of something
     */
    static void beSure(PreparedStatement statement) throws SQLException, UnsureException {
        if (statement.execute()) {
            try (ResultSet row = statement.getResultSet()) {
                row.next();
                if (row.getLong(1) > 0) {
                    throw new UnsureException();
                }
            }
        }
    }

    /**
     * Runs a statement that writes to a table and says what it did.
     *
     * @throws DriftException if it has not found all the rows that it wanted to find
     * @throws UnsureException if it was quick, and met what it is not made for
     */
    static Counts of(PreparedStatement statement) throws SQLException, DriftException, UnsureException {
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            Counts counts = new Counts(row.getLong(3), row.getLong(2), row.getLong(1));
            if (row.getMetaData().getColumnCount() > 6 && row.getLong(7) > 0) {
                throw new UnsureException();
            }
            boolean violated = row.getMetaData().getColumnCount() > 5 && row.getLong(6) > 0;
            if (counts.deleted() != row.getLong(4) || counts.updated() != row.getLong(5) || violated) {
                throw new DriftException("the delta wanted to delete " + row.getLong(4) + " rows and update "
                        + row.getLong(5) + ", and found " + counts.deleted() + " and " + counts.updated());
            }
            return counts;
        }
    }
}
