package io.pgstream.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshFailedException;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableInfo;
import io.pgstream.autoconfigure.PgStreamProperties.OnInvalidDefinition;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.io.DefaultResourceLoader;

@ExtendWith(OutputCaptureExtension.class)
class StreamTableSynchronizerTest {

    private final InMemoryStreamTables operations = new InMemoryStreamTables();

    @Test
    void makes_the_stream_tables_of_all_definitions_in_one_call(CapturedOutput output) {
        StreamTableSynchronizer synchronizer = synchronizer(
                OnInvalidDefinition.FAIL,
                StreamTableDefinition.of("b", "SELECT one FROM a"),
                StreamTableDefinition.of("a", "SELECT 1 AS one"));

        synchronizer.start();

        assertThat(names()).containsExactly("a", "b");
        assertThat(synchronizer.isRunning()).isTrue();
        assertThat(synchronizer.disabled()).isEmpty();
        assertThat(output).contains("2 of 2 defined stream tables are there: [b, a]");
    }

    @Test
    void does_not_start_with_an_invalid_definition() {
        StreamTableSynchronizer synchronizer =
                synchronizer(OnInvalidDefinition.FAIL, StreamTableDefinition.of("broken", "SELECT one FROM nowhere"));

        assertThatExceptionOfType(InvalidDefinitionException.class).isThrownBy(synchronizer::start);
        assertThat(synchronizer.isRunning()).isFalse();
    }

    @Test
    void starts_without_invalid_definitions_and_what_reads_them_if_told_so(CapturedOutput output) {
        StreamTableSynchronizer synchronizer = synchronizer(
                OnInvalidDefinition.DISABLE,
                StreamTableDefinition.of("c", "SELECT one FROM b"),
                StreamTableDefinition.of("b", "SELECT one FROM a"),
                StreamTableDefinition.of("reads_broken", "SELECT one FROM broken"),
                StreamTableDefinition.of("broken", "SELECT one FROM nowhere"),
                StreamTableDefinition.of("a", "SELECT 1 AS one"));

        synchronizer.start();

        assertThat(names()).containsExactly("a", "b", "c");
        assertThat(synchronizer.disabled())
                .containsOnly(
                        reason("broken", "INVALID_QUERY: relation \"nowhere\" does not exist."),
                        reason("reads_broken", "INVALID_QUERY: relation \"broken\" does not exist."));
        assertThat(output)
                .contains("The stream table broken is disabled: relation \"nowhere\" does not exist."
                        + " Correct the query.");
    }

    @Test
    void makes_what_may_be_a_circle_in_one_call_also_without_invalid_definitions() {
        StreamTableSynchronizer synchronizer = synchronizer(
                OnInvalidDefinition.DISABLE,
                StreamTableDefinition.of("odd", "SELECT one FROM even"),
                StreamTableDefinition.of("broken", "SELECT one FROM nowhere"),
                StreamTableDefinition.of("even", "SELECT one FROM odd"));

        synchronizer.start();

        assertThat(names()).containsExactlyInAnyOrder("even", "odd");
        assertThat(synchronizer.disabled()).containsOnlyKeys(QualifiedName.parse("broken"));
    }

    @Test
    void does_not_start_without_its_server_whatever_it_is_told_of_definitions() {
        operations.failWith(new RefreshFailedException(
                ErrorCode.SERVER_UNAVAILABLE, "The server does not answer.", "Start it.", null, true, null));
        StreamTableSynchronizer synchronizer =
                synchronizer(OnInvalidDefinition.DISABLE, StreamTableDefinition.of("a", "SELECT 1 AS one"));

        assertThatExceptionOfType(RefreshFailedException.class).isThrownBy(synchronizer::start);
    }

    @Test
    void retires_what_is_no_longer_defined_only_if_told_so() {
        synchronizer(OnInvalidDefinition.FAIL, StreamTableDefinition.of("former", "SELECT 1 AS one"))
                .start();
        StreamTableDefinition current = StreamTableDefinition.of("current", "SELECT 1 AS one");
        StreamTableDefinitions all = new StreamTableDefinitions(
                List.of(), Map.of("all", () -> List.of(current)), List.of(), new DefaultResourceLoader());

        new StreamTableSynchronizer(operations, all, OnInvalidDefinition.FAIL, false).start();
        assertThat(names()).containsExactlyInAnyOrder("former", "current");

        new StreamTableSynchronizer(operations, all, OnInvalidDefinition.FAIL, true).start();
        assertThat(names()).containsExactly("current");
    }

    private StreamTableSynchronizer synchronizer(
            OnInvalidDefinition onInvalidDefinition, StreamTableDefinition... definitions) {
        StreamTableDefinitions all = new StreamTableDefinitions(
                List.of(), Map.of("all", () -> List.of(definitions)), List.of(), new DefaultResourceLoader());
        return new StreamTableSynchronizer(operations, all, onInvalidDefinition, false);
    }

    private List<String> names() {
        return operations.list().stream()
                .map(StreamTableInfo::name)
                .map(QualifiedName::toString)
                .toList();
    }

    private static Map.Entry<QualifiedName, String> reason(String name, String text) {
        return Map.entry(QualifiedName.parse(name), text);
    }
}
