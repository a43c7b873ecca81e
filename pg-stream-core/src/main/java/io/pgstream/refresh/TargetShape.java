package io.pgstream.refresh;

import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Gives a stream table the columns of a changed query. The columns that stay, in their order and with their types, are
 * left alone; the others are dropped and added at the end. Nothing is rewritten: a rewrite would show an empty table to
 * readers with an older snapshot.
 */
final class TargetShape {

    /** What of the user's hangs on a column, as statements that give it to a new one of the name. */
    private record Belonging(String column, String statement) {}

    private final Session session;

    /** The table as SQL writes it. */
    private final String table;

    private final List<String> dropped = new ArrayList<>();

    private final List<Column> added;

    private final List<Belonging> belongings = new ArrayList<>();

    private record Column(String name, String type) {

        String declaration() {
            return Identifiers.quote(name) + " " + type;
        }
    }

    /** @param shape a table with the wanted columns, as SQL writes it */
    TargetShape(Session session, String table, String shape) throws SQLException {
        this.session = session;
        this.table = table;
        List<Column> wanted = columns(shape);
        int kept = 0;
        for (Column column : columns(table)) {
            if (kept < wanted.size() && wanted.get(kept).equals(column)) {
                kept++;
            } else {
                dropped.add(column.name());
            }
        }
        this.added = wanted.subList(kept, wanted.size());
    }

    private List<Column> columns(String relation) throws SQLException {
        return session.list(
                "SELECT a.attname, format_type(a.atttypid, a.atttypmod) || coalesce((SELECT ' COLLATE ' ||"
                        + " quote_ident(n.nspname) || '.' || quote_ident(c.collname) FROM pg_collation AS c JOIN"
                        + " pg_namespace AS n ON n.oid = c.collnamespace JOIN pg_type AS t ON t.oid = a.atttypid"
                        + " WHERE c.oid = a.attcollation AND a.attcollation <> t.typcollation), '') FROM pg_attribute AS a"
                        + " WHERE a.attrelid = ?::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
                row -> new Column(row.getString(1), row.getString(2)),
                relation);
    }

    boolean fits() {
        return dropped.isEmpty() && added.isEmpty();
    }

    /** Alters the table; what the user has put on a column of the same name is to be restored afterwards. */
    void alter() throws SQLException {
        collectBelongings();
        List<String> actions = Stream.concat(
                        dropped.stream().map(column -> "DROP COLUMN " + Identifiers.quote(column)),
                        added.stream().map(column -> "ADD COLUMN " + column.declaration()))
                .toList();
        session.execute("ALTER TABLE " + table + " " + String.join(", ", actions));
    }

    private void collectBelongings() throws SQLException {
        Set<String> again = new LinkedHashSet<>(dropped);
        again.retainAll(added.stream().map(Column::name).collect(Collectors.toSet()));
        belongings.addAll(session.list(
                "SELECT a.attname, format('GRANT %s (%I) ON %s TO %s%s', x.privilege_type, a.attname, a.attrelid::regclass,"
                        + " CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END,"
                        + " CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) FROM pg_attribute AS a CROSS"
                        + " JOIN LATERAL aclexplode(a.attacl) AS x WHERE a.attrelid = ?::regclass AND a.attname = ANY (?)"
                        + " UNION ALL SELECT a.attname, format('COMMENT ON COLUMN %s.%I IS %L', a.attrelid::regclass,"
                        + " a.attname, d.description) FROM pg_attribute AS a JOIN pg_description AS d ON d.objoid ="
                        + " a.attrelid AND d.classoid = 'pg_class'::regclass AND d.objsubid = a.attnum WHERE a.attrelid ="
                        + " ?::regclass AND a.attname = ANY (?) ORDER BY 1, 2",
                row -> new Belonging(row.getString(1), row.getString(2)),
                table,
                again.toArray(new String[0]),
                table,
                again.toArray(new String[0])));
    }

    /** Gives back what hung on columns that were made again. */
    void restore() throws SQLException {
        for (Belonging belonging : belongings) {
            session.execute(belonging.statement());
        }
    }
}
