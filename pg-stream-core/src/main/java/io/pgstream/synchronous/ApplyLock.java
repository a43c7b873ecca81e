package io.pgstream.synchronous;

import io.pgstream.synchronous.TransitionChanges.Operation;

/**
 * Writes how a program takes the lock of its stream table before it reads anything, so that under READ COMMITTED its statements
 * see what the holder before has committed. A writer with an older snapshot cannot see that: it is told so by the version, which is
 * not subject to snapshots.
 *
 * <p>It is an advisory lock, because a function takes it: that is part of an expression, or of a statement that is needed
 * anyway, where LOCK TABLE would be a statement more.
 */
final class ApplyLock {

    /** What the numbers of the locks begin with; those of {@link LockOrder} are others. */
    private static final long BASE = 0x7067736cL << 32;

    private static final String OLD_SNAPSHOT = "pg_catalog.current_setting('transaction_isolation') NOT LIKE 'read %'";

    private static final String CURRENT = "pg_catalog.pg_current_xact_id()::text::bigint";

    private final SynchronousNames names;

    private final String table;

    private final boolean shared;

    /**
     * @param table the name of the stream table, as a literal
     * @param shared whether writers of different groups hold it together
     */
    ApplyLock(SynchronousNames names, String table, boolean shared) {
        this.names = names;
        this.table = table;
        this.shared = shared;
    }

    /** A statement that takes the lock for whoever compares the whole table. */
    static String whole(long table) {
        return "SELECT pg_catalog.pg_advisory_xact_lock(" + (BASE + table) + ")";
    }

    /**
     * Takes the lock.
     *
     * @param before an expression that has to be computed first, and is 0
     */
    String take(String before) {
        return shared
                ? "    IF (" + locked(before, OLD_SNAPSHOT) + ") THEN\n        pgstream_last := " + version() + ";\n"
                        + refuseInvisible() + "    END IF;\n"
                : "    pgstream_last := " + locked(before, version()) + ";\n" + raiseVersion();
    }

    /**
     * Takes the lock for what has changed in a transaction. Writers of one table share it if that is all that they have changed; not with an
     * older snapshot, which only the version can tell of what others have done.
     *
     * @param alone a condition: one table has changed, whose writers need not wait for each other
     */
    String takeTogether(String alone) {
        return "    pgstream_last := CASE WHEN " + alone + " AND NOT (" + OLD_SNAPSHOT + ") THEN "
                + locked(true, "0", version()) + " ELSE " + locked(false, "0", version()) + " END;\n"
                + raiseVersion(visible()
                        + " AND NOT EXISTS (SELECT FROM pg_catalog.pg_snapshot_xip(pg_catalog.pg_current_snapshot()) AS x"
                        + " WHERE pg_catalog.pg_xact_status(x) = 'committed')");
    }

    /** The same, if a statement has changed anything at all; otherwise it is the end of the function. */
    String takeIfChanged(Operation operation, String before) {
        return takeIfChanged(operation, before, false);
    }

    /** @param counts whether {@code pgstream_several} is to say if there is more than one row */
    String takeIfChanged(Operation operation, String before, boolean counts) {
        String changed = operation.changed();
        String end = "    IF NOT FOUND THEN\n        RETURN NULL;\n    END IF;\n";
        String lock = "    SELECT "
                + locked(before, shared ? "CASE WHEN " + OLD_SNAPSHOT + " THEN " + version() + " END" : version())
                + (counts
                        ? ", EXISTS (SELECT FROM " + changed + " OFFSET 1) INTO pgstream_last, pgstream_several"
                        : " INTO pgstream_last")
                + " FROM " + changed + " LIMIT 1;\n" + end;
        return lock
                + (shared
                        ? "    IF pgstream_last IS NOT NULL THEN\n" + refuseInvisible() + "    END IF;\n"
                        : raiseVersion());
    }

    /** CASE says what is computed first. PL/pgSQL would take its THEN for the end of a condition that is not in parentheses. */
    private String locked(String before, String then) {
        return locked(shared, before, then);
    }

    private String locked(boolean shared, String before, String then) {
        return "CASE WHEN pg_catalog.pg_advisory_xact_lock" + (shared ? "_shared(" : "(") + (BASE + names.id()) + " + "
                + before + ") IS NULL THEN NULL ELSE " + then + " END";
    }

    private String version() {
        return "pg_catalog.pg_sequence_last_value(" + names.versionLiteral() + ")";
    }

    private static String visible() {
        return "pg_catalog.pg_visible_in_snapshot(pgstream_last::text::xid8, pg_catalog.pg_current_snapshot())";
    }

    /** Refuses a writer whose snapshot is older than what was done last, before it is asked what that snapshot shows. */
    static String refuseOld(SynchronousNames names) {
        ApplyLock lock = new ApplyLock(names, names.tableLiteral(), true);
        return "    pgstream_last := CASE WHEN " + OLD_SNAPSHOT + " THEN " + lock.version() + " END;\n"
                + lock.refuseInvisible();
    }

    private String refuseInvisible() {
        return "        IF NOT " + visible() + " THEN\n" + refuse() + "        END IF;\n";
    }

    /**
     * Who fails leaves the version as it is: the transaction may go on behind a savepoint, and must not take what others have
     * done for its own.
     */
    private String raiseVersion() {
        return raiseVersion(visible());
    }

    /** @param seen a condition: the snapshot shows all that others have done under the lock */
    private String raiseVersion(String seen) {
        return "    IF (CASE WHEN pgstream_last = " + CURRENT + " THEN false WHEN NOT (" + OLD_SNAPSHOT + ") OR "
                + seen + " THEN pg_catalog.setval(" + names.versionLiteral() + ", " + CURRENT
                + ") IS NULL ELSE true END) THEN\n" + refuse() + "    END IF;\n";
    }

    private String refuse() {
        return "            RAISE EXCEPTION 'could not serialize access, because another transaction has changed the"
                + " stream table %', " + table
                + " USING ERRCODE = '40001', HINT = 'The transaction might succeed if retried.';\n";
    }
}
