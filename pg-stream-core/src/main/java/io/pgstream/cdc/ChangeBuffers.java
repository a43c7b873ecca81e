package io.pgstream.cdc;

import io.pgstream.plan.ChangeScan;
import io.pgstream.plan.Lists;
import io.pgstream.plan.expr.Column;
import io.pgstream.sql.Identifiers;
import io.pgstream.sql.OperatorRenderer;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads the change buffers of the sources of one stream table. All segments are read, whichever the writers write to now:
 * an open transaction can still run an older capture function. Only one that is known to be empty need not be. A change is
 * read if its transaction is not visible in the frontier; that it is visible in the snapshot of the refresh is what a read
 * is.
 *
 * @since 0.1.0
 */
public final class ChangeBuffers implements OperatorRenderer.ChangeSource {

    /** With the bounds of the frontier as parameters: its xmax, and the transactions that were open. */
    private static final String AFTER_FRONTIER = "(b.pgstream_xid >= ?::xid8 OR b.pgstream_xid = ANY (?::xid8[]))";

    /** Markers are counted by a filter, which costs nothing where there are none. */
    private static final String NUMBERS = "count(*) AS read, count(*) FILTER (WHERE b.pgstream_weight = 0) AS markers";

    /**
     * No transaction has this number. A range of two ends is what the planner takes for few rows when it does not know
     * them, so that it uses the index of the backlog, in which nearly all that a consumer still has to read is at the end.
     */
    private static final String NO_XID = "'18446744073709551615'::xid8";

    /** The markers of a source, and whether some of its changes are in the backlog, of the counts {@code s} of its tables. */
    private static final String SUMS = "sum(s.markers)::bigint AS markers, sum(s.kept) > 0 AS kept";

    private static final String XMAX = "(SELECT f.xmax FROM frontier AS f)";

    private static final String OPEN = "(SELECT f.open FROM frontier AS f)::xid8[]";

    private final String schema;

    private final Map<Long, Long> captures;

    /** Whether the backlog is read, too. */
    private final boolean backlog;

    /** The one segment that is read, by the source's number; where there is none, both are. */
    private final Map<Long, Integer> filled;

    /**
     * @param schema the schema of the buffers, not quoted
     * @param captures the capture of each source, by the number of its table
     */
    public ChangeBuffers(String schema, Map<Long, Long> captures) {
        this(schema, captures, true, Map.of());
    }

    private ChangeBuffers(String schema, Map<Long, Long> captures, boolean backlog, Map<Long, Integer> filled) {
        this.schema = schema;
        this.captures = Map.copyOf(captures);
        this.backlog = backlog;
        this.filled = Map.copyOf(filled);
    }

    /** For statements of a consumer that has been seen, at their snapshot, to need nothing of the backlog. */
    public ChangeBuffers withoutBacklog() {
        return new ChangeBuffers(schema, captures, false, filled);
    }

    /**
     * For statements that read one segment of some sources, because the other one has been seen, at their snapshot, to be empty.
     *
     * @param segments 0 or 1, by the source's number
     */
    public ChangeBuffers reading(Map<Long, Integer> segments) {
        return new ChangeBuffers(schema, captures, backlog, segments);
    }

    /** Binds the frontier wherever a statement asks for changes after it. */
    public static void bind(PreparedStatement statement, String sql, Frontier frontier) throws SQLException {
        int parameter = 1;
        for (int at = sql.indexOf(AFTER_FRONTIER); at >= 0; at = sql.indexOf(AFTER_FRONTIER, at + 1)) {
            statement.setString(parameter++, frontier.xmax());
            statement.setString(parameter++, frontier.open());
        }
    }

    private CaptureNames names(long source) {
        Long capture = captures.get(source);
        if (capture == null) {
            throw new IllegalStateException("The changes of " + source + " are not captured");
        }
        return new CaptureNames(schema, capture);
    }

    /** The tables that hold the changes of all sources, to be locked before the snapshot. */
    public List<String> tables() {
        return captures.values().stream()
                .sorted()
                .flatMap(capture -> new CaptureNames(schema, capture).tables().stream())
                .toList();
    }

    @Override
    public String select(ChangeScan scan) {
        String columns = scan.columns().stream()
                .map(column -> value(column) + " AS " + column.sqlName() + ", ")
                .collect(Collectors.joining());
        CaptureNames names = names(scan.table().oid());
        Integer only = filled.get(scan.table().oid());
        List<String> segments = (only == null) ? names.segments() : List.of(names.segment(only));
        return (backlog ? Lists.append(segments, names.backlog()) : segments)
                .stream()
                        .map(segment -> "SELECT " + columns + "b.pgstream_weight AS "
                                + scan.weight().sqlName() + " FROM " + segment + " AS b WHERE " + AFTER_FRONTIER)
                        .collect(Collectors.joining(" UNION ALL "));
    }

    /**
     * The same changes for a statement that has the bounds of the frontier as values.
     *
     * @param xmax its xmax
     * @param open the transactions that were open
     */
    public OperatorRenderer.ChangeSource after(String xmax, String open) {
        return scan -> select(scan).replace(AFTER_FRONTIER, "(" + behind(xmax, open) + ")");
    }

    /** The change {@code b} is behind a frontier; by the index, where there is one. */
    private static String behind(String xmax, String open) {
        return "b.pgstream_xid >= " + xmax + " AND b.pgstream_xid < " + NO_XID + " OR b.pgstream_xid = ANY (" + open
                + ")";
    }

    /** The same of a whole frontier: what is not visible in a snapshot is not older than its xmin. */
    static String behind(String frontier) {
        return "b.pgstream_xid >= pg_snapshot_xmin(" + frontier + ") AND b.pgstream_xid < " + NO_XID
                + " AND NOT pg_visible_in_snapshot(b.pgstream_xid, " + frontier + ")";
    }

    /** The function that says what a fresh read of a stream table adds to it. */
    public String freshFunction(long streamTable) {
        return Identifiers.quote(schema) + ".fresh_" + streamTable;
    }

    /** A domain is stored as the type that it is over. */
    private static String value(Column column) {
        String stored = "b." + Identifiers.quote(column.name());
        return column.type().domain() ? column.type().of(stored) : stored;
    }

    /** Whether nothing is captured, and nothing counted. */
    public boolean isEmpty() {
        return captures.isEmpty();
    }

    /**
     * A query for each source: its number, the changed rows and the markers since the frontier, and whether some of them are in the
     * backlog. It finds the bounds of the frontier, {@code xmax} and {@code open}, in a table expression {@code frontier}.
     */
    public String counts() {
        return captures.keySet().stream()
                .sorted()
                .map(source ->
                        "SELECT " + source + "::bigint AS source, NULL::bigint[] AS segments, " + counted(source, ""))
                .collect(Collectors.joining(" UNION ALL "));
    }

    /**
     * The same with the file and the size in bytes of each segment, in {@code segments}, which is NULL otherwise. Segments that are larger than a limit are not
     * counted: {@code changed} is NULL, and {@code markers} are those of the backlog.
     *
     * @param limits in bytes, by the source's number; sources without one are always counted
     * @param large sources that are not counted whatever their size is. The statement does not read their segments, and need not be planned anew
     *     when these are emptied.
     */
    public String counts(Map<Long, Long> limits, Set<Long> large) {
        return captures.keySet().stream()
                .sorted()
                .map(source -> {
                    if (large.contains(source)) {
                        return "SELECT " + source + "::bigint AS source, NULL::bigint AS changed, " + SUMS + ", "
                                + sizes(source) + " AS segments FROM (" + kept(source) + ") AS s";
                    }
                    Long limit = limits.get(source);
                    String small = (limit == null) ? "" : "z.segments[2] + z.segments[4] <= " + limit;
                    return "SELECT " + source + "::bigint AS source, "
                            + (small.isEmpty() ? "c.changed" : "CASE WHEN " + small + " THEN c.changed END AS changed")
                            + ", c.markers, c.kept, z.segments FROM (SELECT " + sizes(source)
                            + " AS segments) AS z CROSS JOIN LATERAL (SELECT " + counted(source, small) + ") AS c";
                })
                .collect(Collectors.joining(" UNION ALL "));
    }

    /** A truncated segment has another file: that it has grown to its old size again would not tell. */
    private String sizes(long source) {
        return names(source).segments().stream()
                // A constant of type regclass would make the plan depend on the segment.
                .map(segment -> "to_regclass(" + Identifiers.literal(segment) + ")")
                .map(segment -> "pg_relation_filenode(" + segment + ")::bigint, pg_relation_size(" + segment + ")")
                .collect(Collectors.joining(", ", "ARRAY[", "]"));
    }

    /** @param condition without which the segments are not counted; empty if there is none */
    private String counted(long source, String condition) {
        // Each segment is counted by itself: all changes of every refresh pass here, and an append of segments costs a
        // third more.
        CaptureNames names = names(source);
        return "sum(s.read - s.markers)::bigint AS changed, " + SUMS + " FROM ("
                + names.segments().stream()
                        .map(segment -> "SELECT " + NUMBERS + ", 0 AS kept FROM " + segment
                                + " AS b WHERE (b.pgstream_xid >= " + XMAX + " OR b.pgstream_xid = ANY (" + OPEN + "))"
                                + (condition.isEmpty() ? "" : " AND " + condition))
                        .collect(Collectors.joining(" UNION ALL "))
                + " UNION ALL " + kept(source) + ") AS s";
    }

    /** What of a source is in the backlog. */
    private String kept(long source) {
        return "SELECT " + NUMBERS + ", count(*) AS kept FROM " + names(source).backlog() + " AS b WHERE "
                + behind(XMAX, OPEN);
    }

    /** A query for the changes after a frontier that a statement has as a value, without columns. */
    public String changesAfter(String frontier) {
        if (captures.isEmpty()) {
            return "SELECT WHERE false";
        }
        return tables().stream()
                .map(segment -> "SELECT FROM " + segment + " AS b WHERE " + behind(frontier))
                .collect(Collectors.joining(" UNION ALL "));
    }
}
