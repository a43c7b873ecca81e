package io.pgstream.engine;

import io.pgstream.Verification;
import io.pgstream.analyze.RowIdentity;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.delta.KeptFilters;
import io.pgstream.delta.MaintenancePlan;
import io.pgstream.plan.expr.Column;
import io.pgstream.resolve.Attribute;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.QuestionMarks;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares the rows of a stream table with those of its query, as bags, at the snapshot of a session: all of them, or those
 * whose first key column lies between two of its values.
 */
final class RowComparison {

    private final DefinitionCompiler compiler;

    RowComparison(DefinitionCompiler compiler) {
        this.compiler = compiler;
    }

    /**
     * The columns of a stream table.
     *
     * @param list as EXCEPT ALL can compare them: types without an equality by their text
     * @param divisor the column by which the table can be compared in parts; {@code null} if there is none
     */
    record Columns(String list, @Nullable Attribute divisor) {}

    /**
     * What was found.
     *
     * @param position up to which value of the divisor the rows were compared; {@code null} if up to the end
     */
    record Outcome(Verification verification, @Nullable String position) {}

    Columns columns(Session session, StreamTableRow row, boolean divided) throws SQLException {
        DefinitionCompiler.Compiled compiled = compiler.compile(
                session, row.canonicalQuery(), row.name(), row.id(), row.environment(), KeptFilters.NONE);
        List<Attribute> output = compiled.query().resolved().output();
        String list = output.stream().map(RowComparison::comparable).collect(Collectors.joining(", "));
        return new Columns(
                list, divided ? divisor(session, row, output, compiled.query().plan()) : null);
    }

    private static String comparable(Attribute attribute) {
        return attribute.type().groupableBesideAll() ? column(attribute) : "(" + column(attribute) + ")::text";
    }

    private static String column(Attribute attribute) {
        return "q." + Identifiers.quote(attribute.name());
    }

    /** The first column of the key, which has an index, else the first that has an order. */
    private static @Nullable Attribute divisor(
            Session session, StreamTableRow row, List<Attribute> output, @Nullable MaintenancePlan plan)
            throws SQLException {
        RowIdentity identity = (plan == null) ? RowIdentity.bag() : plan.identity();
        List<Column> key = identity.key();
        List<String> names =
                (key == null || key.isEmpty()) ? List.of() : List.of(key.get(0).name());
        List<Attribute> candidates = new ArrayList<>(output.stream()
                .filter(attribute -> names.contains(attribute.name()))
                .toList());
        output.stream().filter(attribute -> !names.contains(attribute.name())).forEach(candidates::add);
        for (Attribute candidate : candidates) {
            if (candidate.type().groupable() && ordered(session, row, candidate)) {
                return candidate;
            }
        }
        return null;
    }

    /** Whether table and query can be divided by a column: its type has an order, and its values a collation. */
    private static boolean ordered(Session session, StreamTableRow row, Attribute candidate) throws SQLException {
        try {
            for (String rows : List.of(query(row), Identifiers.quote(row.name()))) {
                session.list(
                        "EXPLAIN SELECT FROM " + rows + " AS q WHERE " + column(candidate) + " > ?::"
                                + candidate.type().text() + " ORDER BY " + column(candidate),
                        line -> "",
                        (Object) null);
            }
            return true;
        } catch (SQLException e) {
            if (session.connection().isClosed()) {
                throw e;
            }
            return false;
        } finally {
            session.rollbackQuietly();
        }
    }

    private static String query(StreamTableRow row) {
        return "(" + QuestionMarks.escaped(row.canonicalQuery()) + ")";
    }

    /**
     * Compares at the snapshot of the session.
     *
     * @param rows how many rows of the table, or 0 for all
     * @param after the value of the divisor behind which they begin, or {@code null} for the first ones
     */
    Outcome compare(Session session, StreamTableRow row, Columns columns, long rows, @Nullable String after)
            throws SQLException {
        Attribute divisor = columns.divisor();
        if (rows <= 0 || divisor == null) {
            return new Outcome(compare(session, row, columns, "true", List.of(), true), null);
        }
        String end = end(session, row, divisor, rows, after);
        List<String> bounds = new ArrayList<>();
        List<String> conditions = new ArrayList<>();
        if (after != null) {
            bounds.add(after);
            conditions.add(column(divisor) + " > ?::" + divisor.type().text());
        }
        if (end != null) {
            bounds.add(end);
            conditions.add(column(divisor) + " <= ?::" + divisor.type().text());
        }
        boolean all = bounds.isEmpty();
        String condition = all ? "true" : String.join(" AND ", conditions);
        if (!all && end == null) {
            condition = "(" + condition + " OR " + column(divisor) + " IS NULL)";
        }
        return new Outcome(compare(session, row, columns, condition, bounds, all), end);
    }

    /** The value at which so many rows end; {@code null} if they reach to the last ones, NULL among them. */
    private static @Nullable String end(
            Session session, StreamTableRow row, Attribute divisor, long rows, @Nullable String after)
            throws SQLException {
        String select = "SELECT (" + column(divisor) + ")::text FROM " + Identifiers.quote(row.name()) + " AS q";
        String rest = " ORDER BY " + column(divisor) + " OFFSET ? LIMIT 1";
        List<@Nullable String> ends = (after == null)
                ? session.<@Nullable String>list(select + rest, line -> line.getString(1), rows)
                : session.<@Nullable String>list(
                        select + " WHERE " + column(divisor) + " > ?::"
                                + divisor.type().text() + rest,
                        line -> line.getString(1),
                        after,
                        rows);
        return ends.isEmpty() ? null : ends.get(0);
    }

    private static Verification compare(
            Session session,
            StreamTableRow row,
            Columns columns,
            String condition,
            List<String> bounds,
            boolean complete)
            throws SQLException {
        String from = Identifiers.quote(row.name()) + " AS q WHERE " + condition;
        String query = "SELECT " + columns.list() + " FROM " + query(row) + " AS q WHERE " + condition;
        String table = "SELECT " + columns.list() + " FROM " + from;
        List<Object> parameters = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            parameters.addAll(bounds);
        }
        return session.one(
                "SELECT (SELECT count(*) FROM " + from + "), (SELECT count(*) FROM (" + query + " EXCEPT ALL " + table
                        + ") AS m), (SELECT count(*) FROM (" + table + " EXCEPT ALL " + query
                        + ") AS u), clock_timestamp()",
                result -> new Verification(
                        row.name(),
                        result.getLong(1),
                        result.getLong(2),
                        result.getLong(3),
                        result.getTimestamp(4).toInstant(),
                        complete),
                parameters.toArray());
    }
}
