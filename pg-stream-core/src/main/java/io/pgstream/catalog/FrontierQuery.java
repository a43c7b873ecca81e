package io.pgstream.catalog;

import io.pgstream.plan.ForeignKey;
import io.pgstream.support.Session;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The first thing that a refresh reads: its snapshot begins here. What the catalog says and what the buffers hold are two statements
 * of one round trip, because buffers that were emptied are planned anew, and most of the planning would be for the catalog.
 *
 * @since 0.1.0
 */
public final class FrontierQuery {

    private final String schema;

    private final long id;

    /**
     * @param schema the catalog's schema, quoted
     * @param id the stream table
     */
    FrontierQuery(String schema, long id) {
        this.schema = schema;
        this.id = id;
    }

    /**
     * The statement that reads the catalog, without parameters.
     *
     * @param settings calls of {@code set_config} that are made first
     */
    public String sql(String settings) {
        return "WITH surroundings AS MATERIALIZED (" + surroundings()
                + ") SELECT f.frontier::text, pg_current_snapshot()::text, statement_timestamp(), t.version, f.plan_hash,"
                + " d.source_relid::bigint, d.capture_id, d.fingerprint, "
                + fingerprint("d.source_relid", "coalesce(c.id, 0)", "coalesce(c.columns, d.columns)")
                + ", n.id, CASE WHEN n.id <> c.id THEN "
                + fingerprint("n.source_relid", "n.id", "n.columns")
                + " END, coalesce(to_regclass(d.source_name)::oid = d.source_relid, false), s.identity, s.elsewhere,"
                + " s.replaced, s.altered, s.restored, s.foreign_key, c.markers_apart FROM (SELECT "
                + settings
                + (settings.isEmpty() ? "" : ", ") + WriterKey.show(schema)
                + ") AS settings CROSS JOIN surroundings AS s CROSS JOIN "
                + schema + ".pgs_stream_tables AS t"
                + " JOIN " + schema + ".pgs_frontiers AS f ON f.stream_table_id = t.id"
                + " LEFT JOIN " + schema + ".pgs_dependencies AS d ON d.stream_table_id = t.id"
                + " LEFT JOIN " + schema + ".pgs_captures AS c ON c.id = d.capture_id"
                + " LEFT JOIN LATERAL (SELECT * FROM " + schema + ".pgs_captures AS x WHERE d.capture_id IS NOT"
                + " NULL AND x.source_relid = d.source_relid AND x.columns @> d.columns ORDER BY x.id DESC"
                + " LIMIT 1) AS n ON true WHERE t.id = " + id + " ORDER BY d.source_relid";
    }

    /**
     * The statement that reads of the catalog what is another at each refresh, and asks whether the rest has stayed.
     *
     * @param settings calls of {@code set_config} that are made first
     */
    public String brief(String settings, Reliance reliance) {
        return "SELECT f.frontier::text, pg_current_snapshot()::text, statement_timestamp(), f.plan_hash, f.system_id,"
                + " (SELECT concat_ws('/', c.system_identifier, d.oid) FROM pg_catalog.pg_control_system() AS c"
                + " CROSS JOIN pg_catalog.pg_database AS d WHERE d.datname = current_database()), "
                + reliance.question() + " FROM (SELECT " + settings + (settings.isEmpty() ? "" : ", ")
                + WriterKey.show(schema) + ") AS settings CROSS JOIN " + schema
                + ".pgs_frontiers AS f WHERE f.stream_table_id = " + id;
    }

    /** Reads the result of the brief statement; {@code null} if something has changed and all must be read. */
    public static @Nullable FrontierRow readBriefly(ResultSet result, Reliance reliance) throws SQLException {
        if (!result.next()) {
            return null;
        }
        String identity = result.getString(6);
        boolean stayed = identity.equals(result.getString(5))
                && identity.equals(reliance.confirmed().surroundings().database())
                && result.getLong(7) == reliance.answer();
        return stayed
                ? reliance.at(
                        result.getString(1),
                        result.getString(2),
                        result.getTimestamp(3).toInstant(),
                        result.getString(4))
                : null;
    }

    /**
     * What the refresh relies on, if everything that was read is as it should be: the next one asks whether it has stayed so.
     *
     * @param read what was read at the snapshot of the transaction
     */
    public @Nullable Reliance reliance(Session session, FrontierRow read) throws SQLException {
        return Reliance.settled(read) ? Reliance.of(session, schema, id, read) : null;
    }

    /** The foreign keys that deltas may rely on, if nothing changes until the next refresh. */
    public List<ForeignKey> foreignKeys(Session session) throws SQLException {
        String frontier = session.first(
                "SELECT frontier::text FROM " + schema + ".pgs_frontiers WHERE stream_table_id = ?",
                row -> row.getString(1),
                id);
        return TrustedForeignKey.of(session, schema, id, frontier).stream()
                .filter(key -> !key.later())
                .map(TrustedForeignKey::key)
                .toList();
    }

    /**
     * The statement that counts the changes, at the same snapshot.
     *
     * @param counts a query of {@code source}, {@code changed} (NULL if not counted), {@code markers}, {@code kept} and {@code segments}
     *     over {@code frontier}
     */
    public String counting(String counts) {
        return "WITH frontier AS MATERIALIZED (SELECT pg_snapshot_xmax(f.frontier) AS xmax,"
                + " ARRAY(SELECT pg_snapshot_xip(f.frontier)) AS open FROM " + schema
                + ".pgs_frontiers AS f WHERE f.stream_table_id = " + id
                + ") SELECT k.source, k.changed, k.markers, k.kept, k.segments FROM (" + counts + ") AS k";
    }

    /** What is asked of the table is asked once, whatever the number of its sources. */
    private String surroundings() {
        return "SELECT i.identity, f.system_id <> i.identity AS elsewhere, u.fingerprint <> " + schema
                + ".functions_fingerprint(u.functions) AS replaced, t.target_fingerprint IS NOT NULL"
                + " AND (t.target_fingerprint IS DISTINCT FROM " + schema + ".target_fingerprint(i.present)"
                + " OR i.present <> t.relid AND f.system_id IS NOT DISTINCT FROM i.identity) AS altered,"
                + " i.present <> t.relid AND f.system_id <> i.identity AS restored, " + schema
                + ".target_constraint(i.present) AS foreign_key FROM " + schema + ".pgs_stream_tables AS t JOIN "
                + schema + ".pgs_frontiers AS f ON f.stream_table_id = t.id LEFT JOIN " + schema
                + ".pgs_used_functions AS u ON u.stream_table_id = t.id CROSS JOIN LATERAL (SELECT " + schema
                + ".database_identity() AS identity, to_regclass(quote_ident(t.schema_name) || '.' ||"
                + " quote_ident(t.table_name))::oid AS present OFFSET 0) AS i WHERE t.id = " + id;
    }

    private String fingerprint(String source, String capture, String columns) {
        return schema + ".source_fingerprint(" + source + ", " + capture + ", " + columns + ")";
    }

    /**
     * Runs the statements one by one.
     *
     * @param counts as for {@link #counting}; empty if nothing is counted
     */
    public FrontierRow read(Session session, String settings, String counts) throws SQLException {
        FrontierRow known = read(session.list(sql(settings), FrontierQuery::line));
        return counts.isEmpty() ? known : known.with(count(session, counts));
    }

    /** Runs the statement that counts alone. */
    public FrontierRow.Captured count(Session session, String counts) throws SQLException {
        return captured(session.list(counting(counts), FrontierQuery::counted));
    }

    /** Reads the result of the statement that reads the catalog. */
    public static FrontierRow read(ResultSet result) throws SQLException {
        return read(Session.rows(result, FrontierQuery::line));
    }

    /** Reads the result of the statement that counts. */
    public static FrontierRow.Captured readCounts(ResultSet result) throws SQLException {
        return captured(Session.rows(result, FrontierQuery::counted));
    }

    private static FrontierRow read(List<FrontierRow> lines) throws SQLException {
        if (lines.isEmpty()) {
            throw new SQLException("The stream table has been dropped", "02000");
        }
        List<FrontierRow.Source> sources = new ArrayList<>();
        lines.forEach(line -> sources.addAll(line.sources()));
        FrontierRow first = lines.get(0);
        return new FrontierRow(
                first.frontier(),
                first.snapshot(),
                first.now(),
                first.version(),
                first.planHash(),
                first.surroundings(),
                sources,
                FrontierRow.Captured.NOTHING);
    }

    private static FrontierRow.Captured captured(List<FrontierRow.Captured> lines) {
        Map<Long, Long> changes = new HashMap<>();
        Map<Long, List<FrontierRow.Segment>> segments = new HashMap<>();
        boolean marked = false;
        Set<Long> uncounted = new HashSet<>();
        boolean backlog = false;
        for (FrontierRow.Captured line : lines) {
            changes.putAll(line.changes());
            segments.putAll(line.segments());
            marked |= line.marked();
            uncounted.addAll(line.uncounted());
            backlog |= line.backlog();
        }
        return new FrontierRow.Captured(changes, marked, segments, uncounted, backlog);
    }

    private static List<FrontierRow.Segment> segments(@Nullable Array array) throws SQLException {
        if (array == null) {
            return List.of();
        }
        Long[] numbers = (Long[]) array.getArray();
        List<FrontierRow.Segment> segments = new ArrayList<>();
        for (int i = 0; i < numbers.length; i += 2) {
            segments.add(new FrontierRow.Segment(numbers[i], numbers[i + 1]));
        }
        return segments;
    }

    /** What is known with one of the sources. */
    private static FrontierRow line(ResultSet row) throws SQLException {
        Instant now = row.getTimestamp(3).toInstant();
        long relid = row.getLong(6);
        boolean none = row.wasNull();
        String current = row.getString(9);
        String newest = row.getString(11);
        FrontierRow.Source source = new FrontierRow.Source(
                relid,
                row.getBoolean(12),
                (Long) row.getObject(7),
                row.getString(8),
                current,
                (Long) row.getObject(10),
                (newest == null) ? current : newest,
                row.getBoolean(19));
        return new FrontierRow(
                row.getString(1),
                row.getString(2),
                now,
                row.getInt(4),
                row.getString(5),
                new FrontierRow.Surroundings(
                        row.getString(13),
                        row.getBoolean(14),
                        row.getBoolean(15),
                        row.getBoolean(16),
                        row.getBoolean(17),
                        row.getString(18)),
                none ? List.of() : List.of(source),
                FrontierRow.Captured.NOTHING);
    }

    /** What is captured of one of the sources. */
    private static FrontierRow.Captured counted(ResultSet row) throws SQLException {
        long source = row.getLong(1);
        long changed = row.getLong(2);
        boolean uncounted = row.wasNull();
        List<FrontierRow.Segment> segments = segments(row.getArray(5));
        return new FrontierRow.Captured(
                (changed == 0) ? Map.of() : Map.of(source, changed),
                row.getLong(3) > 0,
                segments.isEmpty() ? Map.of() : Map.of(source, segments),
                uncounted ? Set.of(source) : Set.of(),
                row.getBoolean(4));
    }
}
