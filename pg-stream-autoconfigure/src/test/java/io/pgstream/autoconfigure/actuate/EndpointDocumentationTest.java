package io.pgstream.autoconfigure.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The reference names every field of the endpoint's answers, and none that is not there. */
class EndpointDocumentationTest {

    private static final Path REFERENCE = Path.of("..", "docs", "reference.md");

    private static final Pattern FIELD = Pattern.compile("^\\| `([^`]+)` \\|", Pattern.MULTILINE);

    static Stream<Map.Entry<String, Class<?>>> answers() {
        return Map.<String, Class<?>>of(
                "GET /actuator/streamtables", StreamTablesDescriptor.class,
                "GET /actuator/streamtables/{name}", StreamTableDescriptor.class,
                "GET /actuator/streamtables/{name}/explain", ExplanationDescriptor.class,
                "GET /actuator/streamtables/{name}/history", HistoryDescriptor.class,
                "GET /actuator/streamtables/graph", GraphDescriptor.class,
                "POST /actuator/streamtables/{name}", StreamTableActionDescriptor.class,
                "Errors", ProblemDescriptor.class)
                .entrySet()
                .stream();
    }

    @ParameterizedTest
    @MethodSource("answers")
    void the_reference_has_the_fields_of_every_answer(Map.Entry<String, Class<?>> answer) throws IOException {
        assertThat(documented("#### `" + answer.getKey() + "`")).isEqualTo(fields("", answer.getValue()));
    }

    private static Set<String> documented(String heading) throws IOException {
        String reference = Files.readString(REFERENCE);
        int start = reference.indexOf(heading + "\n");
        assertThat(start).as(heading).isNotNegative();
        Matcher end = Pattern.compile("^#", Pattern.MULTILINE).matcher(reference);
        String section =
                reference.substring(start, end.find(start + heading.length()) ? end.start() : reference.length());
        return FIELD.matcher(section)
                .results()
                .map((MatchResult row) -> row.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> fields(String prefix, Class<?> type) {
        Set<String> fields = new TreeSet<>();
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + component.getName();
            Class<?> raw = component.getType();
            if (raw == List.class) {
                Type element = ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
                if (element instanceof Class<?> item && item.isRecord()) {
                    fields.addAll(fields(name + "[].", item));
                } else {
                    fields.add(name + "[]");
                }
            } else if (raw.isRecord()) {
                fields.addAll(fields(name + ".", raw));
            } else {
                fields.add(name);
            }
        }
        return fields;
    }
}
