package io.pgstream.refresh;

import io.pgstream.ErrorCode;
import io.pgstream.RefreshFailedException;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.delta.MaintenancePlan;
import io.pgstream.sql.ApplyRenderer;
import io.pgstream.sql.MigrationRenderer;
import io.pgstream.sql.TargetTable;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns a stream table into the result of a changed definition, in place and in the transaction that stores it: the table
 * keeps its identity, and with it all that hangs on it. The result is computed first, while readers read; the columns and
 * indexes change afterwards, under a lock that is as short as the writing of the difference.
 *
 * @since 0.1.0
 */
public final class Migration {

    private static final String RESULT = "pg_temp.pgstream_result";

    private static final long ATTEMPT_MILLIS = 1_000;

    private static final long PAUSE_MILLIS = 100;

    private final Session session;

    private final String catalogSchema;

    private final StreamTableRow row;

    private final TargetTable target;

    private final @Nullable MaintenancePlan plan;

    private final long patienceMillis;

    /**
     * @param catalogSchema the schema of the catalog, not quoted
     * @param row the new definition
     * @param target its table
     * @param plan how it will be maintained; {@code null} if by full refreshes only
     * @param patienceMillis how long to try to get the lock
     */
    public Migration(
            Session session,
            String catalogSchema,
            StreamTableRow row,
            TargetTable target,
            @Nullable MaintenancePlan plan,
            long patienceMillis) {
        this.catalogSchema = catalogSchema;
        this.session = session;
        this.row = row;
        this.target = target;
        this.plan = plan;
        this.patienceMillis = patienceMillis;
    }

    /** How many rows were written. */
    public record Counts(long inserted, long updated, long deleted) {}

    /**
     * Migrates in the caller's transaction.
     *
     * @param result a SELECT of the whole result by the rendered names of the target's columns
     */
    public Counts run(String result) throws SQLException {
        session.execute("SET LOCAL client_min_messages = warning");
        session.execute("CREATE TEMPORARY TABLE pgstream_shape ON COMMIT DROP AS SELECT * FROM (" + row.canonicalQuery()
                + ") AS q WITH NO DATA");
        TargetShape shape = new TargetShape(session, target.sqlName(), "pg_temp.pgstream_shape");
        TargetIndexes indexes = TargetIndexes.of(session, target, plan);
        boolean fits = shape.fits() && indexes.fit(session);
        if (fits && !row.circle().isEmpty()) {
            // The rows of all that are in the circle are computed together, by the refresh that follows.
            return new Counts(0, 0, 0);
        }
        session.update("CREATE TEMPORARY TABLE pgstream_result ON COMMIT DROP AS " + result);
        session.execute("ANALYZE " + RESULT);
        if (fits) {
            return found(target) ? difference() : exchange();
        }
        lock();
        UserIndexes userIndexes = new UserIndexes(session, target.sqlName());
        forgetKeys();
        indexes.dropOthers(session);
        if (!shape.fits()) {
            FreshView.drop(session, catalogSchema, row.id());
            alter(shape);
        }
        Counts counts = exchange();
        indexes.create(session);
        shape.restore();
        userIndexes.restore();
        session.execute("ANALYZE " + target.sqlName());
        return counts;
    }

    /** Whether rows of the former definition are found by what the new one finds its rows by. */
    private static boolean found(TargetTable target) {
        return target.key() == null || target.key().isEmpty() || StateTables.uniquelyIndexed(target, true);
    }

    private Counts exchange() throws SQLException {
        long deleted = session.update(MigrationRenderer.delete(RESULT, target));
        return new Counts(session.update(MigrationRenderer.insert(RESULT, target)), 0, deleted);
    }

    /** The key has stayed, so that changed rows are found by it and updated. */
    private Counts difference() throws SQLException {
        String query = "SELECT * FROM " + RESULT;
        try (PreparedStatement statement = session.prepareOnce(ApplyRenderer.applyDifference(query, target));
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new Counts(row.getLong(3), row.getLong(2), row.getLong(1));
        }
    }

    /** In short attempts, because every reader that comes meanwhile queues behind this one. */
    private void lock() throws SQLException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMillis);
        session.execute("SET LOCAL lock_timeout = " + Math.min(ATTEMPT_MILLIS, Math.max(1, patienceMillis)));
        while (true) {
            session.execute("SAVEPOINT pgstream_lock");
            try {
                session.execute("LOCK TABLE " + target.sqlName() + " IN ACCESS EXCLUSIVE MODE");
                return;
            } catch (SQLException e) {
                if (!SqlErrors.state(e).equals("55P03") || System.nanoTime() > deadline) {
                    throw e;
                }
                session.execute("ROLLBACK TO SAVEPOINT pgstream_lock");
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
            }
        }
    }

    /** The columns of the former key may become NULL, and its index is no identity any more. */
    private void forgetKeys() throws SQLException {
        session.execute("ALTER TABLE " + target.sqlName() + " REPLICA IDENTITY FULL");
        List<String> notNull = session.list(
                "SELECT quote_ident(a.attname) FROM pg_attribute AS a WHERE a.attrelid = ?::regclass AND a.attnum > 0 AND"
                        + " a.attnotnull AND NOT a.attisdropped AND NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid ="
                        + " a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey)) ORDER BY a.attnum",
                row -> row.getString(1),
                target.sqlName());
        if (!notNull.isEmpty()) {
            session.execute("ALTER TABLE " + target.sqlName() + " "
                    + notNull.stream()
                            .map(column -> "ALTER " + column + " DROP NOT NULL")
                            .collect(Collectors.joining(", ")));
        }
    }

    private void alter(TargetShape shape) throws SQLException {
        try {
            shape.alter();
        } catch (SQLException e) {
            if (!SqlErrors.state(e).equals("2BP01")) {
                throw e;
            }
            throw new RefreshFailedException(
                    ErrorCode.HAS_DEPENDANTS,
                    row.name() + " cannot get the columns of its changed query, because other objects depend on"
                            + " columns that go: " + SqlErrors.dependants(e) + ".",
                    "Drop those objects, alter the stream table, and create them again. Until then the table serves its"
                            + " former query.",
                    SqlErrors.state(e),
                    false,
                    e);
        }
    }
}
