package io.pgstream.samples.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** A table in Markdown, with its columns aligned so that it can be read as text too. */
final class Table {

    private final List<String[]> rows = new ArrayList<>();

    Table(String... columns) {
        rows.add(columns);
    }

    void row(String... cells) {
        rows.add(cells);
    }

    String markdown() {
        int[] widths = new int[rows.get(0).length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], Math.max(3, row[i].length()));
            }
        }
        StringBuilder text = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            line(text, rows.get(r), widths);
            if (r == 0) {
                text.append('|');
                for (int width : widths) {
                    text.append('-').append("-".repeat(width)).append("-|");
                }
                text.append('\n');
            }
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String[] cells, int[] widths) {
        text.append('|');
        for (int i = 0; i < cells.length; i++) {
            text.append(' ')
                    .append(cells[i])
                    .append(" ".repeat(widths[i] - cells[i].length()))
                    .append(" |");
        }
        text.append('\n');
    }
}
