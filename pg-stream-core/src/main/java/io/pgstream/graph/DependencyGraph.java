package io.pgstream.graph;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.QualifiedName;
import io.pgstream.StreamTableDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jgrapht.Graph;
import org.jgrapht.GraphPath;
import org.jgrapht.alg.shortestpath.DijkstraShortestPath;
import org.jgrapht.graph.DefaultEdge;
import org.jgrapht.graph.SimpleDirectedGraph;
import org.jgrapht.traverse.TopologicalOrderIterator;

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
        Map<QualifiedName, List<QualifiedName>> reads = new HashMap<>();
        definitions.forEach((name, definition) -> reads.put(
                name,
                definitions.keySet().stream()
                        .filter(other -> !other.equals(name) && mentions(definition.query(), other))
                        .toList()));
        return topological(List.copyOf(definitions.keySet()), reads);
    }

    private static boolean mentions(String query, QualifiedName name) {
        String word = Pattern.quote(name.name().toLowerCase(Locale.ROOT));
        return Pattern.compile("(?<![\\w$])" + word + "(?![\\w$])")
                .matcher(query.toLowerCase(Locale.ROOT))
                .find();
    }

    /**
     * The nodes in an order in which each comes behind those that it reads; equal nodes stay in the order given.
     *
     * @throws InvalidDefinitionException if nodes read each other in a circle
     */
    public static List<QualifiedName> topological(
            List<QualifiedName> nodes, Map<QualifiedName, List<QualifiedName>> reads) {
        Graph<QualifiedName, DefaultEdge> graph = new SimpleDirectedGraph<>(DefaultEdge.class);
        nodes.forEach(graph::addVertex);
        for (QualifiedName reader : nodes) {
            for (QualifiedName source : reads.getOrDefault(reader, List.of())) {
                if (graph.containsVertex(source)) {
                    refuseCircle(graph, source, reader);
                    graph.addEdge(source, reader);
                }
            }
        }
        List<QualifiedName> order = new ArrayList<>();
        new TopologicalOrderIterator<>(graph).forEachRemaining(order::add);
        return order;
    }

    private static void refuseCircle(
            Graph<QualifiedName, DefaultEdge> graph, QualifiedName source, QualifiedName reader) {
        GraphPath<QualifiedName, DefaultEdge> back = DijkstraShortestPath.findPathBetween(graph, reader, source);
        if (source.equals(reader) || back != null) {
            String path = (back == null)
                    ? reader.toString()
                    : back.getVertexList().stream().map(QualifiedName::toString).collect(Collectors.joining(" -> "));
            throw new InvalidDefinitionException(
                    ErrorCode.DEPENDENCY_CYCLE,
                    "The stream tables read each other in a circle: " + path + " -> " + reader + ".",
                    "Break the circle: let one of them read the tables instead.");
        }
    }
}
