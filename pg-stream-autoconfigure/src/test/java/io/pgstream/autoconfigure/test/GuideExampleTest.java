package io.pgstream.autoconfigure.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the page on testing shows is what is compiled and run here. */
class GuideExampleTest {

    @Test
    void the_page_on_testing_shows_the_example_test_word_by_word() throws IOException {
        String source = Files.readString(
                Path.of("src", "test", "java", "io", "pgstream", "autoconfigure", "test", "RevenueTests.java"));
        String example = source.split("// guide: begin\\R")[1].split("    // guide: end")[0];

        assertThat(Files.readString(Path.of("..", "docs", "testing.md"))).contains(example.stripTrailing());
    }
}
