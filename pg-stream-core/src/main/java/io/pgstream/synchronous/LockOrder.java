package io.pgstream.synchronous;

import io.pgstream.catalog.WriterLocks;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Has writers wait for each other in one order: who writes to a table takes, before the first of its stream tables follows, an advisory
 * lock of each that the change can reach, by their numbers. What follows at the commit comes after what follows a statement. Whose change
 * reaches no more than one waits for nothing afterwards, and takes none. These locks keep nothing right: each program takes the lock
 * that it needs by itself. So it does no harm if somebody still follows an order that is no longer complete.
 */
final class LockOrder {

    /** What the numbers of the locks begin with; lock_in_order knows it too. */
    private static final long BASE = 0x7067736fL << 32;

    private static final String ORDER = "order_";

    private static final String MINE = "^(order|below)_[0-9]+$";

    private final String functionSchema;

    private final String inOrder;

    /** @param functionSchema where the functions are made, not quoted */
    LockOrder(String functionSchema, WriterLocks locks) {
        this.functionSchema = functionSchema;
        this.inOrder = locks.inOrder();
    }

    private String name(String kind, long number) {
        return Identifiers.quote(functionSchema) + "." + kind + number;
    }

    /** An expression that locks what the change of a source can reach from a stream table on, and is 0. */
    String lock(SynchronousSource source, long table) {
        return name(ORDER, source.table().oid()) + "(" + table + ")";
    }

    /** An expression that notes that a stream table waits for the commit, and what its change reaches. */
    String noted(long table) {
        return "pg_catalog.set_config('pgstream.order', pg_catalog.concat(pg_catalog.current_setting('pgstream.order', true), "
                + name("below_", table) + "()), true)";
    }

    /** An assignment that does so. */
    String note(long table) {
        return "pgstream_set := " + noted(table) + ";\n";
    }

    /** Statements that lock all that is noted, if that is more than one. */
    String lockNoted() {
        String noted = "pg_catalog.current_setting('pgstream.order', true)";
        return "    IF pg_catalog.length(" + noted + ") > "
                + entry(new WriterLocks.Reached(0, 0, 0, true, false)).length()
                + " THEN\n        pgstream_set := pg_catalog.set_config('pgstream.order', " + inOrder + "(" + noted
                + "), true);\n    END IF;\n";
    }

    private static String entry(WriterLocks.Reached reached) {
        return (reached.onCommit() ? "1" : "0")
                + String.format("%019d", reached.table())
                + (reached.shared() ? "s," : "e,");
    }

    /** Makes the functions say what is reached now, and removes those that nobody calls any more, as the last part of a transaction. */
    void renew(Session session, WriterLocks locks) throws SQLException {
        // Not by a lock of the table, in which whoever loads a table for long may have a row already.
        session.list("SELECT pg_catalog.pg_advisory_xact_lock(?)", row -> "", BASE);
        Map<String, String> wanted = functions(locks.reached(session), locks.all(session));
        Map<String, String> present = new TreeMap<>();
        for (List<String> function : session.list(
                "SELECT p.proname, p.prosrc FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE"
                        + " n.nspname = ? AND p.proname ~ ?",
                row -> List.of(row.getString(1), row.getString(2)),
                functionSchema,
                MINE)) {
            present.put(function.get(0), function.get(1));
        }
        for (Map.Entry<String, String> function : wanted.entrySet()) {
            if (!function.getValue().equals(present.get(function.getKey()))) {
                create(session, function.getKey(), function.getValue());
            }
        }
        present.keySet().removeAll(wanted.keySet());
        for (String name : present.keySet()) {
            session.execute("DROP FUNCTION " + Identifiers.quote(functionSchema) + "." + name + parameter(name));
        }
    }

    private static String parameter(String name) {
        return name.startsWith(ORDER) ? "(bigint)" : "()";
    }

    /** What has nothing to lock is called immutable: the planner puts the answer in its place. */
    private void create(Session session, String name, String body) throws SQLException {
        String function = Identifiers.quote(functionSchema) + "." + name;
        boolean constant = body.startsWith("SELECT");
        session.execute("CREATE OR REPLACE FUNCTION " + function
                + (name.startsWith(ORDER) ? "(first bigint) RETURNS bigint" : "() RETURNS text")
                + (constant ? " LANGUAGE sql IMMUTABLE" : " LANGUAGE plpgsql VOLATILE")
                + " AS $pgstream$" + body + "$pgstream$");
        session.execute("REVOKE ALL ON FUNCTION " + function + parameter(name) + " FROM PUBLIC");
    }

    /** The bodies of the functions, by their names. */
    private static Map<String, String> functions(
            List<WriterLocks.Reached> reached, Map<Long, WriterLocks.Reached> tables) {
        Map<Long, List<WriterLocks.Reached>> bySource = reached.stream()
                .collect(Collectors.groupingBy(WriterLocks.Reached::source, TreeMap::new, Collectors.toList()));
        Map<String, String> functions = new TreeMap<>();
        bySource.forEach((source, below) -> functions.put(ORDER + source, statement(below)));
        tables.forEach((relation, own) -> functions.put(
                "below_" + own.table(),
                "SELECT '" + entry(own)
                        + bySource.getOrDefault(relation, List.of()).stream()
                                .map(LockOrder::entry)
                                .collect(Collectors.joining())
                        + "'::text"));
        return functions;
    }

    /**
     * Locks what follows within the statement, where more than one table follows it at all. From a stream table on: those before it have
     * locked already, or had nothing to do.
     */
    private static String statement(List<WriterLocks.Reached> below) {
        if (below.size() == 1 || below.stream().allMatch(WriterLocks.Reached::onCommit)) {
            return "SELECT 0::bigint";
        }
        long last = below.stream()
                .map(WriterLocks.Reached::last)
                .sorted(Comparator.reverseOrder())
                .skip(1)
                .findFirst()
                .orElseThrow();
        StringBuilder body = new StringBuilder("\nBEGIN\n    IF first <= " + last + " THEN\n");
        for (WriterLocks.Reached each : below) {
            if (!each.onCommit()) {
                // A condition costs a fraction of PERFORM.
                body.append("        IF first <= ")
                        .append(each.last())
                        .append(" AND pg_catalog.pg_advisory_xact_lock")
                        .append(each.shared() ? "_shared(" : "(")
                        .append(BASE + each.table())
                        .append(") IS NULL THEN\n        END IF;\n");
            }
        }
        return body.append("    END IF;\n    RETURN 0;\nEND\n").toString();
    }
}
