package io.pgstream.samples.quickstart.database;

import io.trino.tpch.TpchEntity;
import io.trino.tpch.TpchTable;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies the output of the TPC-H generator into the eight tables. */
final class TpchLoader {

    private static final Logger logger = LoggerFactory.getLogger(TpchLoader.class);

    private static final int BUFFER_BYTES = 64 * 1024;

    /** So that rows which are referenced come before those that refer to them. */
    private static final List<TpchTable<?>> TABLES = List.of(
            TpchTable.REGION,
            TpchTable.NATION,
            TpchTable.PART,
            TpchTable.SUPPLIER,
            TpchTable.PART_SUPPLIER,
            TpchTable.CUSTOMER,
            TpchTable.ORDERS,
            TpchTable.LINE_ITEM);

    private final double scale;

    TpchLoader(double scale) {
        this.scale = scale;
    }

    /**
     * Loads all tables in the transaction of the connection.
     *
     * @param connection a connection of the PostgreSQL driver, pooled or not
     * @return what was loaded
     */
    Report load(Connection connection) throws SQLException {
        PGConnection postgres = connection.unwrap(PGConnection.class);
        Progress progress = new Progress(scale);
        logger.info("Loading TPC-H data at scale {}, about {} rows", scale, progress.expectedRows());
        for (TpchTable<?> table : TABLES) {
            copy(table, postgres, progress);
        }
        Report report = new Report(progress.rows(), progress.elapsed());
        logger.info(
                "Loaded {} rows in {} s; building keys and indexes",
                report.rows(),
                report.duration().toMillis() / 1000.0);
        return report;
    }

    private void copy(TpchTable<?> table, PGConnection connection, Progress progress) throws SQLException {
        CopyIn copy = connection.getCopyAPI().copyIn("COPY " + table.getTableName() + " FROM STDIN (DELIMITER '|')");
        try {
            StringBuilder lines = new StringBuilder(BUFFER_BYTES + 1024);
            for (TpchEntity entity : table.createGenerator(scale, 1, 1)) {
                lines.append(entity.toLine());
                // The generator ends the last column as well; to COPY that is one column too many.
                lines.setCharAt(lines.length() - 1, '\n');
                if (lines.length() >= BUFFER_BYTES) {
                    send(lines, copy);
                }
                progress.row(table.getTableName());
            }
            send(lines, copy);
            copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    private static void send(StringBuilder lines, CopyIn copy) throws SQLException {
        byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
        copy.writeToCopy(bytes, 0, bytes.length);
        lines.setLength(0);
    }

    /**
     * What was loaded.
     *
     * @param rows the rows of all tables
     * @param duration how long it took, keys and indexes not included
     */
    record Report(long rows, Duration duration) {}
}
