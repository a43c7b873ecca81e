package io.pgstream.samples.benchmarks;

import java.util.List;

/**
 * The two tables, their rows and their changes. Rows and changes are functions of ids and seeds, so that two runs work
 * on the same data.
 */
final class SampleData {

    private final Database database;

    private int seed;

    SampleData(Database database) {
        this.database = database;
    }

    /** Makes {@code sale} with the given number of rows, and {@code customer} with a tenth of it. */
    void load(long sales) {
        seed = 0;
        String customers = Long.toString(Math.max(1, sales / 10));
        List<String> script = Database.statements("/schema.sql").stream()
                .map(sql -> sql.replace("${sales}", Long.toString(sales)).replace("${customers}", customers))
                .toList();
        database.executeAll(script);
        database.execute("VACUUM (ANALYZE) bench.sale, bench.customer");
        database.execute("CHECKPOINT");
    }

    long sales() {
        return database.number("SELECT count(*) FROM bench.sale");
    }

    long customers() {
        return database.number("SELECT count(*) FROM bench.customer");
    }

    /** Changes so many rows of {@code sale} and {@code customer}: 70 % updates, 15 % deletes, 15 % inserts. */
    void change(long sales, long customers) {
        seed++;
        apply("/change-sale.sql", sales);
        if (customers > 0) {
            apply("/change-customer.sql", customers);
        }
        // The first reader of a changed row marks it as committed on its page. Nobody shall pay that for the others.
        database.text("SELECT count(*) FROM bench.sale WHERE quantity < 0");
        database.text("SELECT count(*) FROM bench.customer WHERE region_id < 0");
    }

    private void apply(String resource, long rows) {
        long updates = Math.round(rows * 0.7);
        long deletes = Math.round(rows * 0.15);
        long inserts = rows - updates - deletes;
        List<String> script = Database.statements(resource).stream()
                .map(sql -> sql.replace("${seed}", Integer.toString(seed * 100))
                        .replace("${updates}", Long.toString(updates))
                        .replace("${deletes}", Long.toString(deletes))
                        .replace("${inserts}", Long.toString(inserts)))
                .toList();
        database.inTransaction(() -> database.executeAll(script));
    }
}
