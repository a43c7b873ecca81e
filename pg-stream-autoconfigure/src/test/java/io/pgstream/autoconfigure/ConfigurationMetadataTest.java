package io.pgstream.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an IDE shows of {@code pg-stream.*}. */
class ConfigurationMetadataTest {

    private static final JsonNode METADATA = read();

    @ParameterizedTest
    @MethodSource("properties")
    void every_property_has_a_description_of_whole_sentences(JsonNode property) {
        assertThat(property.path("description").asString(""))
                .as(property.path("name").asString())
                .isNotBlank()
                .endsWith(".")
                .doesNotStartWith("The ")
                .doesNotStartWith("A ");
    }

    @ParameterizedTest
    @MethodSource("properties")
    void every_switch_says_whether(JsonNode property) {
        if (property.path("type").asString().equals("java.lang.Boolean")) {
            assertThat(property.path("description").asString()).startsWith("Whether ");
        }
    }

    @Test
    void every_hint_belongs_to_a_property() {
        List<String> names =
                properties().stream().map(p -> p.path("name").asString()).toList();

        assertThat(METADATA.path("hints"))
                .isNotEmpty()
                .allSatisfy(hint -> assertThat(names).contains(hint.path("name").asString()));
    }

    @Test
    void every_property_is_in_a_namespace_of_ours_or_derived_from_a_name_of_ours() {
        assertThat(properties())
                .extracting(p -> p.path("name").asString())
                .allSatisfy(name -> assertThat(name)
                        .matches("pg-stream\\..+|management\\.(endpoint|health|info)\\.streamtables\\..+"));
    }

    private static List<JsonNode> properties() {
        return StreamSupport.stream(METADATA.path("properties").spliterator(), false)
                .toList();
    }

    private static JsonNode read() {
        try (InputStream stream = PgStreamProperties.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI()
                .resolve("META-INF/spring-configuration-metadata.json")
                .toURL()
                .openStream()) {
            return JsonMapper.builder().build().readTree(stream);
        } catch (IOException | java.net.URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
