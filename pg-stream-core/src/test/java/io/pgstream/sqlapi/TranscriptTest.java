package io.pgstream.sqlapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.test.TestDatabase;
import io.pgstream.test.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A DBA's day, as it is told in the documents: every statement is executed, and what it prints is what is written there. To
 * write it anew, run it with {@code -Dpgstream.transcript.write=true}.
 */
class TranscriptTest extends SqlClientTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "psql.md");

    private static final String FENCE = "```";

    /** Of the first line of a statement, of others, and of those in a transaction. */
    private static final Pattern PROMPT = Pattern.compile("shop[-=$][*!]?# ");

    @Override
    @BeforeEach
    void orders() {
        database = TestDatabase.of(TestServer.current().newDatabase());
    }

    @Test
    void every_statement_prints_what_is_written() throws Exception {
        open();
        String document = Files.readString(DOCUMENT);
        List<String> expected = new ArrayList<>();
        StringBuilder written = new StringBuilder();
        StringBuilder printed = new StringBuilder();
        try (Connection connection = database.connect()) {
            boolean session = false;
            StringBuilder statement = new StringBuilder();
            for (String line : document.split("\n", -1)) {
                if (line.startsWith(FENCE)) {
                    session = line.equals(FENCE + "console");
                    written.append(line).append('\n');
                } else if (!session) {
                    written.append(line).append('\n');
                } else if (PROMPT.matcher(line).lookingAt()) {
                    String typed = PROMPT.matcher(line).replaceFirst("");
                    written.append(line).append('\n');
                    printed.append(line).append('\n');
                    expected.add(line);
                    if (!typed.startsWith("\\")) {
                        statement.append(typed).append('\n');
                        if (PsqlOutput.complete(statement.toString())) {
                            String output = run(connection, statement.toString().strip());
                            written.append(output).append('\n');
                            printed.append(output).append('\n');
                            statement.setLength(0);
                        }
                    }
                } else {
                    expected.add(line);
                }
            }
        }
        if (Boolean.getBoolean("pgstream.transcript.write")) {
            Files.writeString(DOCUMENT, written.toString().stripTrailing() + "\n");
        } else {
            assertThat(PsqlOutput.normalised(printed.toString()))
                    .isEqualTo(PsqlOutput.normalised(String.join("\n", expected)));
        }
    }

    private String run(Connection connection, String sql) throws SQLException, IOException {
        if (sql.contains("explain_st")) {
            database.await("SELECT count(*) = (SELECT count(*) FROM pgstream.pgs_stream_tables) FROM"
                    + " pgstream.pgs_explanations AS e JOIN pgstream.pgs_stream_tables AS t ON t.id ="
                    + " e.stream_table_id AND t.version = e.version");
        }
        try (Statement statement = connection.createStatement()) {
            if (statement.execute(sql)) {
                try (ResultSet rows = statement.getResultSet()) {
                    return PsqlOutput.of(rows) + "\n";
                }
            }
            return tag(sql, statement.getUpdateCount());
        } catch (SQLException e) {
            return PsqlOutput.of(e);
        }
    }

    private static String tag(String sql, int count) {
        String[] words = sql.split("[\\s;]+");
        return switch (words[0]) {
            case "INSERT" -> "INSERT 0 " + count;
            case "UPDATE", "DELETE" -> words[0] + " " + count;
            case "CREATE", "ALTER", "DROP" -> words[0] + " " + words[1];
            default -> words[0];
        };
    }
}
