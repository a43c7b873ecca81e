package io.pgstream.autoconfigure.documents;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The pages for users, and what is set in them as code. */
final class Documents {

    private static final Path REPOSITORY = Path.of("..");

    private static final Pattern BLOCK = Pattern.compile("(?m)^```(\\w*)\\R(.*?)^```$", Pattern.DOTALL);

    private Documents() {}

    /** A block of code with its place. */
    record Snippet(String page, int line, String language, String text) {

        @Override
        public String toString() {
            return page + ":" + line;
        }
    }

    static List<Path> pages() {
        try (Stream<Path> docs = Files.list(REPOSITORY.resolve("docs"))) {
            return Stream.concat(Stream.of(REPOSITORY.resolve("README.md")), docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Snippet> snippets() {
        return pages().stream().flatMap(Documents::snippets).toList();
    }

    static List<Snippet> snippets(String language) {
        return snippets().stream()
                .filter(snippet -> snippet.language().equals(language))
                .toList();
    }

    static String read(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Snippet> snippets(Path page) {
        String text = read(page);
        String name = REPOSITORY.relativize(page).toString();
        return BLOCK.matcher(text)
                .results()
                .map(block -> new Snippet(
                        name,
                        (int) text.substring(0, block.start()).lines().count() + 1,
                        block.group(1),
                        block.group(2)));
    }
}
