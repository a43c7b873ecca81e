package io.pgstream.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.pgstream.DiamondConsistency;
import io.pgstream.DiamondPolicy;
import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;

class StreamTableDefinitionsTest {

    private static final ResourceLoader RESOURCES = new DefaultResourceLoader() {

        @Override
        public Resource getResource(String location) {
            return location.equals("classpath:sql/totals.sql")
                    ? new ByteArrayResource("SELECT 7 AS seven".getBytes(StandardCharsets.UTF_8))
                    : super.getResource(location);
        }
    };

    @Test
    void come_from_annotations_sources_and_configuration() {
        List<StreamTableDefinition> definitions = new StreamTableDefinitions(
                        List.of(annotated("a", "SELECT 1", "")),
                        Map.of("more", () -> List.of(StreamTableDefinition.of("b", "SELECT 2"))),
                        List.of(configured("c", "SELECT 3", null, "10s", RefreshMode.FULL)),
                        RESOURCES)
                .collect();

        assertThat(definitions)
                .containsExactly(
                        StreamTableDefinition.of("a", "SELECT 1").withSchedule("5s"),
                        StreamTableDefinition.of("b", "SELECT 2"),
                        StreamTableDefinition.of("c", "SELECT 3")
                                .withSchedule("10s")
                                .withMode(RefreshMode.FULL));
    }

    @Test
    void of_the_configuration_override_what_they_say_of_an_annotation_and_keep_the_rest() {
        List<StreamTableDefinition> definitions = collect(
                List.of(annotated("totals", "SELECT 1", "")), List.of(configured("TOTALS", null, null, "1h", null)));

        assertThat(definitions)
                .containsExactly(StreamTableDefinition.of("totals", "SELECT 1").withSchedule("1h"));
    }

    @Test
    void of_the_configuration_override_a_query_with_a_resource() {
        List<StreamTableDefinition> definitions = collect(
                List.of(annotated("totals", "SELECT 1", "")),
                List.of(configured("totals", null, "classpath:sql/totals.sql", null, null)));

        assertThat(definitions).extracting(StreamTableDefinition::query).containsExactly("SELECT 7 AS seven");
    }

    @Test
    void say_of_an_annotation_what_holds_for_diamonds_unless_the_configuration_says_otherwise() {
        AnnotatedStreamTable annotated =
                annotated("totals", "SELECT 1", "", DiamondConsistency.NONE, DiamondPolicy.SLOWEST);

        assertThat(collect(List.of(annotated), List.of()))
                .extracting(StreamTableDefinition::diamondConsistency, StreamTableDefinition::diamondPolicy)
                .containsExactly(tuple(DiamondConsistency.NONE, DiamondPolicy.SLOWEST));
        PgStreamProperties.Table configured =
                new PgStreamProperties.Table("totals", null, null, null, null, DiamondConsistency.ATOMIC, null);
        assertThat(collect(List.of(annotated), List.of(configured)))
                .extracting(StreamTableDefinition::diamondConsistency, StreamTableDefinition::diamondPolicy)
                .containsExactly(tuple(DiamondConsistency.ATOMIC, DiamondPolicy.SLOWEST));
    }

    @Test
    void read_a_query_from_a_resource() {
        assertThat(collect(List.of(annotated("totals", "", "classpath:sql/totals.sql")), List.of()))
                .extracting(StreamTableDefinition::query)
                .containsExactly("SELECT 7 AS seven");
    }

    @Test
    void say_which_resource_cannot_be_read() {
        assertFailure(
                () -> collect(List.of(annotated("totals", "", "classpath:sql/nowhere.sql")), List.of()),
                ErrorCode.INVALID_QUERY,
                "The stream table totals (@StreamTable on example.totals) has its query in"
                        + " 'classpath:sql/nowhere.sql', which cannot be read.");
    }

    @Test
    void refuse_two_annotations_of_one_name() {
        assertFailure(
                () -> collect(List.of(annotated("a", "SELECT 1", ""), annotated("A", "SELECT 2", "")), List.of()),
                ErrorCode.DUPLICATE_DEFINITION,
                "The stream table a is defined twice: by @StreamTable on example.a and by @StreamTable on example.A.");
    }

    @Test
    void refuse_two_entries_of_one_name() {
        assertFailure(
                () -> collect(
                        List.of(),
                        List.of(
                                configured("a", "SELECT 1", null, null, null),
                                configured("b", "SELECT 1", null, null, null),
                                configured("a", "SELECT 2", null, null, null))),
                ErrorCode.DUPLICATE_DEFINITION,
                "The stream table a is defined twice: by pg-stream.tables[0] and by pg-stream.tables[2].");
    }

    @Test
    void refuse_an_annotation_and_a_source_of_one_name() {
        StreamTableDefinitionSource source = () -> List.of(StreamTableDefinition.of("a", "SELECT 2"));

        assertFailure(
                () -> new StreamTableDefinitions(
                                List.of(annotated("a", "SELECT 1", "")), Map.of("more", source), List.of(), RESOURCES)
                        .collect(),
                ErrorCode.DUPLICATE_DEFINITION,
                "The stream table a is defined twice: by @StreamTable on example.a and by the bean more.");
    }

    @Test
    void refuse_an_entry_without_a_name() {
        assertFailure(
                () -> collect(List.of(), List.of(configured(null, "SELECT 1", null, null, null))),
                ErrorCode.INVALID_NAME,
                "pg-stream.tables[0] has no name.");
    }

    @Test
    void refuse_an_entry_without_a_query() {
        assertFailure(
                () -> collect(List.of(), List.of(configured("a", null, null, "5s", null))),
                ErrorCode.INVALID_QUERY,
                "The stream table a (pg-stream.tables[0]) has no query.");
    }

    @Test
    void refuse_a_query_beside_a_resource() {
        assertFailure(
                () -> collect(List.of(annotated("a", "SELECT 1", "classpath:sql/totals.sql")), List.of()),
                ErrorCode.INVALID_QUERY,
                "The stream table a (@StreamTable on example.a) has a query and a resource of a query.");
    }

    @Test
    void say_where_a_wrong_name_stands() {
        assertFailure(
                () -> collect(List.of(), List.of(configured("no-name", "SELECT 1", null, null, null))),
                ErrorCode.INVALID_NAME,
                "pg-stream.tables[0]: 'no-name' is not the name of a table");
    }

    @Test
    void say_where_a_wrong_schedule_stands() {
        assertFailure(
                () -> collect(
                        List.of(annotated("a", "SELECT 1", "")),
                        List.of(configured("a", null, null, "whenever", null))),
                ErrorCode.INVALID_SCHEDULE,
                "pg-stream.tables[0]: 'whenever' is not a schedule");
    }

    private static List<StreamTableDefinition> collect(
            List<AnnotatedStreamTable> annotated, List<PgStreamProperties.Table> configured) {
        return new StreamTableDefinitions(annotated, Map.of(), configured, RESOURCES).collect();
    }

    private static AnnotatedStreamTable annotated(String name, String query, String queryResource) {
        return annotated(name, query, queryResource, DiamondConsistency.DEFAULT, DiamondPolicy.DEFAULT);
    }

    private static AnnotatedStreamTable annotated(
            String name, String query, String queryResource, DiamondConsistency consistency, DiamondPolicy policy) {
        return new AnnotatedStreamTable(
                "example." + name, name, query, queryResource, "5s", "AUTO", consistency.name(), policy.name());
    }

    private static PgStreamProperties.Table configured(
            @Nullable String name,
            @Nullable String query,
            @Nullable String queryResource,
            @Nullable String schedule,
            @Nullable RefreshMode mode) {
        return new PgStreamProperties.Table(name, query, queryResource, schedule, mode, null, null);
    }

    private static void assertFailure(ThrowingCallable call, ErrorCode code, String message) {
        assertThatExceptionOfType(InvalidDefinitionException.class)
                .isThrownBy(call)
                .withMessageStartingWith(message)
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(code))
                .satisfies(failure -> assertThat(failure.action()).isNotBlank());
    }
}
