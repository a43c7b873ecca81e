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
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The documents name what exists, and all of it. */
class DocumentationTest {

    private static final Path REPOSITORY = Path.of("..");

    private static final Path DOCUMENTS = REPOSITORY.resolve("docs");

    private static final Path REFERENCE = DOCUMENTS.resolve("reference.md");

    private static final Path MIGRATIONS =
            Path.of("src", "main", "resources", "io", "pgstream", "catalog", "migration");

    private static final Pattern CREATED_TABLE = Pattern.compile("CREATE TABLE (pgs_\\w+)");

    private static final Pattern LINK = Pattern.compile("]\\((?!https?:)([^)#\\s]*)(?:#([^)\\s]*))?\\)");

    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

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

    @Test
    void the_index_leads_to_every_document() throws IOException {
        String index = Files.readString(DOCUMENTS.resolve("README.md"));

        try (Stream<Path> files = Files.list(DOCUMENTS)) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".md") && !name.equals("README.md")))
                    .allSatisfy(name -> assertThat(index).contains("(" + name + ")"));
        }
    }

    private static List<String> brokenLinks() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path document : documents()) {
            Matcher link = LINK.matcher(Files.readString(document));
            while (link.find()) {
                Path target = link.group(1).isEmpty() ? document : document.resolveSibling(link.group(1));
                if (!Files.exists(target)
                        || link.group(2) != null && !anchors(target).contains(link.group(2))) {
                    broken.add(document + " -> " + link.group());
                }
            }
        }
        return broken;
    }

    /** What GitHub makes of headings. */
    private static List<String> anchors(Path document) throws IOException {
        return HEADING.matcher(Files.readString(document))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                        .replace(' ', '-'))
                .toList();
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> top = Files.list(REPOSITORY)) {
            return Stream.concat(top, filesBelow(DOCUMENTS).stream())
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
