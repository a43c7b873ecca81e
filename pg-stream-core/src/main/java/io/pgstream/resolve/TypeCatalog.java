package io.pgstream.resolve;

import io.pgstream.plan.expr.SqlType;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** What the catalog says of types; remembered for the time of one resolution. */
final class TypeCatalog {

    private static final String TYPE = """
            SELECT t.typtype, t.typelem::bigint, t.typbasetype::bigint, coalesce(r.rngsubtype::bigint, 0),
                   t.typcategory = 'A' AND t.typlen = -1,
                   EXISTS (SELECT FROM pg_opclass o JOIN pg_am m ON m.oid = o.opcmethod
                            WHERE m.amname = 'btree' AND o.opcdefault AND (o.opcintype = t.oid OR EXISTS (
                              SELECT FROM pg_cast c WHERE c.castsource = t.oid AND c.casttarget = o.opcintype
                                 AND c.castmethod = 'b' AND c.castcontext = 'i'))),
                   EXISTS (SELECT FROM pg_opclass o JOIN pg_am m ON m.oid = o.opcmethod
                            WHERE m.amname = 'hash' AND o.opcdefault AND (o.opcintype = t.oid OR EXISTS (
                              SELECT FROM pg_cast c WHERE c.castsource = t.oid AND c.casttarget = o.opcintype
                                 AND c.castmethod = 'b' AND c.castcontext = 'i')))
              FROM pg_type t
              LEFT JOIN pg_range r ON r.rngtypid = t.oid OR r.rngmultitypid = t.oid
             WHERE t.oid = ?::bigint::oid
            """;

    /** The collation of {@code pg_attribute AS a}, where it is not that of its type: the same text sorts otherwise. */
    static final String COLLATION = """
            coalesce((SELECT ' COLLATE ' || quote_ident(n.nspname) || '.' || quote_ident(c.collname)
                        FROM pg_collation AS c JOIN pg_namespace AS n ON n.oid = c.collnamespace
                       WHERE c.oid = a.attcollation AND a.attcollation <> (
                             SELECT t.typcollation FROM pg_type AS t WHERE t.oid = a.atttypid)), '')
            """;

    private record Kind(char type, long element, long base, long subtype, boolean array, boolean btree, boolean hash) {}

    private final Session session;

    private final Map<Long, Kind> kinds = new HashMap<>();

    TypeCatalog(Session session) {
        this.session = session;
    }

    SqlType type(long oid, int modifier, String text, String collation) throws SQLException {
        long base = base(oid);
        String baseText = session.one("SELECT format_type(?::bigint::oid, -1)", row -> row.getString(1), base);
        return new SqlType(oid, modifier, text, baseText, base != oid, has(base, false), has(base, true), collation);
    }

    private long base(long oid) throws SQLException {
        Kind kind = kind(oid);
        return (kind.type() == 'd') ? base(kind.base()) : oid;
    }

    /** Whether a type has an equality (by btree or hash), or a hash; containers have what their elements have. */
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
        // Composite values are compared by their text: their fields may be of any type.
        return kind.type() == 'b' && (kind.hash() || (!hash && kind.btree()));
    }

    private Kind kind(long oid) throws SQLException {
        Kind known = kinds.get(oid);
        if (known != null) {
            return known;
        }
        Kind kind = session.one(
                TYPE,
                row -> new Kind(
                        row.getString(1).charAt(0),
                        row.getLong(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getBoolean(5),
                        row.getBoolean(6),
                        row.getBoolean(7)),
                oid);
        kinds.put(oid, kind);
        return kind;
    }
}
