package io.pgstream.resolve;

import io.pgstream.QualifiedName;
import io.pgstream.plan.SourceTable;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the catalog says of relations; remembered for the time of one resolution. */
final class RelationCatalog {

    private static final String RELATION = """
            SELECT c.oid::bigint, c.relkind, c.relpersistence, n.nspname, c.relname, greatest(c.reltuples, 0)::bigint,
                   EXISTS (SELECT FROM pg_inherits i JOIN pg_class k ON k.oid = i.inhrelid
                            WHERE i.inhparent = c.oid AND NOT k.relispartition),
                   EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid),
                   EXISTS (SELECT FROM pg_subscription_rel s WHERE s.srrelid = c.oid), c.relrowsecurity
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.oid = ?::bigint::oid
            """;

    /** Since PostgreSQL 18 a column says that it is NOT NULL while the constraint has not been validated for older rows. */
    private static final String NEVER_NULL = "(a.attnotnull AND NOT EXISTS (SELECT FROM pg_constraint AS n"
            + " WHERE n.conrelid = a.attrelid AND n.contype = 'n' AND n.conkey = ARRAY[a.attnum] AND NOT n.convalidated))";

    private static final String ATTRIBUTES = """
            SELECT attname, atttypid::bigint, atttypmod, format_type(atttypid, atttypmod), %s, %s,
                   CASE WHEN attgenerated = 'v' THEN (
                        SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef AS d
                         WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum) END
              FROM pg_attribute AS a
             WHERE attrelid = ?::bigint::oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum
            """.formatted(NEVER_NULL, TypeCatalog.COLLATION);

    /** The leading plain columns of each usable btree index; for a key, whether it is unique and never NULL. */
    private static final String INDEXES = """
            SELECT i.indisprimary,
                   i.indisunique AND i.indimmediate AND i.indnkeyatts = count(a.attnum)
                     AND bool_and(%s) AS is_key,
                   array_agg(a.attname ORDER BY k.ordinal)
              FROM pg_index i
              JOIN pg_class c ON c.oid = i.indexrelid
              JOIN pg_am m ON m.oid = c.relam AND m.amname = 'btree'
             CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, ordinal)
              JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
             WHERE i.indrelid = ?::bigint::oid AND i.indisvalid AND i.indislive AND i.indpred IS NULL
               AND k.ordinal <= i.indnkeyatts
               AND NOT EXISTS (SELECT FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS e (attnum, ordinal)
                                WHERE e.attnum = 0 AND e.ordinal <= k.ordinal)
             GROUP BY i.indexrelid, i.indisprimary, i.indisunique, i.indimmediate, i.indnkeyatts
             ORDER BY i.indisprimary DESC, i.indexrelid
            """.formatted(NEVER_NULL);

    /** The view shows no values of a column that the caller may not read; then nothing is known of it. */
    private static final String DISTINCT =
            "SELECT attname, n_distinct FROM pg_catalog.pg_stats WHERE schemaname = ? AND tablename = ?";

    private static final Pattern RELATION_OF_RULE = Pattern.compile(":relid (\\d+)");

    private static final char COMPOSITE_TYPE = 'c';

    private static final char SEQUENCE = 'S';

    private record Facts(
            long oid,
            char kind,
            char persistence,
            QualifiedName name,
            long rows,
            boolean inherited,
            boolean inherits,
            boolean subscribed,
            boolean rowSecurity) {}

    private final Session session;

    private final TypeCatalog types;

    private final Map<QualifiedName, ResolvedRelation> known = new HashMap<>();

    RelationCatalog(Session session, TypeCatalog types) {
        this.session = session;
        this.types = types;
    }

    ResolvedRelation relation(QualifiedName name) throws SQLException {
        ResolvedRelation relation = known.get(name);
        if (relation == null) {
            relation = load(facts(oid(Identifiers.quote(name))));
            known.put(name, relation);
        }
        return relation;
    }

    QualifiedName name(long oid) throws SQLException {
        return facts(oid).name();
    }

    private long oid(String quotedName) throws SQLException {
        return session.one("SELECT to_regclass(?)::oid::bigint", row -> row.getLong(1), quotedName);
    }

    private Facts facts(long oid) throws SQLException {
        return session.one(
                RELATION,
                row -> new Facts(
                        row.getLong(1),
                        row.getString(2).charAt(0),
                        row.getString(3).charAt(0),
                        new QualifiedName(row.getString(4), row.getString(5)),
                        row.getLong(6),
                        row.getBoolean(7),
                        row.getBoolean(8),
                        row.getBoolean(9),
                        row.getBoolean(10)),
                oid);
    }

    private ResolvedRelation load(Facts facts) throws SQLException {
        String obstacle = obstacle(facts);
        if (obstacle != null) {
            return new ResolvedRelation.Opaque(facts.name(), obstacle);
        }
        List<Attribute> attributes = new ArrayList<>();
        Map<String, String> computed = new TreeMap<>();
        record Raw(
                String name,
                long type,
                int modifier,
                String text,
                boolean notNull,
                String collation,
                @Nullable String expression) {}
        List<Raw> raws = session.list(
                ATTRIBUTES,
                row -> new Raw(
                        row.getString(1),
                        row.getLong(2),
                        row.getInt(3),
                        row.getString(4),
                        row.getBoolean(5),
                        row.getString(6),
                        row.getString(7)),
                facts.oid());
        types.prepare(raws.stream().map(Raw::type).toList());
        for (Raw raw : raws) {
            attributes.add(new Attribute(
                    raw.name(), types.type(raw.type(), raw.modifier(), raw.text(), raw.collation()), raw.notNull()));
            String expression = raw.expression();
            if (expression != null) {
                computed.put(raw.name(), expression);
            }
        }
        if (facts.kind() == 'v') {
            String query =
                    session.one("SELECT pg_get_viewdef(?::bigint::oid, false)", row -> row.getString(1), facts.oid());
            return new ResolvedRelation.View(
                    facts.name(),
                    query.strip().replaceAll(";$", ""),
                    attributes.stream().map(Attribute::name).toList());
        }
        return new ResolvedRelation.Table(table(facts), List.copyOf(attributes), computed);
    }

    private static @Nullable String obstacle(Facts facts) {
        return switch (facts.kind()) {
            case 'v' -> null;
            case 'r', 'p' -> tableObstacle(facts);
            case 'm' -> "changes of a materialized view cannot be captured";
            case 'f' -> "changes of a foreign table cannot be captured";
            default -> "it is not a table";
        };
    }

    private static @Nullable String tableObstacle(Facts facts) {
        if (facts.persistence() == 'u') {
            return "an unlogged table is emptied by a crash, which nothing captures";
        }
        if (facts.inherited()) {
            return "other tables inherit from it, and their changes are not captured";
        }
        if (facts.inherits()) {
            return "it is a partition of another table, or inherits from one, and what is written through that one is not"
                    + " captured";
        }
        return facts.subscribed()
                ? "it is filled by logical replication, for which statement triggers do not fire"
                : null;
    }

    private SourceTable table(Facts facts) throws SQLException {
        List<List<String>> keys = new ArrayList<>();
        List<List<String>> indexes = new ArrayList<>();
        record Index(boolean key, List<String> columns) {}
        for (Index index : session.list(
                INDEXES,
                row -> new Index(
                        row.getBoolean(2), List.of((String[]) row.getArray(3).getArray())),
                facts.oid())) {
            indexes.add(index.columns());
            if (index.key()) {
                keys.add(index.columns());
            }
        }
        return new SourceTable(facts.oid(), facts.name(), keys, indexes, facts.rows(), distinct(facts));
    }

    private Map<String, Double> distinct(Facts facts) throws SQLException {
        Map<String, Double> distinct = new TreeMap<>();
        record Estimate(String column, double values) {}
        for (Estimate estimate : session.list(
                DISTINCT,
                row -> new Estimate(row.getString(1), row.getDouble(2)),
                facts.name().schema(),
                facts.name().name())) {
            // PostgreSQL says a negative number where the values grow with the rows: it is their share.
            double values = estimate.values() < 0 ? -estimate.values() * facts.rows() : estimate.values();
            if (values >= 1) {
                distinct.merge(estimate.column(), values, Math::max);
            }
        }
        return distinct;
    }

    /**
     * Collects the tables below a view and the functions that it and the views below it call.
     *
     * @return why the tables are not all there is to capture, or {@code null}
     */
    @Nullable
    Obstacle collectFromName(String view, Set<Long> tables, Set<Long> views, FunctionUse functions)
            throws SQLException {
        return collect(oid(view), tables, views, functions);
    }

    private @Nullable Obstacle collect(long view, Set<Long> tables, Set<Long> views, FunctionUse functions)
            throws SQLException {
        String action = session.one(
                "SELECT ev_action::text FROM pg_rewrite WHERE ev_class = ?::bigint::oid AND rulename = '_RETURN'",
                row -> row.getString(1),
                view);
        functions.add(action);
        refuseSystemCatalogs(action);
        Obstacle obstacle = null;
        for (Long oid : session.list("""
                SELECT DISTINCT d.refobjid::bigint FROM pg_rewrite r
                  JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                   AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
                 WHERE r.ev_class = ?::bigint::oid ORDER BY 1
                """, row -> row.getLong(1), view)) {
            Facts facts = facts(oid);
            refuse(facts);
            if (facts.kind() == COMPOSITE_TYPE || facts.kind() == SEQUENCE) {
                // A field of a value is read, or a function is given the sequence; there are no rows.
                continue;
            }
            if (facts.kind() == 'v') {
                views.add(oid);
                Obstacle below = collect(oid, tables, views, functions);
                obstacle = (obstacle == null) ? below : obstacle;
            } else {
                tables.add(oid);
                String reason = obstacle(facts);
                if (reason != null && obstacle == null) {
                    obstacle = named(Refusal.UNCAPTURED_SOURCE, facts, "it reads " + facts.name() + ": " + reason);
                }
            }
        }
        return obstacle;
    }

    /** Dependencies on system catalogs are not recorded: they cannot be dropped. */
    private void refuseSystemCatalogs(String action) throws SQLException {
        for (Matcher relation = RELATION_OF_RULE.matcher(action); relation.find(); ) {
            long oid = Long.parseLong(relation.group(1));
            if (oid > 0 && !UserObjects.contain(oid)) {
                refuse(facts(oid));
            }
        }
    }

    /** The columns of tables that a view and those below it use. */
    Map<Long, Set<String>> usedColumns(String view, Set<Long> below) throws SQLException {
        Set<Long> all = new TreeSet<>(below);
        all.add(oid(view));
        record Use(long table, String column) {}
        Map<Long, Set<String>> columns = new TreeMap<>();
        for (Use use : session.list(
                """
                SELECT DISTINCT d.refobjid::bigint, a.attname FROM pg_rewrite AS r
                  JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                   AND d.refclassid = 'pg_class'::regclass
                  JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid AND a.attnum > 0
                 WHERE r.ev_class = ANY (?::bigint[]::oid[]) ORDER BY 1, 2
                """, row -> new Use(row.getLong(1), row.getString(2)), (Object) all.toArray(new Long[0]))) {
            columns.computeIfAbsent(use.table(), table -> new TreeSet<>()).add(use.column());
        }
        return columns;
    }

    private static void refuse(Facts facts) {
        String schema = String.valueOf(facts.name().schema());
        if (facts.rowSecurity()) {
            String reason =
                    "it reads " + facts.name() + ", which has row-level security: a stored result cannot show each"
                            + " reader the rows that the policies let it see";
            throw new RefusedException(named(Refusal.ROW_SECURITY, facts, reason));
        }
        if (facts.persistence() == 't') {
            String reason = "it reads the temporary table " + facts.name().name() + ", which other sessions cannot see";
            throw new RefusedException(named(Refusal.TEMPORARY_TABLE, facts, reason));
        }
        if (schema.equals("pg_catalog") || schema.equals("information_schema")) {
            String reason = "it reads the system catalog " + facts.name() + ", whose changes nothing captures";
            throw new RefusedException(named(Refusal.SYSTEM_CATALOG, facts, reason));
        }
    }

    private static Obstacle named(Refusal refusal, Facts facts, String reason) {
        String name = Pattern.quote(facts.name().name());
        return Obstacle.of(refusal, reason, "\"" + name + "\"|(?<![\\w$])" + name + "(?![\\w$])");
    }
}
