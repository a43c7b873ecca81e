package io.pgstream.sqlapi;

import io.pgstream.test.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The SQL of a document, executed. A comment that begins with {@code <!-- setup} has statements that readers do not see: what
 * a page takes for granted.
 */
final class Transcript {

    private enum Block {
        TEXT,
        OTHER,
        SETUP,
        SQL,
        CONSOLE
    }

    private static final String FENCE = "```";

    /** Of the first line of a statement, of others, and of those in a transaction. */
    private static final Pattern PROMPT = Pattern.compile("shop[-=$][*!]?# ?");

    private final TestDatabase database;

    private final Connection connection;

    private final StringBuilder document = new StringBuilder();

    private final StringBuilder printed = new StringBuilder();

    private final StringBuilder expected = new StringBuilder();

    private final StringBuilder statement = new StringBuilder();

    private Block block = Block.TEXT;

    private Transcript(TestDatabase database, Connection connection) {
        this.database = database;
        this.connection = connection;
    }

    static boolean hasSql(Path file) {
        try {
            return Files.readString(file)
                    .lines()
                    .anyMatch(line -> blockOf(line) == Block.SQL || blockOf(line) == Block.CONSOLE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Transcript run(String text, TestDatabase database, Connection connection) throws SQLException {
        Transcript transcript = new Transcript(database, connection);
        for (String line : text.stripTrailing().split("\n", -1)) {
            transcript.read(line);
        }
        return transcript;
    }

    private static Block blockOf(String line) {
        return switch (line) {
            case FENCE + "sql" -> Block.SQL;
            case FENCE + "console" -> Block.CONSOLE;
            case "<!-- setup" -> Block.SETUP;
            default -> line.startsWith(FENCE) ? Block.OTHER : Block.TEXT;
        };
    }

    private void read(String line) throws SQLException {
        if (block == Block.TEXT) {
            block = blockOf(line);
        } else if (line.equals(FENCE) || block == Block.SETUP && line.equals("-->")) {
            block = Block.TEXT;
        } else if (block == Block.SQL || block == Block.SETUP) {
            execute(line);
        } else if (block == Block.CONSOLE) {
            readConsole(line);
            return;
        }
        document.append(line).append('\n');
    }

    /** Output is nobody's concern, an error ends the test. */
    private void execute(String line) throws SQLException {
        statement.append(line).append('\n');
        if (PsqlOutput.complete(statement.toString())) {
            String sql = statement.toString();
            statement.setLength(0);
            TestDatabase.execute(connection, sql);
        }
    }

    private void readConsole(String line) throws SQLException {
        expected.append(line).append('\n');
        if (!PROMPT.matcher(line).lookingAt()) {
            return;
        }
        document.append(line).append('\n');
        printed.append(line).append('\n');
        String typed = PROMPT.matcher(line).replaceFirst("");
        if (typed.startsWith("\\")) {
            return;
        }
        statement.append(typed).append('\n');
        if (PsqlOutput.complete(statement.toString())) {
            String output = print(statement.toString().strip());
            statement.setLength(0);
            document.append(output).append('\n');
            printed.append(output).append('\n');
        }
    }

    private String print(String sql) throws SQLException {
        if (sql.contains("explain_st")) {
            database.await("SELECT count(*) = (SELECT count(*) FROM pgstream.pgs_stream_tables) FROM"
                    + " pgstream.pgs_explanations AS e JOIN pgstream.pgs_stream_tables AS t ON t.id ="
                    + " e.stream_table_id AND t.version = e.version");
        }
        try (Statement executed = connection.createStatement()) {
            if (executed.execute(sql)) {
                try (ResultSet rows = executed.getResultSet()) {
                    return PsqlOutput.of(rows) + "\n";
                }
            }
            return tag(sql, executed.getUpdateCount());
        } catch (SQLException e) {
            return PsqlOutput.of(e);
        }
    }

    private static String tag(String sql, int count) {
        String words = sql.replaceAll("\\b(UNIQUE|OR REPLACE) ", "");
        String first = words.split("[\\s;]+")[0];
        return switch (first) {
            case "INSERT" -> "INSERT 0 " + count;
            case "UPDATE", "DELETE" -> first + " " + count;
            case "CREATE", "ALTER", "DROP", "REFRESH" -> objectOf(words);
            case "TRUNCATE" -> "TRUNCATE TABLE";
            default -> first;
        };
    }

    private static String objectOf(String sql) {
        Matcher words = Pattern.compile("\\w+ (MATERIALIZED )?\\w+").matcher(sql);
        return words.lookingAt() ? words.group() : sql;
    }

    /** With what was printed in place of what stood there. */
    String document() {
        return document.toString();
    }

    String printed() {
        return printed.toString();
    }

    String expected() {
        return expected.toString();
    }
}
