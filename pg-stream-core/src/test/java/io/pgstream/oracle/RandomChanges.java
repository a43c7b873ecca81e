package io.pgstream.oracle;

import io.pgstream.oracle.RandomSchema.Column;
import io.pgstream.oracle.RandomSchema.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Random changes of the tables as a list of statements for one session. A statement may fail, of a unique key or a
 * reference: the rest of its transaction fails with it, as it would for an application.
 */
final class RandomChanges {

    private final Random random;

    private final List<Table> tables;

    /** The session beside, whose transactions may be open for several cycles; none where each writer must be served. */
    private final @Nullable OtherSession other;

    RandomChanges(Random random, List<Table> tables, boolean sessions) {
        this.random = random;
        this.tables = tables;
        this.other = sessions ? new OtherSession(random) : null;
    }

    /** The first rows. */
    List<String> load() {
        List<String> statements = new ArrayList<>();
        for (Table table : tables) {
            int rows = random.nextInt(10) == 0 ? 0 : 3 + random.nextInt(18);
            for (int i = 0; i < rows; i += 4) {
                statements.add(insert(table, 4) + conflict(table));
            }
        }
        return statements;
    }

    /** What happens between two refreshes. */
    List<String> cycle() {
        List<String> statements = new ArrayList<>();
        if (random.nextInt(8) == 0) {
            statements.add(Oracle.FULLY);
        }
        int transactions = 1 + random.nextInt(3);
        for (int i = 0; i < transactions; i++) {
            int count = 1 + random.nextInt(3);
            boolean block = count > 1 && random.nextInt(3) > 0;
            if (block) {
                statements.add("BEGIN");
            }
            for (int k = 0; k < count; k++) {
                boolean savepoint = block && random.nextInt(4) == 0;
                if (savepoint) {
                    statements.add("SAVEPOINT s");
                }
                statements.add(statement());
                if (savepoint) {
                    statements.add(random.nextBoolean() ? "ROLLBACK TO SAVEPOINT s" : "RELEASE SAVEPOINT s");
                }
            }
            if (block) {
                statements.add(random.nextInt(6) == 0 ? "ROLLBACK" : "COMMIT");
            }
            if (other != null) {
                statements.addAll(other.statements(this::statement));
            }
        }
        return statements;
    }

    private String statement() {
        Table table = tables.get(random.nextInt(tables.size()));
        return switch (random.nextInt(24)) {
            case 0, 1, 2 -> insert(table, 1) + conflict(table);
            case 3, 4 -> insert(table, 2 + random.nextInt(6)) + conflict(table);
            case 5 -> insertSelect(table);
            case 6, 7, 8, 9 -> update(table);
            case 10 -> keyChange(table);
            case 11 -> updateFrom(table);
            case 12, 13, 14 -> "DELETE FROM " + table.name() + where(table);
            case 15 -> deleteOne(table);
            case 16 -> deleteUsing(table);
            case 17, 18 -> upsert(table);
            case 19 -> merge(table);
            case 20 -> modifyingQuery(table);
            case 21 -> copy(table);
            case 22 -> "UPDATE " + table.name() + " SET k = k" + where(table);
            default -> random.nextInt(4) == 0 ? "TRUNCATE " + table.name() + " CASCADE" : update(table);
        };
    }

    private String value(Column column) {
        if (column.name().equals("id")) {
            return String.valueOf(random.nextInt(30));
        }
        if (!column.notNull() && random.nextInt(5) == 0) {
            return "NULL";
        }
        return column.kind().literal(random);
    }

    private String row(List<Column> columns) {
        return columns.stream().map(this::value).collect(Collectors.joining(", ", "(", ")"));
    }

    private static String names(List<Column> columns) {
        return columns.stream().map(Column::name).collect(Collectors.joining(", "));
    }

    private String insert(Table table, int rows) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            // Duplicates are the point of tables without a key.
            values.add(i > 0 && random.nextInt(4) == 0 ? values.get(0) : row(table.columns()));
        }
        return "INSERT INTO " + table.name() + " (" + names(table.columns()) + ") VALUES " + String.join(", ", values);
    }

    private String conflict(Table table) {
        return (table.key().isEmpty() || random.nextInt(8) == 0) ? "" : " ON CONFLICT DO NOTHING";
    }

    private String insertSelect(Table table) {
        String values = table.columns().stream()
                .map(column -> column.name().equals("id") ? "x.id + " + random.nextInt(20) : "x." + column.name())
                .collect(Collectors.joining(", "));
        return "INSERT INTO " + table.name() + " (" + names(table.columns()) + ") SELECT " + values + " FROM "
                + table.name() + " AS x" + where(table) + conflict(table);
    }

    private String where(Table table) {
        RandomExpression expressions = new RandomExpression(random);
        List<RandomExpression.Column> scope = table.columns().stream()
                .map(column -> new RandomExpression.Column(column.name(), column.kind()))
                .toList();
        return switch (random.nextInt(12)) {
            case 0 -> "";
            case 1, 2 -> " WHERE k = " + random.nextInt(5);
            default -> " WHERE " + expressions.condition(scope, 1);
        };
    }

    private Column plain(Table table) {
        List<Column> plain = table.plainColumns();
        return plain.isEmpty() ? table.columns().get(0) : plain.get(random.nextInt(plain.size()));
    }

    private String update(Table table) {
        Column first = plain(table);
        Column second = plain(table);
        String set = first.name() + " = " + changed(first);
        if (!second.equals(first) && random.nextBoolean()) {
            set += ", " + second.name() + " = " + value(second);
        }
        return "UPDATE " + table.name() + " SET " + set + where(table);
    }

    private String changed(Column column) {
        boolean step = column.kind() == Kind.INT && random.nextInt(3) == 0;
        return step ? "(" + column.name() + " + 1) % 6" : value(column);
    }

    private String keyChange(Table table) {
        String column = table.key().isEmpty()
                ? "k"
                : table.key().get(random.nextInt(table.key().size()));
        int a = random.nextInt(30);
        int b = random.nextInt(30);
        return switch (random.nextInt(3)) {
            case 0 -> "UPDATE " + table.name() + " SET " + column + " = - " + column + " - 1" + where(table);
            case 1 -> "UPDATE " + table.name() + " SET " + column + " = " + a + " WHERE " + column + " = " + b;
            default ->
                "UPDATE " + table.name() + " SET " + column + " = " + column + " + 100; UPDATE " + table.name()
                        + " SET "
                        + column + " = CASE " + column + " WHEN " + (100 + a) + " THEN " + b + " WHEN " + (100 + b)
                        + " THEN "
                        + a + " ELSE " + column + " - 100 END";
        };
    }

    private String updateFrom(Table table) {
        Table other = tables.get(random.nextInt(tables.size()));
        Column column = plain(table);
        boolean same =
                other.columns().stream().anyMatch(it -> it.name().equals(column.name()) && it.kind() == column.kind());
        String value = same && !column.notNull() ? "o." + column.name() : value(column);
        return "UPDATE " + table.name() + " AS x SET " + column.name() + " = " + value + " FROM " + other.name()
                + " AS o WHERE x.k = o.k";
    }

    private String deleteOne(Table table) {
        return "DELETE FROM " + table.name() + " WHERE (tableoid, ctid) IN (SELECT tableoid, ctid FROM " + table.name()
                + where(table) + " LIMIT 1)";
    }

    private String deleteUsing(Table table) {
        Table other = tables.get(random.nextInt(tables.size()));
        return "DELETE FROM " + table.name() + " AS x USING " + other.name() + " AS o WHERE x.k = o.k + 1";
    }

    private String upsert(Table table) {
        if (table.key().isEmpty()) {
            return insert(table, 2);
        }
        Column column = plain(table);
        return insert(table, 1 + random.nextInt(2)) + " ON CONFLICT (" + String.join(", ", table.key())
                + ") DO UPDATE SET " + column.name() + " = "
                + (random.nextBoolean() ? "excluded." + column.name() : value(column));
    }

    private String merge(Table table) {
        Column column = plain(table);
        String on = table.key().isEmpty()
                ? "x.k = n.k"
                : table.key().stream().map(key -> "x." + key + " = n." + key).collect(Collectors.joining(" AND "));
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
            rows.add(row(table.columns()));
        }
        String values = table.columns().stream().map(it -> "n." + it.name()).collect(Collectors.joining(", "));
        return "MERGE INTO " + table.name() + " AS x USING (VALUES " + String.join(", ", rows) + ") AS n ("
                + names(table.columns()) + ") ON " + on + " WHEN MATCHED AND n.k = 1 THEN DELETE"
                + " WHEN MATCHED THEN UPDATE SET " + column.name() + " = " + value(column)
                + " WHEN NOT MATCHED THEN INSERT (" + names(table.columns()) + ") VALUES (" + values + ")"
                // From PostgreSQL 17 on; before, the statement fails.
                + (random.nextInt(6) == 0 ? " WHEN NOT MATCHED BY SOURCE AND x.k = 2 THEN DELETE" : "");
    }

    /** A MERGE of which the rows go on into another table; before PostgreSQL 17 it fails. */
    String returning() {
        Table table = tables.get(random.nextInt(tables.size()));
        Table other = tables.get(random.nextInt(tables.size()));
        return "WITH merged AS (" + merge(table) + " RETURNING merge_action() AS action, x.k AS k) UPDATE "
                + other.name() + " SET k = 3 WHERE k IN (SELECT k FROM merged WHERE action <> 'UPDATE')";
    }

    private String modifyingQuery(Table table) {
        Table other = tables.get(random.nextInt(tables.size()));
        return "WITH gone AS (DELETE FROM " + table.name() + where(table) + " RETURNING k), more AS (INSERT INTO "
                + other.name() + " (" + names(other.columns()) + ") VALUES " + row(other.columns())
                + " ON CONFLICT DO NOTHING RETURNING k) UPDATE " + other.name()
                + " SET k = 5 WHERE k IN (SELECT k FROM gone)";
    }

    private String copy(Table table) {
        List<Column> columns = table.columns().stream()
                .filter(column -> column.notNull() || column.kind() == Kind.INT)
                .toList();
        StringBuilder text = new StringBuilder("COPY " + table.name() + " (" + names(columns) + ") FROM STDIN;\n");
        for (int i = 0; i < 1 + random.nextInt(5); i++) {
            for (Column column : columns) {
                text.append(column == columns.get(0) ? "" : "\t")
                        .append(column.kind() == Kind.INT ? String.valueOf(random.nextInt(100)) : text(column.kind()));
            }
            text.append('\n');
        }
        return text.append("\\.").toString();
    }

    private static String text(Kind kind) {
        return switch (kind) {
            case BOOLEAN -> "t";
            case DATE, TIMESTAMPTZ, TIMESTAMP -> "2024-01-31";
            case JSON, JSONB, ARRAY, NUMBERS_ARRAY, MULTIRANGE -> "{}";
            case XML -> "<a/>";
            case POINT -> "(1,2)";
            case BITS -> "101";
            case RANGE -> "[1,3)";
            case COMPOSITE -> "(1,a)";
            case INTERVAL -> "1 day";
            case TIME -> "12:00";
            case INET -> "10.0.0.1";
            case ENUM -> "ok";
            case UUID -> "00000000-0000-0000-0000-000000000001";
            case BYTES -> "\\\\x00";
            default -> "1";
        };
    }
}
