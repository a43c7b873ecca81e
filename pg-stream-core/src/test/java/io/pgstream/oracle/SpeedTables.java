package io.pgstream.oracle;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The tables of a schema as its catalog describes them, and what changes a share of their rows in several ways. */
final class SpeedTables {

    /** Columns that hold keys of this or another table, by their names. */
    private static final String KEYS =
            "^(id|k|a|b|uid|parent|child|boss|author|person|follower|followee|account|owner|room|sensor|txn|.*_id|.*_sk|.*_number|.*_by)$";

    private static final int DISTANCE = 100_000;

    /** @param alone whether it is a key by itself */
    private record Column(String name, String type, boolean unique, boolean alone) {

        boolean number() {
            return type.equals("integer") || type.equals("bigint");
        }

        boolean time() {
            return type.startsWith("timestamp") || type.equals("date");
        }
    }

    /** What changes so many rows of a table. */
    private interface Change {

        String statement(String table, long number);
    }

    private final Map<String, List<Column>> tables = new TreeMap<>();

    private final Map<String, Long> rows = new TreeMap<>();

    private final Connection connection;

    private final Random random = new Random(42);

    SpeedTables(Connection connection) throws SQLException {
        this.connection = connection;
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(
                        "SELECT c.oid::regclass::text, quote_ident(a.attname), format_type(a.atttypid, NULL), EXISTS (SELECT FROM pg_index i"
                                + " WHERE i.indrelid = c.oid AND i.indisunique AND a.attnum = ANY (i.indkey)), EXISTS (SELECT FROM pg_index i"
                                + " WHERE i.indrelid = c.oid AND i.indisunique AND i.indnkeyatts = 1 AND a.attnum = i.indkey[0]) FROM pg_class c"
                                + " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND"
                                + " a.attgenerated = '' AND a.attidentity <> 'a' WHERE c.relnamespace = 'o'::regnamespace AND c.relkind IN ('r', 'p')"
                                + " AND NOT c.relispartition ORDER BY c.relname, a.attnum")) {
            while (result.next()) {
                tables.computeIfAbsent(result.getString(1), table -> new ArrayList<>())
                        .add(new Column(
                                result.getString(2), result.getString(3), result.getBoolean(4), result.getBoolean(5)));
            }
        }
    }

    /** Puts the rows of all tables in so many times more, each time with other keys. */
    void copy(int copies) throws SQLException {
        if (copies == 0) {
            return;
        }
        execute("SET session_replication_role = replica");
        for (Map.Entry<String, List<Column>> table : tables.entrySet()) {
            String names = names(table.getValue());
            String values = table.getValue().stream().map(SpeedTables::copied).collect(Collectors.joining(", "));
            try {
                execute("INSERT INTO " + table.getKey() + " (" + names + ") OVERRIDING SYSTEM VALUE SELECT " + values
                        + " FROM generate_series(1, " + copies + ") AS copy, " + table.getKey()
                        + " ON CONFLICT DO NOTHING");
            } catch (SQLException e) {
                System.out.println("  not copied: " + table.getKey() + ", " + e.getMessage());
            }
        }
        execute("RESET session_replication_role");
    }

    private static String copied(Column column) {
        if (column.number() && (column.unique() || column.name().matches(KEYS))) {
            return column.name() + " + copy * " + DISTANCE;
        }
        if (column.unique() && column.type().equals("text")) {
            return column.name() + " || '-' || copy";
        }
        return column.type().equals("uuid")
                ? "overlay(" + column.name() + "::text PLACING lpad(copy::text, 8, '0') FROM 1)::uuid"
                : column.name();
    }

    /** Counts the rows, of which shares are changed. */
    void count() throws SQLException {
        for (String table : tables.keySet()) {
            try (Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery("SELECT count(*) FROM " + table)) {
                result.next();
                rows.put(table, result.getLong(1));
            }
        }
    }

    long rows(String table) {
        return rows.getOrDefault(table, 0L);
    }

    /** Changes a share of the rows of some tables: a third each by updates, deletes and inserts. */
    void change(List<String> names, double share) throws SQLException {
        for (String table : names) {
            for (Change change : List.<Change>of(this::update, this::delete, this::insert)) {
                // Of a small table, a row changes now and then.
                double changed = (share >= 1) ? Math.min(share, rows(table) * 0.1) : rows(table) * share;
                long number = (long) Math.floor(changed / 3 + random.nextDouble());
                if (number > 0) {
                    run(change.statement(table, number));
                }
            }
        }
    }

    /** Changes one row of one of the tables. */
    void changeOne(List<String> names, int cycle) throws SQLException {
        String table = names.get(cycle % names.size());
        List<String> statements = List.of(update(table, 1), insert(table, 1), delete(table, 1));
        run(statements.get(cycle / names.size() % statements.size()));
    }

    private void run(String statement) {
        try {
            execute(statement);
        } catch (SQLException e) {
            System.out.println("  no change: " + e.getMessage() + " in " + statement);
        }
    }

    private void execute(String statement) throws SQLException {
        try (Statement it = connection.createStatement()) {
            it.execute(statement);
        }
    }

    private String sample(String table, String columns, long number) {
        double share = Math.min(1, 5.0 * number / Math.max(1, rows(table)) + 20.0 / Math.max(1, rows(table)));
        return "(SELECT " + columns + ", row_number() OVER () AS n_ FROM (SELECT *, ctid AS c_, tableoid AS o_ FROM "
                + table + " WHERE random() < " + share + " ORDER BY random() LIMIT " + number + ") AS s_)";
    }

    /** Some columns get the values of another row, so that values stay as frequent as they are. */
    private String update(String table, long number) {
        List<Column> plain =
                tables.get(table).stream().filter(column -> !column.unique()).toList();
        if (plain.isEmpty()) {
            return "SELECT 1";
        }
        List<Column> changed = new ArrayList<>(
                plain.stream().filter(column -> random.nextInt(3) == 0).toList());
        if (changed.isEmpty()) {
            changed.add(plain.get(random.nextInt(plain.size())));
        }
        String assignments = changed.stream()
                .map(column -> column.name() + " = b_." + column.name())
                .collect(Collectors.joining(", "));
        return "UPDATE " + table + " AS t_ SET " + assignments + " FROM " + sample(table, "c_, o_", number)
                + " AS a_ JOIN " + sample(table, names(changed), number)
                + " AS b_ USING (n_) WHERE t_.ctid = a_.c_ AND t_.tableoid = a_.o_";
    }

    private String delete(String table, long number) {
        return "DELETE FROM " + table + " AS t_ USING " + sample(table, "c_, o_", number)
                + " AS a_ WHERE t_.ctid = a_.c_ AND t_.tableoid = a_.o_";
    }

    /** Rows like others, behind the last one by the key. */
    private String insert(String table, long number) {
        List<Column> columns = tables.get(table);
        List<Column> unique = columns.stream().filter(Column::unique).toList();
        Column counted = unique.stream()
                .filter(Column::time)
                .findFirst()
                .orElse(unique.stream()
                        .filter(Column::number)
                        .reduce((first, second) -> second)
                        .orElse(null));
        String values = columns.stream()
                .map(column -> column.equals(counted) ? next(table, column) : other(column, counted == null))
                .collect(Collectors.joining(", "));
        return "INSERT INTO " + table + " (" + names(columns) + ") OVERRIDING SYSTEM VALUE SELECT " + values + " FROM "
                + sample(table, names(columns), number) + " AS a_ ON CONFLICT DO NOTHING";
    }

    private static String next(String table, Column column) {
        String step = column.number() ? "n_" : column.type().equals("date") ? "n_::int" : "n_ * interval '1 second'";
        return "(SELECT max(" + column.name() + ") FROM " + table + ") + " + step;
    }

    private static String other(Column column, boolean keyless) {
        if (!column.alone() && !keyless) {
            return column.name();
        }
        return (column.unique() && column.type().equals("text"))
                ? "left(" + column.name() + ", 10) || '.' || (random() * 1000000)::int"
                : (column.unique() && column.type().equals("uuid")) ? "gen_random_uuid()" : column.name();
    }

    private static String names(List<Column> columns) {
        return columns.stream().map(Column::name).collect(Collectors.joining(", "));
    }
}
