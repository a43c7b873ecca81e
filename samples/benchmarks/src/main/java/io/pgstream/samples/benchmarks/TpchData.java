package io.pgstream.samples.benchmarks;

import io.trino.tpch.TpchEntity;
import io.trino.tpch.TpchTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** The tables of TPC-H with the rows of its generator, and their changes. */
final class TpchData {

    private static final int ORDERS_AT_SCALE_ONE = 1_500_000;

    private static final int CUSTOMERS_AT_SCALE_ONE = 150_000;

    private final Database database;

    private final double scale;

    TpchData(Database database, double scale) {
        this.database = database;
        this.scale = scale;
    }

    long orders() {
        return Math.round(ORDERS_AT_SCALE_ONE * scale);
    }

    /** Makes the schema anew and fills it. */
    void load() {
        database.execute("DROP SCHEMA IF EXISTS " + TpchQuery.SCHEMA + " CASCADE");
        database.execute("CREATE SCHEMA " + TpchQuery.SCHEMA);
        use();
        database.executeAll(Database.statements("/tpch/schema.sql"));
        for (TpchTable<?> table : TpchTable.getTables()) {
            copy(table);
        }
        database.executeAll(Database.statements("/tpch/constraints.sql"));
        database.execute("VACUUM (ANALYZE)");
        database.execute("CHECKPOINT");
    }

    /** Makes the names of the queries mean the tables of this schema, on this connection. */
    void use() {
        database.execute("SET search_path = " + TpchQuery.SCHEMA);
    }

    private void copy(TpchTable<?> table) {
        try {
            CopyIn copy = database.connection()
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY " + table.getTableName() + " FROM STDIN WITH (DELIMITER '|')");
            StringBuilder lines = new StringBuilder();
            for (TpchEntity row : table.createGenerator(scale, 1, 1)) {
                String line = row.toLine();
                // The generator ends a line, like each of its fields, with the delimiter.
                lines.append(line, 0, line.length() - 1).append('\n');
                if (lines.length() > 1 << 18) {
                    write(copy, lines);
                }
            }
            write(copy, lines);
            copy.endCopy();
        } catch (SQLException | IOException e) {
            throw new IllegalStateException(
                    "The table " + table.getTableName() + " cannot be filled: " + e.getMessage(), e);
        }
    }

    private static void write(CopyIn copy, StringBuilder lines) throws SQLException, IOException {
        byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
        copy.writeToCopy(bytes, 0, bytes.length);
        lines.setLength(0);
    }

    /** Commits the changes of one cycle; equal numbers change equal data equally. */
    void change(int cycle) {
        List<String> script = Database.statements("/tpch/changes.sql").stream()
                .map(sql -> sql.replace("${cycle}", Integer.toString(cycle))
                        .replace("${orders}", Long.toString(Math.max(1, orders() / 1000)))
                        .replace("${customers}", Long.toString(Math.round(CUSTOMERS_AT_SCALE_ONE * scale))))
                .toList();
        database.inTransaction(() -> database.executeAll(script));
    }
}
