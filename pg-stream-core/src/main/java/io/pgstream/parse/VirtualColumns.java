package io.pgstream.parse;

import io.pgstream.resolve.Attribute;
import io.pgstream.resolve.ResolvedRelation;
import io.pgstream.sql.Identifiers;
import java.util.List;
import java.util.stream.Collectors;
import net.sf.jsqlparser.expression.Alias;
import org.jspecify.annotations.Nullable;

/**
 * Virtual generated columns (PostgreSQL 18) are stored nowhere and captured nowhere. A table with such columns is a query over what it stores, as a view is: the
 * columns are computed of the captured ones, in deltas as well.
 */
final class VirtualColumns {

    /** The alias of a table of which only what it stores is read. */
    private static final String STORED = "pgstream_stored";

    private VirtualColumns() {}

    /** Whether there is something to compute; not inside of the query that does so. */
    static boolean has(ResolvedRelation.Table table, @Nullable Alias alias) {
        return !table.computed().isEmpty()
                && (alias == null || !Names.plain(alias.getName()).equals(STORED));
    }

    static List<Attribute> stored(ResolvedRelation.Table table) {
        return table.attributes().stream()
                .filter(attribute -> !table.computed().containsKey(attribute.name()))
                .toList();
    }

    /** The query that computes them, in canonical text. */
    static String query(ResolvedRelation.Table table, ParserInput input) {
        String columns = table.attributes().stream()
                .map(attribute -> {
                    String expression = table.computed().get(attribute.name());
                    String name = Identifiers.quote(attribute.name());
                    return (expression == null)
                            ? name
                            : "(" + expression + ")::" + attribute.type().definition() + " AS " + name;
                })
                .collect(Collectors.joining(", "));
        String query = input.canonical(
                "SELECT " + columns + " FROM " + Identifiers.quote(table.table().name()) + " AS " + STORED);
        if (query == null) {
            throw new UnsupportedConstructException(
                    "it reads the virtual generated columns of " + table.table().name(), "Make them STORED.");
        }
        return query;
    }
}
