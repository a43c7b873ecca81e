package io.pgstream.synchronous;

import io.pgstream.QualifiedName;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Ownership;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What the functions rely on in a source beyond the types of its columns. The programs name it, find its rows by its keys, leave out what NULL
 * would need, compare by its collations, and take for granted that each write was told of. PostgreSQL plans again after
 * whatever could change any of that, so that to ask costs a write nothing.
 */
final class SourceReliance {

    private static final String COLUMNS =
            "FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = source AND a.attname = ANY (";

    private SourceReliance() {}

    /**
     * A condition over {@code source}, true where something is not as it is now, or as the query was compiled.
     *
     * @param names those of the triggers, which need not be there yet
     */
    static String broken(Session session, SynchronousSource source, SynchronousNames names) throws SQLException {
        List<String> conditions = new ArrayList<>();
        conditions.add(renamed(source));
        source.keys().forEach(key -> conditions.add(withoutKey(key)));
        if (!source.neverNull().isEmpty()) {
            conditions.add("(SELECT pg_catalog.count(*) " + COLUMNS + names(source.neverNull())
                    + ") AND a.attnotnull) <> " + source.neverNull().size());
        }
        conditions.add(untold(session, source, names));
        if (!source.types().isEmpty()) {
            conditions.addAll(otherCollations(session, source));
            conditions.add(rewritten(session, source));
        }
        return String.join(" OR ", conditions);
    }

    private static String names(Collection<String> names) {
        return names.stream()
                .map(Identifiers::literal)
                .collect(Collectors.joining(", ", "ARRAY[", "]::pg_catalog.name[]"));
    }

    /** Another table may have the name by now, which the programs would read instead. */
    private static String renamed(SynchronousSource source) {
        QualifiedName name = source.table().name();
        return "NOT EXISTS (SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
                + " WHERE c.oid = source AND c.relname = " + Identifiers.literal(name.name()) + " AND n.nspname = "
                + Identifiers.literal(Objects.requireNonNull(name.schema())) + ")";
    }

    private static String withoutKey(List<String> key) {
        return "NOT EXISTS (SELECT FROM pg_catalog.pg_index AS i WHERE i.indrelid = source AND i.indisunique AND"
                + " i.indimmediate AND i.indisvalid AND i.indpred IS NULL AND i.indnkeyatts = " + key.size()
                + " AND (SELECT pg_catalog.count(*) " + COLUMNS + names(key)
                + ") AND a.attnum = ANY (i.indkey[0:" + (key.size() - 1) + "])) = " + key.size() + ")";
    }

    /**
     * Who disables triggers and enables them again has written in between, or could have. Enabled by their owner for all sessions, triggers are
     * enabled for ordinary ones only afterwards; what had been so before cannot be told.
     */
    private static String untold(Session session, SynchronousSource source, SynchronousNames names)
            throws SQLException {
        List<SourceTrigger> triggers = SourceTrigger.of(source, names).stream()
                .filter(SourceTrigger::fires)
                .toList();
        boolean always =
                Ownership.held(session, Identifiers.quote(source.table().name()));
        return "(SELECT pg_catalog.count(*) FROM pg_catalog.pg_trigger AS t WHERE t.tgrelid = source AND t.tgname = ANY ("
                + names(triggers.stream().map(SourceTrigger::name).toList()) + ") AND t.tgenabled "
                + (always ? "= 'A'" : "IN ('A', 'O')") + ") <> " + triggers.size();
    }

    /** By name: a server that was upgraded has other numbers. */
    private static List<String> otherCollations(Session session, SynchronousSource source) throws SQLException {
        return session.list(
                "SELECT format('NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_collation AS c ON c.oid ="
                        + " a.attcollation JOIN pg_catalog.pg_namespace AS n ON n.oid = c.collnamespace WHERE a.attrelid ="
                        + " source AND a.attname = %L AND c.collname = %L AND n.nspname = %L)', a.attname, c.collname,"
                        + " n.nspname) FROM pg_attribute AS a JOIN pg_collation AS c ON c.oid = a.attcollation JOIN"
                        + " pg_namespace AS n ON n.oid = c.collnamespace WHERE a.attrelid = ?::bigint::oid AND a.attname ="
                        + " ANY (?) ORDER BY a.attnum",
                row -> row.getString(1),
                source.table().oid(),
                source.types().keySet().toArray(new String[0]));
    }

    /**
     * A column that gets the same type again, USING an expression, has other values. It is another row of the catalog then, as after some harmless
     * changes, and the table is in another file, as after VACUUM FULL or TRUNCATE: both together are rare otherwise.
     */
    private static String rewritten(Session session, SynchronousSource source) throws SQLException {
        String versions = "(SELECT pg_catalog.string_agg(a.xmin::pg_catalog.text, ' ' ORDER BY a.attnum) " + COLUMNS
                + names(source.types().keySet()) + "))";
        return session.one(
                "SELECT format('((SELECT c.relfilenode <> %s FROM pg_catalog.pg_class AS c WHERE c.oid = source) AND %s <> %L)',"
                        + " c.relfilenode, ?, (SELECT string_agg(a.xmin::text, ' ' ORDER BY a.attnum) FROM pg_attribute AS a"
                        + " WHERE a.attrelid = c.oid AND a.attname = ANY (?))) FROM pg_class AS c WHERE c.oid ="
                        + " ?::bigint::oid",
                row -> row.getString(1),
                versions,
                source.types().keySet().toArray(new String[0]),
                source.table().oid());
    }
}
