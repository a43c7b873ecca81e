package io.pgstream.samples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The parts over a whole workload, in a class of their own: two processes of tests share the work. */
class WorkloadSmokeTests {

    @Test
    void all_queries_of_tpch_are_maintained_and_equal_after_every_cycle(@TempDir Path directory) throws Exception {
        BenchmarkApplication.main(new String[] {"--parts=t", "--scale=0.01", "--cycles=2", "--output=" + directory});

        assertThat(Files.readString(directory.resolve("benchmarks.md")))
                .contains("(t) TPC-H", "| Q01 ", "| Q22 ", "Geometric mean");
    }

    @Test
    void all_queries_of_nexmark_are_maintained_differentially_while_events_come_in(@TempDir Path directory)
            throws Exception {
        BenchmarkApplication.main(new String[] {
            "--parts=n", "--nexmark=together", "--events=2000", "--minutes=0.05", "--output=" + directory
        });

        assertThat(Files.readString(directory.resolve("benchmarks.md")))
                .contains("(n) Nexmark", "| together ", ", equal")
                .doesNotContain("of them full");
    }

    @Test
    void a_refresh_with_one_changed_row_is_held_against_the_execution_of_its_statements(@TempDir Path directory)
            throws Exception {
        BenchmarkApplication.main(new String[] {
            "--parts=p", "--one-row-scale=0.01", "--queries=3,6", "--repetitions=1", "--output=" + directory
        });

        assertThat(Files.readString(directory.resolve("benchmarks.md")))
                .contains("(p) TPC-H", "| Q03 lineitem ", "| Q03 orders ", "| Q03 customer ", "| Q06 lineitem ")
                .doesNotContain("NO_DATA");
    }
}
