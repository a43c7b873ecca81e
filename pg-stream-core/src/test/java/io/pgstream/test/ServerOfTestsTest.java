package io.pgstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Which servers the tests run on. */
@Isolated("sets the property that chooses")
class ServerOfTestsTest {

    private String before = "";

    @BeforeEach
    void remember() {
        before = System.getProperty(ServerOfTests.PROPERTY, "");
    }

    @AfterEach
    void restore() {
        if (before.isEmpty()) {
            System.clearProperty(ServerOfTests.PROPERTY);
        } else {
            System.setProperty(ServerOfTests.PROPERTY, before);
        }
    }

    @Test
    void an_unknown_kind_is_refused_with_those_that_there_are() {
        System.setProperty(ServerOfTests.PROPERTY, "oracle");
        assertThatThrownBy(() -> ServerOfTests.start(18))
                .hasMessageContaining("oracle")
                .hasMessageContaining("embedded")
                .hasMessageContaining("testcontainers");
    }

    @Test
    void a_container_is_of_the_version_that_is_asked_for() {
        assertThat(ContainerServer.image(16)).isEqualTo("postgres:16");
    }

    @Test
    void without_docker_testcontainers_say_what_to_do() {
        assumeThat(Files.exists(Path.of("/var/run/docker.sock")) || System.getenv("DOCKER_HOST") != null)
                .isFalse();
        System.setProperty(ServerOfTests.PROPERTY, "testcontainers");
        assertThatThrownBy(() -> ServerOfTests.start(18))
                .hasMessageContaining("Start Docker")
                .hasMessageContaining("-Dpgstream.test.database=testcontainers")
                .hasMessageContaining("postgres:18");
    }
}
