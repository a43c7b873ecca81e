package io.pgstream.samples.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Keeps the results as JSON and the document that shows them: {@code benchmarks.json} and {@code benchmarks.md}. */
final class ResultStore {

    private static final String BEGIN = "<!-- generated: begin -->";

    private static final String END = "<!-- generated: end -->";

    private final JsonMapper json =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Path data;

    private final Path document;

    ResultStore(Path directory) {
        this.data = directory.resolve("benchmarks.json");
        this.document = directory.resolve("benchmarks.md");
    }

    /** Adds a run; its cells take the place of those that an earlier run measured. */
    void add(Run run) {
        List<Run> runs = new ArrayList<>();
        for (Run earlier : load()) {
            Run rest = earlier.without(run.measurements());
            if (!rest.measurements().isEmpty()) {
                runs.add(rest);
            }
        }
        runs.add(run);
        try {
            Files.createDirectories(document.toAbsolutePath().getParent());
            Files.writeString(data, json.writeValueAsString(runs) + "\n");
            Files.writeString(document, replaceGenerated(document(), new Report(runs).markdown()));
        } catch (IOException e) {
            throw new UncheckedIOException("The results cannot be written: " + e.getMessage(), e);
        }
    }

    private List<Run> load() {
        return Files.exists(data) ? json.readValue(data.toFile(), new TypeReference<List<Run>>() {}) : List.of();
    }

    private String document() throws IOException {
        return Files.exists(document) ? Files.readString(document) : "# Benchmarks\n\n" + BEGIN + "\n" + END + "\n";
    }

    private static String replaceGenerated(String text, String generated) {
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalStateException("The document has no lines '" + BEGIN + "' and '" + END + "'.");
        }
        return text.substring(0, begin + BEGIN.length()) + "\n\n" + generated + "\n" + text.substring(end);
    }
}
