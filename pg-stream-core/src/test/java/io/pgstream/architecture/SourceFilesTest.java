package io.pgstream.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules that the compiled classes no longer show. */
class SourceFilesTest {

    private static final int MAXIMUM_LINES = 400;

    private static final List<Path> ROOTS = List.of(Path.of("src", "main", "java"), Path.of("src", "test", "java"));

    @Test
    void a_source_file_has_at_most_400_lines() {
        assertThat(javaFiles())
                .isNotEmpty()
                .allSatisfy(file ->
                        assertThat(lines(file)).as("lines of %s", file).hasSizeLessThanOrEqualTo(MAXIMUM_LINES));
    }

    @Test
    void every_package_is_null_marked() {
        assertThat(ROOTS.stream().flatMap(SourceFilesTest::packagesBelow).distinct())
                .isNotEmpty()
                .allSatisfy(directory -> assertThat(descriptions(directory))
                        .as("package-info.java of %s, in one of %s", directory, ROOTS)
                        .anySatisfy(
                                description -> assertThat(lines(description)).contains("@NullMarked")));
    }

    private static Stream<Path> packagesBelow(Path root) {
        return Files.isDirectory(root)
                ? javaFilesBelow(root).map(file -> root.relativize(file.getParent()))
                : Stream.of();
    }

    private static List<Path> descriptions(Path directory) {
        return ROOTS.stream()
                .map(root -> root.resolve(directory).resolve("package-info.java"))
                .filter(Files::exists)
                .toList();
    }

    private static List<Path> javaFiles() {
        return ROOTS.stream()
                .filter(Files::isDirectory)
                .flatMap(SourceFilesTest::javaFilesBelow)
                .toList();
    }

    private static Stream<Path> javaFilesBelow(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
