package io.pgstream.samples.quickstart.dashboard;

import io.pgstream.samples.quickstart.dashboard.Snapshot.Column;
import io.pgstream.samples.quickstart.dashboard.Snapshot.Kind;
import io.pgstream.samples.quickstart.dashboard.Snapshot.Rows;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.JdbcOperations;

/** Reads a few rows of a stream table, as any application would: it is an ordinary table. */
final class RowReader {

    private static final int LIMIT = 6;

    private final JdbcOperations jdbc;

    RowReader(JdbcOperations jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Reads the first rows.
     *
     * @param table the quoted name of a stream table
     * @param card how it is presented
     * @return the rows
     */
    Rows read(String table, Card card) {
        String sql = "SELECT * FROM " + table + " ORDER BY " + card.orderBy() + " LIMIT " + LIMIT;
        return jdbc.query(sql, result -> {
            return rows(result, card.keyColumns());
        });
    }

    private static Rows rows(ResultSet result, int keyColumns) throws SQLException {
        ResultSetMetaData metaData = result.getMetaData();
        List<Column> columns = new ArrayList<>();
        for (int i = 1; i <= metaData.getColumnCount(); i++) {
            columns.add(new Column(metaData.getColumnLabel(i), kind(metaData, i)));
        }
        List<List<Object>> values = new ArrayList<>();
        while (result.next()) {
            List<Object> row = new ArrayList<>();
            for (int i = 1; i <= columns.size(); i++) {
                row.add(columns.get(i - 1).kind() == Kind.TEXT ? result.getString(i) : result.getBigDecimal(i));
            }
            values.add(row);
        }
        return new Rows(columns, keyColumns, values);
    }

    private static Kind kind(ResultSetMetaData metaData, int column) throws SQLException {
        return switch (metaData.getColumnType(column)) {
            case Types.SMALLINT, Types.INTEGER, Types.BIGINT, Types.NUMERIC, Types.REAL, Types.DOUBLE -> Kind.NUMBER;
            default -> Kind.TEXT;
        };
    }
}
