package io.pgstream.samples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkSmokeTests {

    @Test
    void every_part_runs_on_a_small_table_and_every_result_equals_its_query(@TempDir Path directory) throws Exception {
        BenchmarkApplication.main(new String[] {
            "--parts=a,b,c,d,f,i",
            "--tables=10",
            "--commits=5",
            "--idle-seconds=1",
            "--rows=5000",
            "--growth-rows=1000,2000",
            "--shapes=scan,aggregate-100,join-both",
            "--changes=10",
            "--repetitions=1",
            "--warm-up=3",
            "--output=" + directory
        });

        String document = Files.readString(directory.resolve("benchmarks.md"));
        assertThat(document)
                .contains(
                        "(a) Refresh, 5,000 rows",
                        "(b) What capture",
                        "(c) A refresh",
                        "(d) 1,000 changed rows",
                        "(f) Fresh reads",
                        "(i) The clock and the graph")
                .doesNotContainPattern("\\bDIFFERENT\\b")
                .contains("fsync=on");
        assertThat(directory.resolve("benchmarks.json")).isNotEmptyFile();
    }

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
