package io.pgstream.sqlapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.test.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The SQL of the documents is executed, page by page, each in a database of its own with an engine that works for SQL clients:
 * what stands in a block of the language {@code sql}, and what is typed in one of the language {@code console}, which also
 * has to print what is written there. To write the output anew, run it with {@code -Dpgstream.transcript.write=true}.
 */
class TranscriptTest extends SqlClientTest {

    private static final Path DOCUMENTS = Path.of("..", "docs");

    @Override
    @BeforeEach
    void orders() {
        database = TestDatabase.onDefault();
    }

    static List<Path> documents() throws IOException {
        try (Stream<Path> files = Files.list(DOCUMENTS)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .filter(Transcript::hasSql)
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void every_statement_does_what_is_written(Path document) throws Exception {
        open();
        try (Connection connection = database.connect()) {
            Transcript transcript = Transcript.run(Files.readString(document), database, connection);
            if (Boolean.getBoolean("pgstream.transcript.write")) {
                Files.writeString(document, transcript.document());
            } else {
                assertThat(PsqlOutput.normalised(transcript.printed()))
                        .as(document.toString())
                        .isEqualTo(PsqlOutput.normalised(transcript.expected()));
            }
        }
    }
}
