package io.pgstream.samples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The parts that measure one thing at a time; those over a whole workload are in {@link WorkloadSmokeTests}. */
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
}
