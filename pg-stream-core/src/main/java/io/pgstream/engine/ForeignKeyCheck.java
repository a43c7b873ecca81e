package io.pgstream.engine;

import io.pgstream.catalog.StreamTableRow;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Finds out which foreign keys between captured sources deltas may rely on. PostgreSQL enforces them but for who switches that off (replicas, a superuser who disables
 * triggers), and what such a session has left nobody looks for: so the rows are looked at once, behind captures that notice such a session from then on.
 */
final class ForeignKeyCheck {

    /** One check at a time, so that marks which one under way does not see are not removed as old. */
    private static final String ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(1885827956, 1718318955)";

    /** A table that cannot be read, a statement that took too long: then nothing is relied on. */
    private static final Set<String> GIVEN_UP = Set.of("42501", "57014", "55P03", "40001", "40P01");

    private final String catalog;

    /** @param catalog the catalog's schema, quoted */
    ForeignKeyCheck(String catalog) {
        this.catalog = catalog;
    }

    /**
     * @param child the object identifier of the table whose rows refer
     * @param parent that of the other one
     * @param names the columns of both, as they are
     */
    private record Candidate(
            long constraint,
            String referencing,
            List<String> columns,
            String referenced,
            List<String> key,
            long child,
            long parent,
            List<List<String>> names) {

        /** Whether a query has the columns by which it could join both tables. */
        boolean readBy(List<StreamTableRow.Dependency> dependencies) {
            return reads(dependencies, child, names.get(0)) && reads(dependencies, parent, names.get(1));
        }

        private static boolean reads(List<StreamTableRow.Dependency> dependencies, long table, List<String> columns) {
            return dependencies.stream()
                    .anyMatch(dependency ->
                            dependency.relid() == table && dependency.columns().containsAll(columns));
        }

        String orphans() {
            String given = columns.stream()
                    .map(column -> "c." + column + " IS NOT NULL")
                    .collect(Collectors.joining(" AND "));
            String equal = IntStream.range(0, columns.size())
                    .mapToObj(i -> "p." + key.get(i) + " OPERATOR(pg_catalog.=) c." + columns.get(i))
                    .collect(Collectors.joining(" AND "));
            return "SELECT FROM ONLY " + referencing + " AS c WHERE " + given + " AND NOT EXISTS (SELECT FROM ONLY "
                    + referenced + " AS p WHERE " + equal + ")";
        }
    }

    /** Checks what has not been, of the foreign keys between the sources of a definition. Commits. */
    void run(Session session, List<StreamTableRow.Dependency> dependencies) throws SQLException {
        Collection<Long> captures = SourceCaptures.captures(dependencies);
        if (captures.isEmpty()) {
            return;
        }
        Long[] numbers = captures.toArray(new Long[0]);
        try {
            List<Candidate> candidates = session.list(
                    "SELECT e.constraint_oid::bigint, e.referencing::regclass::text, ARRAY(SELECT quote_ident(c) FROM unnest(e.columns)"
                            + " WITH ORDINALITY AS u (c, i) ORDER BY i), e.referenced::regclass::text, ARRAY(SELECT quote_ident(c) FROM"
                            + " unnest(e.key) WITH ORDINALITY AS u (c, i) ORDER BY i), e.referencing::bigint, e.referenced::bigint, e.columns, e.key FROM "
                            + catalog
                            + ".enforced_foreign_keys(?) AS e WHERE NOT EXISTS (SELECT FROM " + catalog
                            + ".standing_foreign_keys() AS s WHERE s.constraint_oid = e.constraint_oid AND s.fingerprint = e.fingerprint)"
                            + " ORDER BY 1",
                    row -> new Candidate(
                            row.getLong(1),
                            row.getString(2),
                            List.of((String[]) row.getArray(3).getArray()),
                            row.getString(4),
                            List.of((String[]) row.getArray(5).getArray()),
                            row.getLong(6),
                            row.getLong(7),
                            List.of(List.of((String[]) row.getArray(8).getArray()), List.of((String[])
                                    row.getArray(9).getArray()))),
                    (Object) numbers);
            session.commit();
            for (Candidate candidate : candidates) {
                if (candidate.readBy(dependencies)) {
                    check(session, candidate, numbers);
                }
            }
        } catch (SQLException e) {
            session.rollbackQuietly();
            if (!GIVEN_UP.contains(SqlErrors.state(e))) {
                throw e;
            }
        }
    }

    private void check(Session session, Candidate candidate, Long[] captures) throws SQLException {
        session.list(ONE_AT_A_TIME, row -> "");
        forget(session);
        // A key that has held goes on to hold behind a newer capture.
        int known = session.update(
                "UPDATE " + catalog
                        + ".pgs_foreign_keys AS f SET referencing_capture = e.referencing_capture, referenced_capture = e.referenced_capture,"
                        + " fingerprint = e.fingerprint FROM "
                        + catalog + ".standing_foreign_keys() AS s, " + catalog
                        + ".enforced_foreign_keys(?) AS e WHERE f.constraint_oid = ?::bigint::oid AND s.constraint_oid = f.constraint_oid"
                        + " AND e.constraint_oid = f.constraint_oid",
                captures,
                candidate.constraint());
        if (known == 0) {
            // The snapshot of one statement sees the rows, the triggers and who has bypassed them.
            session.update(
                    "INSERT INTO " + catalog
                            + ".pgs_foreign_keys SELECT e.constraint_oid, e.referencing_capture, e.referenced_capture, e.fingerprint,"
                            + " pg_current_snapshot(), pg_current_xact_id() FROM " + catalog
                            + ".enforced_foreign_keys(?) AS e WHERE e.constraint_oid = ?::bigint::oid AND NOT EXISTS ("
                            + candidate.orphans() + ")",
                    captures,
                    candidate.constraint());
        }
        session.commit();
    }

    /** Removes the keys that have been bypassed, and then the marks that no key needs. */
    private void forget(Session session) throws SQLException {
        session.update("DELETE FROM " + catalog + ".pgs_foreign_keys AS f WHERE NOT EXISTS (SELECT FROM " + catalog
                + ".standing_foreign_keys() AS s WHERE s.constraint_oid = f.constraint_oid)");
        session.update("DELETE FROM " + catalog + ".pgs_bypasses AS b WHERE NOT EXISTS (SELECT FROM " + catalog
                + ".pgs_foreign_keys AS f WHERE b.capture_id IN (f.referencing_capture, f.referenced_capture)"
                + " AND NOT pg_visible_in_snapshot(b.xid, f.checked_at))");
    }
}
