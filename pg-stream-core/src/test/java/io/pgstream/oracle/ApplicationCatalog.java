package io.pgstream.oracle;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** The relations that a mutation can bring into a query, with the columns that PostgreSQL says they have. */
final class ApplicationCatalog {

    /** A column as a query writes it, with its type. */
    record Column(String sql, String type) {

        boolean number() {
            return NUMBERS.contains(type);
        }

        boolean floating() {
            return type.startsWith("float");
        }

        boolean text() {
            return Set.of("text", "varchar", "bpchar").contains(type);
        }

        /** Whether it can be compared and sorted. */
        boolean comparable() {
            return !Set.of("json", "xml", "point").contains(type);
        }

        Column under(String alias) {
            return new Column(alias + "." + sql, type);
        }
    }

    private static final Set<String> NUMBERS =
            Set.of("int2", "int4", "int8", "serial", "bigserial", "numeric", "price", "float4", "float8");

    private final Oracle oracle;

    private final Map<String, List<Column>> columns = new LinkedHashMap<>();

    ApplicationCatalog(Oracle oracle) throws SQLException {
        this.oracle = oracle;
        for (String relation : oracle.strings(
                "SELECT CASE relnamespace WHEN 'o'::regnamespace THEN quote_ident(relname)"
                        + " ELSE relnamespace::regnamespace::text || '.' || quote_ident(relname) END FROM pg_class"
                        + " WHERE relkind IN ('r', 'p', 'v') AND NOT relispartition"
                        + " AND relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('o', 'o.Books')) ORDER BY 1")) {
            add(relation);
        }
    }

    /** A relation that did not exist before, such as a stream table. */
    void add(String relation) throws SQLException {
        columns.put(relation, oracle.columns("SELECT * FROM " + relation));
    }

    String any(Random random) {
        List<String> names = new ArrayList<>(columns.keySet());
        return names.get(random.nextInt(names.size()));
    }

    List<Column> columns(String relation, String alias) {
        return columns.getOrDefault(relation, List.of()).stream()
                .map(column -> column.under(alias))
                .toList();
    }

    List<Column> scope(QueryBlock block) {
        List<Column> scope = new ArrayList<>();
        block.sources().forEach(source -> scope.addAll(columns(source.relation(), source.alias())));
        return scope;
    }
}
