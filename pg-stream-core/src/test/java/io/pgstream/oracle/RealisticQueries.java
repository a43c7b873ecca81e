package io.pgstream.oracle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** Queries as people write them, over the tables of a shop, with random changes of these. */
final class RealisticQueries {

    private static final List<String> CHANGES = List.of(
            "INSERT INTO orders VALUES (%1$d, nullif(%2$d, 0), '%3$s', timestamp '2024-01-05' + %4$d * interval '13 hours', NULL, %5$d * 7.5, NULL) ON CONFLICT (id) DO UPDATE SET total = excluded.total, status = excluded.status",
            "UPDATE orders SET customer_id = nullif(%2$d, 0), status = '%3$s' WHERE id %% 6 = %1$d %% 6",
            "UPDATE orders SET total = total + %4$d - 5, placed_at = placed_at + %5$d * interval '5 hours' WHERE id = %1$d",
            "UPDATE orders SET shipped_at = placed_at + interval '%4$d hours', coupon = CASE WHEN %5$d > 4 THEN 'SAVE' END WHERE id = %1$d",
            "DELETE FROM orders WHERE id = %1$d",
            "DELETE FROM items WHERE order_id = %1$d",
            "INSERT INTO items SELECT %1$d, 1 + max(line), %2$d, 1 + %4$d %% 3, %5$d + 0.75, NULL FROM items WHERE order_id = %1$d HAVING count(*) > 0",
            "INSERT INTO items VALUES (%1$d, %4$d, %2$d, 3, 5.00, 0.25) ON CONFLICT DO NOTHING",
            "UPDATE items SET qty = qty + 1, discount = CASE WHEN discount IS NULL THEN 0.125 END WHERE product_id = %2$d",
            "UPDATE items SET product_id = nullif(%4$d, 0) WHERE order_id = %1$d AND line = 1 + %5$d %% 3",
            "INSERT INTO customers VALUES (%2$d + 4, 'name%4$d', NULL, 'de', 'vip', %5$d, '{b,d,NULL}', '{\"langs\": [\"en\", null]}', NULL, timestamp '2024-01-20') ON CONFLICT (id) DO UPDATE SET tags = excluded.tags || 'a'::text, country = NULL",
            "UPDATE customers SET tier = 'pro', tags = array_append(tags, 'c'), profile = profile || '{\"age\": %4$d}' WHERE id = %2$d",
            "UPDATE customers SET country = CASE WHEN country IS NULL THEN 'fr' END, home = ROW('x', 'c1', NULL) WHERE id %% 3 = %2$d %% 3",
            "DELETE FROM customers WHERE id = %2$d",
            "UPDATE customers SET id = id + 20 WHERE id = %2$d",
            "UPDATE products SET price = abs(price - %4$d), category_id = nullif(%5$d, 6) WHERE id = %2$d",
            "DELETE FROM products WHERE id = %2$d",
            "INSERT INTO products VALUES (%2$d, 'new-%2$d', NULL, %4$d, 11.00, '{\"color\": \"red\", \"size\": %5$d}', 'empty') ON CONFLICT DO NOTHING",
            "INSERT INTO events SELECT 40 + %1$d * 10 + i, nullif(%2$d %% 7, 0), (ARRAY['visit','view','cart','buy','signup'])[1 + (i + %4$d) %% 5], timestamp '2024-02-01' + (%5$d * 3 + i) * interval '29 minutes', '{\"page\": \"/p1\", \"ms\": 5}' FROM generate_series(1, 3) i ON CONFLICT DO NOTHING",
            "DELETE FROM events WHERE user_id = %2$d %% 7 AND id %% 3 = %4$d %% 3",
            "UPDATE events SET user_id = user_id %% 5 + 1, kind = 'visit' WHERE id %% 11 = %1$d %% 11",
            "UPDATE employees SET salary = salary + %4$d * 10 - 40, manager_id = nullif(%5$d, id) WHERE id = %2$d",
            "UPDATE employees SET dept = 'it' WHERE salary IS NULL OR id = %4$d",
            "DELETE FROM employees WHERE id = %2$d",
            "INSERT INTO employees VALUES (%2$d, %4$d, 'hr', 'new', 450, NULL) ON CONFLICT DO NOTHING",
            "INSERT INTO readings SELECT %2$d %% 4, timestamp '2024-03-01' + %4$d * interval '10 minutes', %5$d FROM generate_series(1, 2)",
            "DELETE FROM readings WHERE sensor = %2$d %% 3 AND at < timestamp '2024-03-01' + %4$d * interval '8 minutes'",
            "UPDATE readings SET value = CASE WHEN value IS NULL THEN 1.5 END WHERE sensor = %2$d %% 3",
            "UPDATE bookings SET during = int4range(%4$d, %4$d + %5$d), room = %2$d %% 3 WHERE id = %2$d",
            "INSERT INTO bookings VALUES (%1$d, %2$d %% 3, int4range(%4$d, 12), NULL) ON CONFLICT DO NOTHING",
            "DELETE FROM bookings WHERE id = %2$d",
            "UPDATE articles SET body = coalesce(body, '') || ' dog w%4$d', title = 'books' WHERE id = 1 + %2$d %% 4",
            "UPDATE categories SET name = CASE WHEN name = 'Dogs' THEN 'tools' ELSE 'Dogs' END, parent_id = nullif(%4$d, 5) WHERE id = 1 + %2$d %% 5",
            "DELETE FROM categories WHERE id = 1 + %2$d %% 5",
            "INSERT INTO categories VALUES (1 + %2$d %% 5, %4$d, 'paid') ON CONFLICT DO NOTHING",
            "TRUNCATE items",
            "BEGIN; DELETE FROM orders WHERE id > 5; SAVEPOINT s; DELETE FROM orders; ROLLBACK TO s; UPDATE orders SET customer_id = 1; COMMIT");

    private static final List<String> STATUSES = List.of("new", "paid", "shipped", "cancelled");

    private RealisticQueries() {}

    static List<String> tables() {
        return read("realistic-tables.sql");
    }

    static List<String> queries() {
        return read("realistic-queries.sql");
    }

    /** More of what people write. */
    static List<String> moreQueries() {
        return read("more-realistic-queries.sql");
    }

    /** Forms that few queries have, each of which has a rule somewhere; some exist on PostgreSQL 16 and later only. */
    static List<String> syntax() {
        return read("syntax-queries.sql");
    }

    /** As GraphQL engines, ORMs and dashboards print them, and as people ask for help with. */
    static List<String> generatedQueries() {
        return read("generated-queries.sql");
    }

    /** A warehouse in the manner of TPC-DS. */
    static List<String> warehouseTables() {
        return read("warehouse-tables.sql");
    }

    static List<String> warehouseQueries() {
        return read("warehouse-queries.sql");
    }

    static List<List<String>> warehouseChanges() {
        return cycles("warehouse-changes.sql");
    }

    /** The tables of those who sell subscriptions, keep books, run devices and watch people. */
    static List<String> reportingTables() {
        return read("reporting-tables.sql");
    }

    /** What these report on. */
    static List<String> reportingQueries() {
        return read("reporting-queries.sql");
    }

    /** What happens to these tables between refreshes; a COMMIT ends a cycle. */
    static List<List<String>> reportingChanges() {
        return cycles("reporting-changes.sql");
    }

    /** Tables of every type, with and without keys, partitioned, generated and oddly named. */
    static List<String> variedTables() {
        return read("varied-tables.sql");
    }

    /** As somebody wrote them who did not know what the other files and the generators have. */
    static List<String> variedQueries() {
        return read("varied-queries.sql");
    }

    static List<List<String>> variedChanges() {
        return cycles("varied-changes.sql");
    }

    /** Tables of those who sell, watch devices, keep a ledger, grant rights and show feeds, with the types that such tables have. */
    static List<String> applicationTables() {
        return read("application-tables.sql");
    }

    static List<String> applicationQueries() {
        return read("application-queries.sql");
    }

    static List<List<String>> applicationChanges() {
        return cycles("application-changes.sql");
    }

    /** Tables of those who store, ship, bill, meter and schedule, with types, operators and aggregates of their own. */
    static List<String> operationsTables() {
        return read("operations-tables.sql");
    }

    static List<String> operationsQueries() {
        return read("operations-queries.sql");
    }

    static List<List<String>> operationsChanges() {
        return cycles("operations-changes.sql");
    }

    private static List<List<String>> cycles(String resource) {
        List<List<String>> cycles = new ArrayList<>();
        List<String> cycle = new ArrayList<>();
        for (String statement : read(resource)) {
            if (statement.equals("COMMIT")) {
                cycles.add(List.copyOf(cycle));
                cycle.clear();
            } else {
                cycle.add(statement);
            }
        }
        return cycles;
    }

    /** What happens between two refreshes. */
    static List<String> changes(Random random) {
        List<String> statements = new ArrayList<>();
        int count = 1 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            String template = CHANGES.get(random.nextInt(random.nextInt(8) == 0 ? CHANGES.size() : CHANGES.size() - 2));
            statements.add(String.format(
                    template,
                    1 + random.nextInt(26),
                    random.nextInt(10),
                    STATUSES.get(random.nextInt(STATUSES.size())),
                    random.nextInt(10),
                    random.nextInt(10)));
        }
        return statements;
    }

    /** Statements with an empty line behind each; lines that start with two hyphens are comments. */
    private static List<String> read(String resource) {
        try (InputStream stream = Objects.requireNonNull(RealisticQueries.class.getResourceAsStream(resource))) {
            String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            return text.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("--"))
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
