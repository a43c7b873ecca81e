package io.pgstream.refresh;

import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.SQLException;

/**
 * How long a delta may run. What it will take is an expectation, and can be wrong by any factor; what a full refresh takes is
 * known. So a delta of a kind that is hardly known, or takes long anyway, is given up when it has taken far longer; where deltas
 * were asked for, and AUTO has not chosen, when it has taken many times as long.
 */
final class DeltaLimit {

    static final DeltaLimit NONE = new DeltaLimit(new RefreshCosts(), 0, Double.POSITIVE_INFINITY);

    private static final double NANOS_A_MICRO = 1_000;

    private static final double MICROS_A_MILLI = 1_000;

    private final RefreshCosts costs;

    private final double work;

    private final double micros;

    private final long started = System.nanoTime();

    private DeltaLimit(RefreshCosts costs, double work, double micros) {
        this.costs = costs;
        this.work = work;
        this.micros = micros;
    }

    /** Limits the statements of the transaction, if anything is to be watched. */
    static DeltaLimit set(Session session, PreparedTable table, RefreshPolicy policy, Changes changes, double work)
            throws SQLException {
        RefreshCosts costs = policy.costs().of(table.row().id());
        double micros = micros(policy.chooses(table) ? costs.limit(changes.rows(), work) : costs.limitOfWanted(work));
        long millis = (long) Math.ceil(micros / MICROS_A_MILLI);
        boolean watched =
                Double.isFinite(micros) && (policy.statementMillis() == 0 || millis < policy.statementMillis());
        if (watched) {
            session.execute("SET LOCAL statement_timeout = " + millis);
        }
        return new DeltaLimit(costs, work, watched ? micros : Double.POSITIVE_INFINITY);
    }

    /** Tests set it, to see deltas given up. */
    private static double micros(double wanted) {
        Long tested = Long.getLong("pgstream.test.deltaLimitMicros");
        return (tested == null) ? wanted : tested;
    }

    /** What follows the delta is not part of it. */
    void lift(Session session, RefreshPolicy policy) throws SQLException {
        if (Double.isFinite(micros)) {
            session.execute("SET LOCAL statement_timeout = " + policy.statementMillis());
        }
    }

    /** Tells a statement that ran out of its time from one that was cancelled otherwise. */
    void check(SQLException failure) throws TooDearException {
        double taken = (System.nanoTime() - started) / NANOS_A_MICRO;
        if (taken >= micros && SqlErrors.state(failure).equals("57014")) {
            costs.gaveUp(work, taken);
            throw new TooDearException(failure);
        }
    }
}
