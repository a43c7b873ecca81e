package io.pgstream.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.ErrorCode;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The reference names what exists, and all of it. */
class DocumentationTest {

    private static final Path REFERENCE = Path.of("..", "docs", "reference.md");

    @ParameterizedTest
    @EnumSource
    void the_reference_explains_every_error_code(ErrorCode code) throws IOException {
        assertThat(Files.readString(REFERENCE)).contains("| `" + code + "` |");
    }

    @ParameterizedTest
    @EnumSource
    void the_reference_explains_every_status(StreamTableStatus status) throws IOException {
        assertThat(Files.readString(REFERENCE)).contains("| `" + status + "` |");
    }

    @ParameterizedTest
    @EnumSource
    void the_reference_explains_every_outcome(RefreshOutcome outcome) throws IOException {
        assertThat(Files.readString(REFERENCE)).contains("| `" + outcome + "` |");
    }
}
