package io.pgstream.samples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultStoreTests {

    @TempDir
    Path directory;

    @Test
    void a_later_run_replaces_the_cells_that_it_measured_and_keeps_the_others() throws Exception {
        ResultStore store = new ResultStore(directory);
        store.add(run("2026-01-01T00:00:00Z", refresh("scan", 111), refresh("join", 222)));
        store.add(run("2026-01-02T00:00:00Z", refresh("scan", 333)));

        assertThat(Files.readString(directory.resolve("benchmarks.md")))
                .contains("222", "333")
                .doesNotContain("111");
    }

    @Test
    void text_outside_of_the_markers_stays() throws Exception {
        Path document = directory.resolve("benchmarks.md");
        Files.writeString(document, "before\n<!-- generated: begin -->\nold\n<!-- generated: end -->\nafter\n");

        new ResultStore(directory).add(run("2026-01-01T00:00:00Z", refresh("scan", 111)));

        assertThat(Files.readString(document))
                .startsWith("before\n")
                .endsWith("after\n")
                .doesNotContain("old");
    }

    @Test
    void a_missed_target_is_in_the_summary() {
        Measurement view = new Measurement("a", "scan", 1_000_000, 1, 1, MaterializedView.PLAIN, List.of(700.0), "");
        Measurement table = new Measurement("a", "scan", 1_000_000, 1, 1, Report.DIFFERENTIAL, List.of(100.0), "");

        assertThat(new Report(List.of(run("2026-01-01T00:00:00Z", view, table))).markdown())
                .contains("0 of 1", "scan, 1,000,000 rows, 1 %: 7 < 8");
    }

    private static Measurement refresh(String query, double milliseconds) {
        return new Measurement("a", query, 1000, 1, 1, HandWritten.LABEL, List.of(milliseconds), "");
    }

    private static Run run(String measuredAt, Measurement... measurements) {
        return new Run(measuredAt, "a machine", "--parts=a", Map.of("fsync", "on"), List.of(measurements));
    }
}
