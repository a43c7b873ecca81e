package io.pgstream.cdc;

import io.pgstream.ErrorCode;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshFailedException;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Ownership;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Installs and removes capture by statement triggers. A capture is never widened: a consumer that needs more columns gets
 * a new one with all of them, and the others move to it with their next refresh.
 *
 * @since 0.1.0
 */
public final class TriggerCapture {

    private static final long PAUSE_MILLIS = 100;

    private final String catalog;

    private final String buffers;

    private final Duration lockTimeout;

    private final Duration patience;

    /**
     * @param catalogSchema the catalog's schema, not quoted
     * @param bufferSchema the schema of buffers and functions, not quoted
     * @param lockTimeout how long one attempt waits for the lock on a source; writers queue behind it
     * @param patience how long to try in all
     */
    public TriggerCapture(String catalogSchema, String bufferSchema, Duration lockTimeout, Duration patience) {
        this.catalog = Identifiers.quote(catalogSchema);
        this.buffers = bufferSchema;
        this.lockTimeout = lockTimeout;
        this.patience = patience;
    }

    /**
     * A capture of a source that has all the given columns, installed if there is none. Commits.
     *
     * @return its number
     */
    public long ensure(Session session, long source, QualifiedName name, Collection<String> columns)
            throws SQLException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                return attempt(session, source, name, columns);
            } catch (SQLException e) {
                session.rollbackQuietly();
                if (!SqlErrors.state(e).equals("55P03") && !SqlErrors.runAgain(e)) {
                    throw e;
                }
                if (System.nanoTime() > deadline) {
                    throw new RefreshFailedException(
                            ErrorCode.LOCK_TIMEOUT,
                            "Capture could not be installed on " + name + ": within " + patience.toSeconds()
                                    + " s no moment came without an open transaction that had written to it.",
                            "End the transaction that holds the lock (it may be the caller's own) and try again.",
                            SqlErrors.state(e),
                            true,
                            e);
                }
                pause();
            }
        }
    }

    private static void pause() throws SQLException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("Interrupted while waiting for a lock", "57014", e);
        }
    }

    private long attempt(Session session, long source, QualifiedName name, Collection<String> columns)
            throws SQLException {
        session.execute("SET LOCAL lock_timeout = " + lockTimeout.toMillis());
        // Two instances must not install the same capture twice.
        session.list("SELECT pg_advisory_xact_lock(?::int, ?::int)", row -> "", 0x70677374, (int) source);
        record Existing(long id, String body, List<String> columns) {}
        Existing existing = session.first(
                "SELECT c.id, p.prosrc, c.columns FROM " + catalog + ".pgs_captures AS c JOIN pg_proc AS p"
                        + " ON p.oid = to_regprocedure(? || c.id || '()') WHERE c.source_relid = ?::bigint::oid"
                        + " AND c.columns @> ? AND " + catalog
                        + ".source_fingerprint(c.source_relid, c.id, c.columns) LIKE '%/complete'"
                        + " ORDER BY c.id DESC LIMIT 1",
                row -> new Existing(row.getLong(1), row.getString(2), List.of((String[])
                        row.getArray(3).getArray())),
                CaptureNames.functionPrefix(buffers),
                source,
                columns.toArray(new String[0]));
        long id = (existing != null && fits(session, source, existing.body(), existing.columns()))
                ? existing.id()
                : install(session, source, name, columns);
        session.commit();
        return id;
    }

    /** Whether the columns still are what a capture was made for. */
    private static boolean fits(Session session, long source, String body, List<String> names) throws SQLException {
        List<CapturedColumn> current = columns(session, source, names);
        return current.size() == names.size() && CaptureFunction.fits(body, current);
    }

    private long install(Session session, long source, QualifiedName name, Collection<String> columns)
            throws SQLException {
        Set<String> all = new LinkedHashSet<>(columns);
        session.list(
                        "SELECT unnest(columns) FROM " + catalog + ".pgs_captures WHERE source_relid = ?::bigint::oid",
                        row -> row.getString(1),
                        source)
                .forEach(all::add);
        List<CapturedColumn> captured = columns(session, source, all);
        long id = session.one(
                "INSERT INTO " + catalog + ".pgs_captures (source_relid, source_name, columns,"
                        + " markers_apart) VALUES (?::bigint::oid, ?, ?, true) RETURNING id",
                row -> row.getLong(1),
                source,
                name.toString(),
                captured.stream().map(CapturedColumn::name).toArray(String[]::new));
        CaptureNames names = new CaptureNames(buffers, id);
        for (String segment : names.tables()) {
            session.execute(
                    "CREATE TABLE " + segment + " (pgstream_xid xid8 NOT NULL, pgstream_weight smallint NOT NULL"
                            + captured.stream()
                                    .map(column -> ", " + Identifiers.quote(column.name()) + " " + column.bufferType())
                                    .collect(Collectors.joining())
                            + ") WITH (autovacuum_enabled = off)");
            grantTransactions(session, segment);
        }
        session.execute("CREATE INDEX ON " + names.backlog() + " (pgstream_xid)");
        for (String function : CaptureFunction.create(
                names, source, captured, MergeSuspicion.of(session, source), 0, noteBypass(id))) {
            session.execute(function);
        }
        session.execute("REVOKE ALL ON FUNCTION " + names.function() + "(), " + names.shapeFunction()
                + "(regclass) FROM PUBLIC");
        MovedRows moved = MovedRows.of(session, source);
        if (moved != null) {
            session.execute(MovedRows.function(names));
            session.execute("REVOKE ALL ON FUNCTION " + names.movesFunction() + "() FROM PUBLIC");
        }
        // CREATE TRIGGER waits until no transaction is open that wrote the table without it. A LOCK TABLE of our own
        // would
        // ask for the privilege to write the source.
        for (QualifiedName member : members(session, source)) {
            createTriggers(session, member, names);
            if (moved != null) {
                createTrigger(session, member, names.trigger("moves"), moved.event(), "", names.movesFunction());
            }
        }
        return id;
    }

    /** A catalog that has been dropped must not keep replicas from writing. */
    private String noteBypass(long id) {
        return "        IF pg_catalog.to_regprocedure("
                + Identifiers.literal(catalog + ".note_bypass(bigint)") + ") IS NOT NULL THEN\n"
                + "            PERFORM " + catalog + ".note_bypass(" + id + ");\n        END IF;\n";
    }

    /**
     * Who owns the catalog sees whose changes wait, and none of them: {@code await_fresh} runs with the rights of that role,
     * which need not be the engine's.
     */
    private void grantTransactions(Session session, String segment) throws SQLException {
        String owner = session.first(
                "SELECT quote_ident(pg_get_userbyid(p.proowner)) FROM pg_proc AS p WHERE p.oid = to_regproc(?)"
                        + " AND pg_get_userbyid(p.proowner) <> current_user",
                row -> row.getString(1),
                catalog + ".contains_transaction");
        if (owner != null) {
            session.execute("GRANT SELECT (pgstream_xid) ON " + segment + " TO " + owner);
        }
    }

    /** The columns of a source that exist, with their types. */
    private static List<CapturedColumn> columns(Session session, long source, Collection<String> names)
            throws SQLException {
        return session.list(
                """
                WITH RECURSIVE base AS (
                    SELECT a.attnum, a.atttypid AS oid, 0 AS depth FROM pg_attribute AS a
                     WHERE a.attrelid = ?::bigint::oid AND a.attname = ANY (?) AND a.attnum > 0 AND NOT a.attisdropped
                    UNION ALL
                    SELECT b.attnum, t.typbasetype, b.depth + 1 FROM base AS b
                      JOIN pg_type AS t ON t.oid = b.oid WHERE t.typtype = 'd')
                SELECT a.attname, a.atttypid::bigint,
                       format_type(b.oid, -1) || coalesce((
                           SELECT ' COLLATE ' || quote_ident(n.nspname) || '.' || quote_ident(c.collname)
                             FROM pg_collation AS c JOIN pg_namespace AS n ON n.oid = c.collnamespace
                            WHERE c.oid = a.attcollation AND a.attcollation <> (
                                  SELECT t.typcollation FROM pg_type AS t WHERE t.oid = b.oid)), ''),
                       format_type(a.atttypid, a.atttypmod),
                       b.depth > 0
                  FROM pg_attribute AS a
                 CROSS JOIN LATERAL (SELECT * FROM base WHERE base.attnum = a.attnum ORDER BY depth DESC LIMIT 1) AS b
                 WHERE a.attrelid = ?::bigint::oid ORDER BY a.attnum
                """,
                row -> new CapturedColumn(
                        row.getString(1), row.getLong(2), row.getString(3), row.getString(4), row.getBoolean(5)),
                source,
                names.toArray(new String[0]),
                source);
    }

    /** The source and its partitions: a statement that names a partition fires the triggers of that partition only. */
    private static List<QualifiedName> members(Session session, long source) throws SQLException {
        return session.list(
                "SELECT n.nspname, c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
                        + " WHERE c.oid = ?::bigint::oid OR c.oid IN (SELECT relid::oid FROM"
                        + " pg_partition_tree(?::bigint::oid)) ORDER BY c.oid",
                row -> new QualifiedName(row.getString(1), row.getString(2)),
                source,
                source);
    }

    private static void createTriggers(Session session, QualifiedName table, CaptureNames names) throws SQLException {
        String function = names.function();
        String trigger = names.trigger("");
        createTrigger(session, table, trigger + "insert", "INSERT", "NEW TABLE AS new_rows", function);
        createTrigger(
                session, table, trigger + "update", "UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows", function);
        createTrigger(session, table, trigger + "delete", "DELETE", "OLD TABLE AS old_rows", function);
        createTrigger(session, table, trigger + "truncate", "TRUNCATE", "", function);
    }

    private static void createTrigger(
            Session session, QualifiedName table, String trigger, String event, String transition, String function)
            throws SQLException {
        session.execute("CREATE TRIGGER " + trigger + " AFTER " + event + " ON " + Identifiers.quote(table)
                + (transition.isEmpty() ? "" : " REFERENCING " + transition) + " FOR EACH STATEMENT EXECUTE FUNCTION "
                + function + "()");
        // Sessions with session_replication_role = replica are captured too, where we may say so.
        if (Ownership.held(session, Identifiers.quote(table))) {
            session.execute("ALTER TABLE " + Identifiers.quote(table) + " ENABLE ALWAYS TRIGGER " + trigger);
        }
    }

    /** Removes the captures that nobody reads. Commits each; one whose source is locked stays for the next time. */
    public void removeUnused(Session session) throws SQLException {
        record Unused(long id, @Nullable String source) {}
        List<Unused> unused = session.list(
                "SELECT c.id, to_regclass(c.source_name) = c.source_relid::regclass, c.source_name FROM " + catalog
                        + ".pgs_captures AS c WHERE NOT EXISTS (SELECT FROM " + catalog
                        + ".pgs_dependencies AS d WHERE d.capture_id = c.id) AND c.installed_at < clock_timestamp()"
                        + " - interval '5 minutes' OR NOT EXISTS (SELECT FROM pg_class WHERE oid = c.source_relid)"
                        + " AND NOT EXISTS (SELECT FROM " + catalog
                        + ".pgs_dependencies AS d WHERE d.capture_id = c.id)",
                row -> new Unused(row.getLong(1), row.getString(3)));
        session.commit();
        for (Unused capture : unused) {
            remove(session, capture.id());
        }
    }

    /** Removes those of some captures that nobody reads. */
    public void removeUnused(Session session, Collection<Long> captures) throws SQLException {
        for (Long capture : captures) {
            remove(session, capture);
        }
    }

    private void remove(Session session, long id) throws SQLException {
        CaptureNames names = new CaptureNames(buffers, id);
        try {
            session.execute("SET LOCAL lock_timeout = " + lockTimeout.toMillis());
            Long source = session.first(
                    "SELECT c.source_relid::bigint FROM " + catalog + ".pgs_captures AS c WHERE c.id = ? AND NOT EXISTS"
                            + " (SELECT FROM " + catalog
                            + ".pgs_dependencies AS d WHERE d.capture_id = c.id) FOR UPDATE",
                    row -> row.getLong(1),
                    id);
            if (source != null) {
                // DROP TRIGGER would ask for the ownership of the source, which CREATE TRIGGER did not.
                session.execute("SET LOCAL client_min_messages = warning; DROP FUNCTION IF EXISTS " + names.function()
                        + "(), " + names.movesFunction() + "(), " + names.shapeFunction() + "(regclass) CASCADE");
                session.execute("DROP TABLE IF EXISTS " + String.join(", ", names.tables()));
                session.update("DELETE FROM " + catalog + ".pgs_captures WHERE id = ?", id);
            }
            session.commit();
        } catch (SQLException e) {
            session.rollbackQuietly();
            // With 23503 somebody has begun to read it meanwhile; with 42501 it is not this role that owns it.
            if (!Set.of("55P03", "23503", "42501").contains(SqlErrors.state(e)) && !SqlErrors.runAgain(e)) {
                throw e;
            }
        }
    }
}
