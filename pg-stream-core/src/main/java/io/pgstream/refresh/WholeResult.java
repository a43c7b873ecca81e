package io.pgstream.refresh;

import io.pgstream.sql.ApplyRenderer;
import io.pgstream.sql.TargetTable;
import io.pgstream.support.Session;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * The result of a whole query, for the statement that writes its difference from a table. No part of a statement that
 * writes runs in parallel. Where the planner would use parallel workers for the query alone, it is put into a temporary table
 * first, which a refresh of a materialized view does always.
 */
final class WholeResult {

    private static final String TABLE = "pgstream_result";

    private final Session session;

    private final String query;

    private final TargetTable target;

    private final boolean parallel;

    /** @param query a SELECT of the table's columns by their rendered names */
    WholeResult(Session session, String query, TargetTable target, SequentialQueries sequential) throws SQLException {
        this.session = session;
        this.query = query;
        this.target = target;
        boolean known = sequential.isKnown(query);
        this.parallel = !known && parallel(session, query);
        if (!known && !parallel) {
            sequential.learn(query);
        }
    }

    /**
     * Gives a table the rows of a query.
     *
     * @param first whether it is empty
     * @param sequential what is known of the queries of this stream table
     */
    static Counts write(Session session, String query, TargetTable target, boolean first, SequentialQueries sequential)
            throws SQLException, DriftException, UnsureException {
        if (first) {
            return new Counts(session.update(ApplyRenderer.load(query, target)), 0, 0);
        }
        WholeResult result = new WholeResult(session, query, target, sequential);
        try (PreparedStatement statement = session.prepareOnce(result.difference())) {
            Counts counts = Counts.of(statement);
            result.forget();
            return counts;
        }
    }

    /** Gives a table the rows of a query in the place of all that it has. */
    static Counts rewrite(Session session, String query, TargetTable target, SequentialQueries sequential)
            throws SQLException {
        WholeResult result = new WholeResult(session, query, target, sequential);
        String rows = result.rows();
        long deleted = session.update("DELETE FROM " + target.sqlName());
        long inserted = session.update(ApplyRenderer.reload(rows, target));
        result.forget();
        return new Counts(inserted, 0, deleted);
    }

    private static boolean parallel(Session session, String query) throws SQLException {
        List<String> plan = session.list("EXPLAIN (COSTS OFF) " + query, row -> row.getString(1));
        return plan.stream().anyMatch(line -> line.contains("Gather"))
                && session.one(
                        "SELECT has_database_privilege(current_database(), 'TEMPORARY')", row -> row.getBoolean(1));
    }

    /** The statement that writes the difference. */
    String difference() throws SQLException {
        return ApplyRenderer.applyDifference(rows(), target);
    }

    private String rows() throws SQLException {
        if (!parallel) {
            return query;
        }
        session.update("CREATE TEMPORARY TABLE " + TABLE + " ON COMMIT DROP AS " + query);
        return "SELECT * FROM pg_temp." + TABLE;
    }

    /** The difference is written; the transaction may have another one to write. */
    void forget() throws SQLException {
        if (parallel) {
            session.execute("DROP TABLE pg_temp." + TABLE);
        }
    }
}
