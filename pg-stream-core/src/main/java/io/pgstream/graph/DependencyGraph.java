package io.pgstream.graph;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.QualifiedName;
import io.pgstream.StreamTableDefinition;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which stream table reads which.
 *
 * @since 0.1.0
 */
public final class DependencyGraph {

    private DependencyGraph() {}

    /**
     * The names of definitions in an order in which each comes behind those that it may read. Before the tables exist
     * PostgreSQL cannot say what a query reads, so every mention of a name counts; a mention too many only orders more
     * than it must.
     *
     * @throws InvalidDefinitionException if definitions read each other in a circle
     */
    public static List<QualifiedName> creationOrder(Map<QualifiedName, StreamTableDefinition> definitions) {
        Circles circles = mentions(definitions, false);
        circles.all().stream().findFirst().ifPresent(circle -> {
            throw refusal(circles.path(circle.get(0)));
        });
        return circles.order();
    }

    /**
     * Which definitions mention each other's names.
     *
     * @param own whether a mention of its own name counts, too
     */
    public static Circles mentions(Map<QualifiedName, StreamTableDefinition> definitions, boolean own) {
        Map<QualifiedName, List<QualifiedName>> reads = new HashMap<>();
        definitions.forEach((name, definition) -> reads.put(
                name,
                definitions.keySet().stream()
                        .filter(other -> (own || !other.equals(name)) && mentions(definition.query(), other))
                        .toList()));
        return new Circles(List.copyOf(definitions.keySet()), reads);
    }

    /** Whether a query has the name, without its schema, as a word. */
    public static boolean mentions(String query, QualifiedName name) {
        String word = Pattern.quote(name.name().toLowerCase(Locale.ROOT));
        return Pattern.compile("(?<![\\w$])" + word + "(?![\\w$])")
                .matcher(query.toLowerCase(Locale.ROOT))
                .find();
    }

    /**
     * The nodes in an order in which each comes behind those that it reads; equal nodes stay in the order given, and those
     * of a circle are neighbours.
     */
    public static List<QualifiedName> topological(
            List<QualifiedName> nodes, Map<QualifiedName, List<QualifiedName>> reads) {
        return new Circles(nodes, reads).order();
    }

    /** @param path the tables of the circle, each read by the next one, the first one again at the end */
    public static InvalidDefinitionException refusal(List<QualifiedName> path) {
        return new InvalidDefinitionException(
                ErrorCode.DEPENDENCY_CYCLE,
                "The stream tables read each other in a circle: "
                        + path.stream().map(QualifiedName::toString).collect(Collectors.joining(" -> ")) + ".",
                "Break the circle: let one of them read the tables instead. Or set pg-stream.allow-circular, if none of"
                        + " them aggregates, subtracts, ranks or cuts off what it reads of the circle.");
    }
}
