package io.pgstream.oracle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/** Random tables: keyed, with a key of two columns, without a key, partitioned, with indexes and references. */
final class RandomSchema {

    private static final List<String> NAMES =
            List.of("k", "g", "v", "w", "\"Group\"", "\"order\"", "\"a \"\"q\"", "\"ü\"", "x_1");

    /** A column by its quoted name. */
    record Column(String name, Kind kind, boolean notNull) {}

    /** A table; the key is empty where there is none. */
    record Table(String name, List<Column> columns, List<String> key, boolean partitioned, boolean computes) {

        /** What queries can read: also a column that PostgreSQL computes. */
        List<Column> readable() {
            List<Column> readable = new ArrayList<>(columns);
            if (computes) {
                readable.add(new Column("computed", Kind.INT, false));
            }
            return readable;
        }

        Column column(String columnName) {
            return columns.stream()
                    .filter(column -> column.name().equals(columnName))
                    .findFirst()
                    .orElseThrow();
        }

        List<Column> plainColumns() {
            return columns.stream()
                    .filter(column -> !key.contains(column.name()))
                    .toList();
        }
    }

    private final Random random;

    private final Map<String, Kind> kinds = new LinkedHashMap<>();

    private final List<Table> tables = new ArrayList<>();

    private final List<String> statements = new ArrayList<>();

    RandomSchema(Random random, boolean clock) {
        this.random = random;
        // One name has one type in all tables, so that USING and NATURAL often match.
        for (String name : NAMES) {
            kinds.put(name, Kind.any(random));
        }
        kinds.put("k", Kind.INT);
        kinds.put("v", Kind.NUMBERS.get(random.nextInt(Kind.NUMBERS.size())));
        if (clock) {
            kinds.put("g", Kind.TIMESTAMPTZ);
            kinds.put("w", Kind.DATE);
            statements.addAll(TestClock.setup("'2024-01-01 12:00:00+00'"));
        }
        statements.add("CREATE DOMAIN small AS int CHECK (VALUE > -1000000)");
        statements.add("CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')");
        statements.add("CREATE TYPE pair AS (a int, b text)");
        int count = 3 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            table(i);
        }
    }

    List<Table> tables() {
        return tables;
    }

    List<String> statements() {
        return statements;
    }

    private void table(int number) {
        String name = switch (random.nextInt(6)) {
            case 0 -> "\"Table " + number + "\"";
            case 1 -> "\"user" + number + "\"";
            default -> "t" + number;
        };
        int shape = random.nextInt(10);
        List<String> key = (shape < 4) ? List.of("id") : (shape < 6) ? List.of("id", "\"part\"") : List.of();
        boolean partitioned = random.nextInt(8) == 0;
        List<Column> columns = new ArrayList<>();
        if (!key.isEmpty() || random.nextBoolean()) {
            columns.add(new Column("id", Kind.INT, !key.isEmpty()));
        }
        if (key.size() == 2 || partitioned) {
            columns.add(new Column("\"part\"", Kind.INT, true));
        }
        int count = 2 + random.nextInt(4);
        List<String> names = new ArrayList<>(NAMES);
        java.util.Collections.shuffle(names.subList(1, names.size()), random);
        for (String column : names.subList(0, Math.min(count, names.size()))) {
            Kind kind = kinds.get(column);
            columns.add(new Column(column, kind, random.nextInt(4) == 0));
        }
        List<String> actualKey = (partitioned && !key.isEmpty()) ? List.of("id", "\"part\"") : key;
        Table table = new Table(name, columns, actualKey, partitioned, random.nextInt(5) == 0);
        tables.add(table);
        create(table, number);
    }

    private void create(Table table, int number) {
        String definition = table.columns().stream()
                .map(column -> column.name() + " " + column.kind().sql() + (column.notNull() ? " NOT NULL" : ""))
                .collect(Collectors.joining(", "));
        String key = table.key().isEmpty() ? "" : ", PRIMARY KEY (" + String.join(", ", table.key()) + ")";
        String computed = table.computes() ? ", computed int GENERATED ALWAYS AS (k * 2 + 1) STORED" : "";
        String reference = "";
        List<Table> parents = tables.stream()
                .filter(parent -> parent != table && parent.key().equals(List.of("id")))
                .toList();
        if (!parents.isEmpty() && random.nextInt(4) == 0) {
            String action = random.nextBoolean() ? "CASCADE" : "SET NULL";
            reference = ", parent int REFERENCES "
                    + parents.get(random.nextInt(parents.size())).name() + " (id) ON DELETE " + action
                    + " ON UPDATE CASCADE";
        }
        statements.add("CREATE TABLE " + table.name() + " (" + definition + computed + reference + key + ")"
                + (table.partitioned() ? " PARTITION BY RANGE (\"part\")" : ""));
        if (!reference.isEmpty()) {
            tables.remove(table);
            List<Column> columns = new ArrayList<>(table.columns());
            columns.add(new Column("parent", Kind.INT, false));
            tables.add(new Table(table.name(), columns, table.key(), table.partitioned(), table.computes()));
        }
        if (table.partitioned()) {
            statements.add("CREATE TABLE p" + number + "_low PARTITION OF " + table.name()
                    + " FOR VALUES FROM (MINVALUE) TO (2)");
            statements.add("CREATE TABLE p" + number + "_rest PARTITION OF " + table.name() + " DEFAULT");
        }
        if (random.nextInt(3) == 0) {
            statements.add("CREATE INDEX ON " + table.name() + " (k)");
        }
    }
}
