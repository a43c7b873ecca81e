package io.pgstream.sqlapi;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Prints as {@code psql} does, which is not part of the servers of the tests. */
final class PsqlOutput {

    private static final Set<Integer> NUMERIC =
            Set.of(Types.INTEGER, Types.BIGINT, Types.SMALLINT, Types.NUMERIC, Types.DOUBLE, Types.REAL);

    private PsqlOutput() {}

    static String of(ResultSet rows) throws SQLException {
        ResultSetMetaData metadata = rows.getMetaData();
        int columns = metadata.getColumnCount();
        List<List<String[]>> cells = new ArrayList<>();
        int[] widths = new int[columns];
        for (int i = 0; i < columns; i++) {
            widths[i] = length(metadata.getColumnLabel(i + 1));
        }
        while (rows.next()) {
            List<String[]> row = new ArrayList<>();
            for (int i = 0; i < columns; i++) {
                String value = rows.getString(i + 1);
                String[] lines = (value == null ? "" : value).split("\n", -1);
                for (String line : lines) {
                    widths[i] = Math.max(widths[i], length(line));
                }
                row.add(lines);
            }
            cells.add(row);
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < columns; i++) {
            String label = metadata.getColumnLabel(i + 1);
            int left = (widths[i] - length(label)) / 2;
            text.append(i == 0 ? " " : "| ")
                    .append(" ".repeat(left))
                    .append(label)
                    .append(" ".repeat(widths[i] - length(label) - left + 1));
        }
        text.append('\n');
        for (int i = 0; i < columns; i++) {
            text.append(i == 0 ? "-" : "+-").append("-".repeat(widths[i] + 1));
        }
        text.append('\n');
        for (List<String[]> row : cells) {
            append(text, row, widths, metadata);
        }
        return text.append(cells.size() == 1 ? "(1 row)" : "(" + cells.size() + " rows)")
                .toString();
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    private static void append(StringBuilder text, List<String[]> row, int[] widths, ResultSetMetaData metadata)
            throws SQLException {
        int height = row.stream().mapToInt(lines -> lines.length).max().orElse(1);
        for (int line = 0; line < height; line++) {
            StringBuilder printed = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                String[] lines = row.get(i);
                String cell = line < lines.length ? lines[line] : "";
                String space = " ".repeat(widths[i] - length(cell));
                boolean numeric = NUMERIC.contains(metadata.getColumnType(i + 1));
                printed.append(i == 0 ? " " : "| ")
                        .append(numeric ? space + cell : cell + space)
                        .append(line < lines.length - 1 ? "+" : " ");
            }
            text.append(printed.toString().stripTrailing()).append('\n');
        }
    }

    static String of(SQLException e) {
        ServerErrorMessage message = (e instanceof PSQLException postgres) ? postgres.getServerErrorMessage() : null;
        if (message == null) {
            return "ERROR:  " + e.getMessage();
        }
        StringBuilder text = new StringBuilder("ERROR:  ").append(message.getMessage());
        if (message.getDetail() != null && !message.getDetail().isEmpty()) {
            text.append("\nDETAIL:  ").append(message.getDetail());
        }
        if (message.getHint() != null && !message.getHint().isEmpty()) {
            text.append("\nHINT:  ").append(message.getHint());
        }
        return text.toString();
    }

    /** What differs from run to run, times and with them widths, made the same. */
    static String normalised(String text) {
        return text.lines()
                .map(line -> line.replaceAll("\"ms\": \\d+", "\"ms\": 0")
                        .replaceAll("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(\\.\\d+)?\\+\\d\\d", "TIME")
                        .replaceAll("\\d\\d:\\d\\d:\\d\\d\\.\\d+", "AGE")
                        .replaceAll("-{2,}", "-")
                        .replaceAll(" +", " ")
                        .strip())
                .filter(line -> !line.isEmpty())
                .reduce((a, b) -> a + "\n" + b)
                .orElse("");
    }

    /** Whether a statement is complete at the end of a line. */
    static boolean complete(String statement) {
        long quotes = IntStream.range(0, Math.max(0, statement.length() - 1))
                .filter(i -> statement.startsWith("$$", i))
                .count();
        return statement.stripTrailing().endsWith(";") && quotes % 2 == 0;
    }
}
