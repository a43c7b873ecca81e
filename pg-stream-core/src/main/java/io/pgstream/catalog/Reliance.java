package io.pgstream.catalog;

import io.pgstream.plan.ForeignKey;
import io.pgstream.support.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A question whose answer becomes another one when anything changes that a refresh relies on: a number made of the places and
 * versions of all rows of the catalogs that describe the sources, their captures, the stream table and the functions that it calls. To
 * find out what these say takes several times as long, and is needed only where the answer is another than the last time.
 *
 * <p>All that is known of an object is in rows that are replaced when it is altered, and a row that replaces another one has been
 * written by another transaction. What can come in addition (a trigger, a partition, a newer capture) is looked for by what it belongs to. That
 * something irrelevant has changed the answer costs one look.
 *
 * @param question an expression without parameters
 * @param answer what it was when everything was found to be right
 * @param confirmed what was found then
 * @param foreignKeys those that hold for as long as the answer stays
 * @since 0.1.0
 */
public record Reliance(String question, long answer, FrontierRow confirmed, List<ForeignKey> foreignKeys) {

    public Reliance {
        foreignKeys = List.copyOf(foreignKeys);
    }

    /** The transaction that wrote a row, and from which of the catalogs it is. */
    private static final String VERSION = "(x.xmin::text::bigint << 8) + ";

    /**
     * What a refresh relies on, asked at its snapshot.
     *
     * @param schema the catalog's schema, quoted
     * @param id the stream table
     * @param confirmed what was read at the snapshot, and is right
     * @return {@code null} if more will be known once the frontier has moved
     */
    static @Nullable Reliance of(Session session, String schema, long id, FrontierRow confirmed) throws SQLException {
        List<TrustedForeignKey> trusted = TrustedForeignKey.of(session, schema, id, confirmed.frontier());
        if (trusted.stream().anyMatch(TrustedForeignKey::later)) {
            return null;
        }
        String question =
                session.one("SELECT * FROM " + schema + ".relied_on(?)", row -> question(schema, id, row, trusted), id);
        try (var statement = session.prepareAgain("SELECT " + question);
                ResultSet result = statement.executeQuery()) {
            result.next();
            return new Reliance(
                    question,
                    result.getLong(1),
                    confirmed,
                    trusted.stream().map(TrustedForeignKey::key).toList());
        }
    }

    private static String question(String schema, long id, ResultSet reliedOn, List<TrustedForeignKey> trusted)
            throws SQLException {
        String sources = array(reliedOn, "sources", "oid");
        String relations = array(reliedOn, "relations", "oid");
        String captures = array(reliedOn, "captures", "bigint");
        String capturing = array(reliedOn, "capturing", "oid");
        String namespaces = array(reliedOn, "namespaces", "oid");
        String functions = array(reliedOn, "functions", "oid");
        List<String> parts = new ArrayList<>(List.of(
                // A rewritten table has another file; that of a source may be a partition's.
                rows(1, "x.oid::bigint << 32 | x.relfilenode::bigint", "pg_class", "oid", relations),
                rows(2, "x.attrelid::bigint << 16 | x.attnum::bigint", "pg_attribute", "attrelid", relations)
                        + " AND x.attnum > 0",
                rows(3, "x.indexrelid::bigint << 1 | x.indisvalid::int", "pg_index", "indrelid", sources),
                rows(4, "x.oid::bigint", "pg_trigger", "tgrelid", relations),
                rows(5, "x.oid::bigint", "pg_rewrite", "ev_class", sources),
                rows(6, "x.oid::bigint", "pg_attrdef", "adrelid", sources),
                rows(7, inheritance(), "pg_inherits", "inhrelid", relations),
                rows(8, inheritance(), "pg_inherits", "inhparent", relations),
                rows(9, "x.objid::bigint << 32 | x.refobjid::bigint", "pg_depend", "refobjid", capturing)
                        + " AND x.refclassid = 'pg_catalog.pg_proc'::regclass",
                // The function of a capture is replaced now and then, by one that writes to the other segment.
                "SELECT hashtextextended(x.pronamespace || '.' || x.proname, x.oid::bigint << 8) FROM"
                        + " pg_catalog.pg_proc AS x WHERE x.oid = ANY (" + capturing + ")",
                rows(11, "x.oid::bigint", "pg_namespace", "oid", namespaces),
                own(schema, 12, "x.source_relid::bigint", "pgs_dependencies", "x.stream_table_id = " + id),
                own(
                        schema,
                        13,
                        "x.id",
                        "pgs_captures",
                        "x.source_relid = ANY (" + sources + ") OR x.id = ANY (" + captures + ")"),
                own(schema, 14, "x.id", "pgs_stream_tables", "x.id = " + id),
                own(schema, 15, "x.stream_table_id", "pgs_used_functions", "x.stream_table_id = " + id),
                "SELECT hashtextextended(" + schema + ".functions_fingerprint(" + functions + "), 16)"
                        + " WHERE cardinality(" + functions + ") > 0"));
        if (!trusted.isEmpty()) {
            // Their triggers are among those of the sources.
            parts.add(own(
                    schema,
                    17,
                    "x.constraint_oid::bigint",
                    "pgs_foreign_keys",
                    "x.constraint_oid = ANY (" + array(trusted.stream().map(TrustedForeignKey::constraint), "oid")
                            + ")"));
            parts.add(own(
                    schema,
                    18,
                    "x.capture_id",
                    "pgs_bypasses",
                    "x.capture_id = ANY ("
                            + array(
                                    trusted.stream()
                                            .flatMap(key -> key.captures().stream())
                                            .distinct(),
                                    "bigint")
                            + ")"));
        }
        return parts.stream().collect(Collectors.joining(" UNION ALL ", "(SELECT bit_xor(s.h) FROM (", ") AS s (h))"));
    }

    private static String inheritance() {
        return "x.inhrelid::bigint << 32 | x.inhparent::bigint";
    }

    private static String rows(int number, String place, String catalog, String column, String values) {
        return own("pg_catalog", number, place, catalog, "x." + column + " = ANY (" + values + ")");
    }

    private static String own(String schema, int number, String place, String table, String condition) {
        return "SELECT hashint8extended(" + place + ", " + VERSION + number + ") FROM " + schema + "." + table
                + " AS x WHERE " + condition;
    }

    private static String array(ResultSet row, String column, String type) throws SQLException {
        Long[] numbers = (Long[]) row.getArray(column).getArray();
        return array(Arrays.stream(numbers).filter(number -> number != null), type);
    }

    private static String array(Stream<Long> numbers, String type) {
        return numbers.map(String::valueOf).collect(Collectors.joining(",", "'{", "}'::" + type + "[]"));
    }

    /** What was confirmed, with what is read anew each time. */
    FrontierRow at(@Nullable String frontier, String snapshot, Instant now, @Nullable String planHash) {
        return new FrontierRow(
                frontier,
                snapshot,
                now,
                confirmed.version(),
                planHash,
                confirmed.surroundings(),
                confirmed.sources(),
                FrontierRow.Captured.NOTHING);
    }

    /** Whether there is nothing in what was read that a refresh would have to do anything about. */
    static boolean settled(FrontierRow read) {
        FrontierRow.Surroundings surroundings = read.surroundings();
        return read.frontier() != null
                && !surroundings.elsewhere()
                && !surroundings.functionsReplaced()
                && !surroundings.targetAltered()
                && !surroundings.restored()
                && surroundings.foreignKey() == null
                && read.sources().stream().allMatch(Reliance::settled);
    }

    private static boolean settled(FrontierRow.Source source) {
        return source.present()
                && !source.redefined()
                && !source.capturedIncompletely()
                && source.fingerprint() != null
                && source.fingerprint().equals(source.currentFingerprint())
                && source.fingerprint().equals(source.newestFingerprint())
                && (source.newestCaptureId() == null || source.newestCaptureId().equals(source.captureId()));
    }
}
