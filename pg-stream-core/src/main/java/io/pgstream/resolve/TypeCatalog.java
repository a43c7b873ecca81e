package io.pgstream.resolve;

import io.pgstream.plan.expr.SqlType;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/** What the catalog says of types; remembered for the time of one resolution. */
final class TypeCatalog {

    /**
     * Types with those that they are made of. Each table has two types, so that all that is joined has to be found for each of
     * the wanted ones: a join would read all types that there are.
     */
    private static final String TYPES = """
        WITH RECURSIVE wanted (oid) AS (
            SELECT unnest(?::bigint[])::oid
            UNION
            SELECT part.oid
              FROM wanted AS w
             CROSS JOIN LATERAL (
                   SELECT t.typelem, t.typbasetype, t.typrelid, r.rngsubtype
                     FROM pg_type AS t LEFT JOIN pg_range AS r ON r.rngtypid = t.oid OR r.rngmultitypid = t.oid
                    WHERE t.oid = w.oid OFFSET 0) AS t
             CROSS JOIN LATERAL (
                   VALUES (t.typelem), (t.typbasetype), (t.rngsubtype)
                   UNION ALL
                   SELECT a.atttypid
                     FROM pg_attribute AS a
                    WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) AS part (oid)
             WHERE part.oid > 0)
        SELECT t.oid::bigint, format_type(t.oid, -1), t.typtype, t.typelem::bigint, t.typbasetype::bigint,
               coalesce(r.rngsubtype::bigint, 0), t.typcategory = 'A' AND t.typlen = -1,
               EXISTS (SELECT FROM pg_opclass o JOIN pg_am m ON m.oid = o.opcmethod
                        WHERE m.amname = 'btree' AND o.opcdefault AND o.opcintype = ANY (likes.oids)),
               EXISTS (SELECT FROM pg_opclass o JOIN pg_am m ON m.oid = o.opcmethod
                        WHERE m.amname = 'hash' AND o.opcdefault AND o.opcintype = ANY (likes.oids)
                          AND EXISTS (SELECT FROM pg_amproc p WHERE p.amprocfamily = o.opcfamily AND p.amproclefttype = o.opcintype
                                         AND p.amprocrighttype = o.opcintype AND p.amprocnum = 2)),
               ARRAY(SELECT a.atttypid::bigint
                       FROM pg_attribute AS a
                      WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
                      ORDER BY a.attnum)
          FROM pg_type AS t
          LEFT JOIN pg_range r ON r.rngtypid = t.oid OR r.rngmultitypid = t.oid
         CROSS JOIN LATERAL (SELECT ARRAY(
               SELECT t.oid UNION ALL SELECT c.casttarget FROM pg_cast c
                WHERE c.castsource = t.oid AND c.castmethod = 'b' AND c.castcontext = 'i') OFFSET 0) AS likes (oids)
         WHERE t.oid = ANY (ARRAY(SELECT oid FROM wanted))
        """;

    /** Where the operators are by which values of types are compared. */
    private static final String SCHEMAS = """
        SELECT DISTINCT n.nspname
          FROM pg_opclass AS c
          JOIN pg_amop AS o ON o.amopfamily = c.opcfamily AND o.amoplefttype = c.opcintype AND o.amoprighttype = c.opcintype
          JOIN pg_operator AS p ON p.oid = o.amopopr
          JOIN pg_namespace AS n ON n.oid = p.oprnamespace
         WHERE c.opcdefault AND c.opcintype = ANY (?::bigint[]::oid[]) AND n.nspname <> 'pg_catalog'
           AND c.opcmethod IN (SELECT oid FROM pg_am WHERE amname IN ('btree', 'hash'))
         ORDER BY 1
        """;

    /**
     * The collation of {@code pg_attribute AS a}, where it is not that of its type: the same text sorts otherwise. That of a
     * domain, or of an array of one, is its own, and says as much about which values are equal.
     */
    static final String COLLATION = """
        coalesce((SELECT ' COLLATE ' || quote_ident(n.nspname) || '.' || quote_ident(c.collname)
                    FROM pg_collation AS c JOIN pg_namespace AS n ON n.oid = c.collnamespace
                   WHERE c.oid = a.attcollation AND a.attcollation <> (
                         SELECT CASE WHEN t.typtype = 'd' OR t.typcategory = 'A'
                                THEN 'pg_catalog."default"'::regcollation::oid ELSE t.typcollation END
                           FROM pg_type AS t WHERE t.oid = a.atttypid)), '')
        """;

    private record Kind(
            long oid,
            String text,
            char type,
            long element,
            long base,
            long subtype,
            boolean array,
            boolean btree,
            boolean hash,
            List<Long> fields) {}

    private final Session session;

    private final Map<Long, Kind> kinds = new HashMap<>();

    TypeCatalog(Session session) {
        this.session = session;
    }

    SqlType type(long oid, int modifier, String text, String collation) throws SQLException {
        long base = base(oid);
        boolean sortable = has(base, false);
        boolean hashable = has(base, true);
        return new SqlType(
                oid,
                modifier,
                text,
                kind(base).text(),
                base != oid,
                sortable || hashable,
                hashable,
                sortable,
                collation,
                enumeration(base));
    }

    private boolean enumeration(long base) throws SQLException {
        Kind kind = kind(base);
        return (kind.array() ? kind(kind.element()) : kind).type() == 'e';
    }

    private long base(long oid) throws SQLException {
        Kind kind = kind(oid);
        return (kind.type() == 'd') ? base(kind.base()) : oid;
    }

    /** Whether a type has a hash, or else an order; containers have what all their elements have. */
    private boolean has(long oid, boolean hash) throws SQLException {
        Kind kind = kind(oid);
        if (kind.type() == 'd') {
            return has(kind.base(), hash);
        }
        if (kind.array()) {
            return has(kind.element(), hash);
        }
        if (kind.type() == 'e') {
            return true;
        }
        if (kind.type() == 'r' || kind.type() == 'm') {
            return has(kind.subtype(), hash);
        }
        if (kind.type() == 'c') {
            for (long field : kind.fields()) {
                if (!has(field, hash)) {
                    return false;
                }
            }
            return true;
        }
        return kind.type() == 'b' && (hash ? kind.hash() : kind.btree());
    }

    /**
     * The schemas of the operators that compare values of the types that have been met, without PostgreSQL's own. No text can name the operator of {@code
     * IS NOT DISTINCT FROM}, by which groups are found.
     */
    List<String> operatorSchemas() throws SQLException {
        Long[] own = kinds.keySet().stream().filter(UserObjects::contain).toArray(Long[]::new);
        return (own.length == 0) ? List.of() : session.list(SCHEMAS, row -> row.getString(1), (Object) own);
    }

    /** The types that an operator takes; none where it takes any, as the equality of arrays does. */
    List<SqlType> ofOperator(long operator) throws SQLException {
        record Side(long oid, String text) {}
        List<Side> sides = session.list(
                "SELECT t.oid::bigint, format_type(t.oid, -1) FROM pg_operator AS o CROSS JOIN LATERAL (VALUES (1, o.oprleft), (2,"
                        + " o.oprright)) AS s (place, oid) JOIN pg_type AS t ON t.oid = s.oid AND t.typtype <> 'p' WHERE o.oid ="
                        + " ?::bigint::oid ORDER BY s.place",
                row -> new Side(row.getLong(1), row.getString(2)),
                operator);
        List<SqlType> result = new ArrayList<>();
        for (Side side : sides) {
            result.add(type(side.oid(), -1, side.text(), ""));
        }
        return result.size() == 2 ? result : List.of();
    }

    /** Reads what is not known yet of some types, all at once. */
    void prepare(List<Long> oids) throws SQLException {
        Long[] missing =
                oids.stream().filter(oid -> !kinds.containsKey(oid)).distinct().toArray(Long[]::new);
        if (missing.length == 0) {
            return;
        }
        for (Kind kind : session.list(
                TYPES,
                row -> new Kind(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3).charAt(0),
                        row.getLong(4),
                        row.getLong(5),
                        row.getLong(6),
                        row.getBoolean(7),
                        row.getBoolean(8),
                        row.getBoolean(9),
                        List.of((Long[]) row.getArray(10).getArray())),
                (Object) missing)) {
            kinds.put(kind.oid(), kind);
        }
    }

    private Kind kind(long oid) throws SQLException {
        prepare(List.of(oid));
        Kind kind = kinds.get(oid);
        if (kind == null) {
            throw new NoSuchElementException("There is no type with the number " + oid + ".");
        }
        return kind;
    }
}
