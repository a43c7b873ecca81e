package io.pgstream.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.StreamTableDefinition;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.postgresql.ds.PGSimpleDataSource;

/** The same application as a process of its own, which is killed by SIGKILL. It prints what it was told is committed. */
final class KilledProcess implements Killed {

    private static final String COMMITTED = "committed ";

    /** The classes of another version, before which those of this one are not seen. */
    private static final String OLDER = Stream.ofNullable(System.getProperty("pgstream.kills.older"))
            .map(classes -> classes + File.pathSeparator)
            .findFirst()
            .orElse("");

    /** A line that the kill has cut short says nothing. */
    private static final String WHOLE = ";";

    private final Process process;

    private final Thread reader;

    private final CountDownLatch atWork = new CountDownLatch(1);

    private KilledProcess(Process process, KilledApplication.Acknowledged acknowledged) {
        this.process = process;
        this.reader = new Thread(() -> read(acknowledged), "killed-process");
        reader.start();
    }

    static KilledProcess start(String url, KilledApplication.Acknowledged acknowledged, long seed) throws Exception {
        Random random = new Random(seed);
        KilledProcess killed = new KilledProcess(
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                (random.nextBoolean() ? OLDER : "") + System.getProperty("java.class.path"),
                                KilledProcess.class.getName(),
                                url,
                                Long.toString(seed),
                                Long.toString(acknowledged.next()))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start(),
                acknowledged);
        boolean atWork = killed.atWork.await(60, TimeUnit.SECONDS);
        if (!atWork) {
            killed.kill();
        }
        assertThat(atWork).as("the application has committed something").isTrue();
        return killed;
    }

    private void read(KilledApplication.Acknowledged acknowledged) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(COMMITTED) && line.endsWith(WHOLE)) {
                    acknowledged.add(List.of(line.substring(COMMITTED.length(), line.length() - WHOLE.length())
                            .split(",")));
                    atWork.countDown();
                }
            }
        } catch (IOException e) {
            // The process is gone.
            atWork.countDown();
        }
    }

    @Override
    public void kill() {
        process.destroyForcibly();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            reader.join(TimeUnit.SECONDS.toMillis(60));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @param arguments the address of the database, a seed, and the first number of an order that nobody has used */
    public static void main(String[] arguments) throws InterruptedException {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(arguments[0]);
        List<StreamTableDefinition> graph = KillTest.GRAPH;
        KilledApplication.Acknowledged acknowledged = new KilledApplication.Acknowledged() {
            @Override
            void add(Collection<String> committed) {
                if (!committed.isEmpty()) {
                    System.out.println(COMMITTED + String.join(",", committed) + WHOLE);
                }
            }
        };
        acknowledged.continueAt(Long.parseLong(arguments[2]));
        KilledApplication.start(dataSource, graph, acknowledged, Long.parseLong(arguments[1]));
    }
}
