package io.pgstream.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.ErrorCode;
import io.pgstream.RefreshOutcome;
import io.pgstream.StreamTableStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The documents name what exists, and all of it. */
class DocumentationTest {

    private static final Path REPOSITORY = Path.of("..");

    private static final Path REFERENCE = REPOSITORY.resolve("docs").resolve("reference.md");

    private static final Path MIGRATIONS =
            Path.of("src", "main", "resources", "io", "pgstream", "catalog", "migration");

    private static final Pattern CREATED_TABLE = Pattern.compile("CREATE TABLE (pgs_\\w+)");

    private static final Pattern RELATIVE_LINK = Pattern.compile("]\\((?!https?:|#)([^)#\\s]+)");

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

    @Test
    void the_reference_explains_every_table_of_the_catalog() throws IOException {
        String reference = Files.readString(REFERENCE);

        assertThat(filesBelow(MIGRATIONS))
                .isNotEmpty()
                .allSatisfy(script -> assertThat(CREATED_TABLE
                                .matcher(Files.readString(script))
                                .results()
                                .map(table -> "| `" + table.group(1) + "` |"))
                        .allSatisfy(row -> assertThat(reference).contains(row)));
    }

    @Test
    void a_link_between_documents_leads_somewhere() throws IOException {
        assertThat(brokenLinks()).isEmpty();
    }

    private static List<String> brokenLinks() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path document : documents()) {
            Matcher link = RELATIVE_LINK.matcher(Files.readString(document));
            while (link.find()) {
                if (!Files.exists(document.resolveSibling(link.group(1)))) {
                    broken.add(document + " -> " + link.group(1));
                }
            }
        }
        return broken;
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> top = Files.list(REPOSITORY)) {
            return Stream.concat(top, filesBelow(REPOSITORY.resolve("docs")).stream())
                    .filter(file -> file.toString().endsWith(".md"))
                    .toList();
        }
    }

    private static List<Path> filesBelow(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
