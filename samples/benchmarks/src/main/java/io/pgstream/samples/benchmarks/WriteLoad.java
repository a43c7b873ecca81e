package io.pgstream.samples.benchmarks;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * What one writer does in a round: it inserts rows of its own, updates them, and deletes them again.
 *
 * @param statements how many statements of each kind
 * @param rowsPerStatement how many rows each of them writes
 */
record WriteLoad(int statements, int rowsPerStatement) {

    static final List<String> STATEMENTS = List.of("INSERT", "UPDATE", "DELETE");

    private static final long FIRST_ID = 1_000_000_000;

    private static final long IDS_PER_WRITER = 10_000_000;

    static WriteLoad singleRows() {
        return new WriteLoad(500, 1);
    }

    static WriteLoad bulk(long tableRows) {
        return new WriteLoad(2, (int) Math.min(10_000, tableRows));
    }

    String sql(String statement, String table) {
        return switch (statement) {
            case "INSERT" -> """
                INSERT INTO %s
                SELECT i, i %% 10000, i %% 100, i %% 10000, i %% 10, i %% 20, (i %% 100000) / 100.0, now(), 'sale ' || i
                  FROM generate_series(?::bigint, ?::bigint) AS i""".formatted(table);
            case "UPDATE" ->
                "UPDATE " + table + " SET quantity = quantity + 1, amount = amount + 1 WHERE id BETWEEN ? AND ?";
            default -> "DELETE FROM " + table + " WHERE id BETWEEN ? AND ?";
        };
    }

    void execute(PreparedStatement prepared, int writer) throws SQLException {
        for (int i = 0; i < statements; i++) {
            long first = FIRST_ID + writer * IDS_PER_WRITER + (long) i * rowsPerStatement;
            prepared.setLong(1, first);
            prepared.setLong(2, first + rowsPerStatement - 1);
            int written = prepared.executeUpdate();
            if (written != rowsPerStatement) {
                throw new IllegalStateException(
                        "A statement wrote " + written + " rows, not " + rowsPerStatement + ".");
            }
        }
    }
}
