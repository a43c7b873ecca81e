package io.pgstream.autoconfigure.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.autoconfigure.PgStreamProperties;
import io.pgstream.autoconfigure.documents.Documents.Snippet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the documents set, exists; what they set it to, can be bound. */
class PropertiesInDocumentsTest {

    private static final Pattern MENTIONED =
            Pattern.compile("`((?:pg-stream|management\\.\\w+\\.streamtables)(?:\\.[a-z][a-z-]*)+)(?:: ([^`]+))?`");

    private static final Pattern INDEX = Pattern.compile("\\[\\d+]");

    private static final Set<String> KNOWN = known();

    static List<Path> pages() {
        return Documents.pages();
    }

    static List<Snippet> yaml() {
        return Documents.snippets("yaml");
    }

    @ParameterizedTest
    @MethodSource("pages")
    void a_page_mentions_properties_that_there_are(Path page) {
        assertThat(MENTIONED.matcher(Documents.read(page)).results().map(property -> property.group(1)))
                .allMatch(PropertiesInDocumentsTest::exists);
    }

    @ParameterizedTest
    @MethodSource("yaml")
    void a_snippet_sets_what_there_is(Snippet snippet) throws IOException {
        for (PropertySource<?> document : load(snippet)) {
            assertThat(((EnumerablePropertySource<?>) document).getPropertyNames())
                    .as(snippet.toString())
                    .isNotEmpty()
                    .allMatch(PropertiesInDocumentsTest::exists);
            new Binder(ConfigurationPropertySources.from(document)).bind("pg-stream", PgStreamProperties.class);
        }
    }

    private static List<PropertySource<?>> load(Snippet snippet) throws IOException {
        return new YamlPropertySourceLoader()
                .load(
                        snippet.toString(),
                        new ByteArrayResource(snippet.text().getBytes(StandardCharsets.UTF_8), snippet.toString()));
    }

    /** Itself, what it is an element of, or a group of what there is. */
    private static boolean exists(String property) {
        String name = INDEX.matcher(property).replaceAll("");
        return KNOWN.contains(name)
                || KNOWN.stream().anyMatch(known -> known.startsWith(name + "."))
                || name.startsWith("pg-stream.tables.")
                        && Set.of(
                                        "name",
                                        "query",
                                        "query-resource",
                                        "schedule",
                                        "mode",
                                        "diamond-consistency",
                                        "diamond-policy")
                                .contains(name.substring("pg-stream.tables.".length()))
                || name.matches("pg-stream\\.verification\\.tables\\.(name|schedule)")
                || name.startsWith("logging.level.");
    }

    private static Set<String> known() {
        try {
            Set<String> names = new TreeSet<>();
            for (var url : Collections.list(PropertiesInDocumentsTest.class
                    .getClassLoader()
                    .getResources("META-INF/spring-configuration-metadata.json"))) {
                try (InputStream stream = url.openStream()) {
                    JsonNode metadata = JsonMapper.builder().build().readTree(stream);
                    for (JsonNode property : metadata.path("properties")) {
                        names.add(property.path("name").asString());
                    }
                }
            }
            return names.stream().collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
