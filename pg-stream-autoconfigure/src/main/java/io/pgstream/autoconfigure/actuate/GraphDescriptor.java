package io.pgstream.autoconfigure.actuate;

import io.pgstream.StreamTableGraph;
import io.pgstream.StreamTableStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How stream tables read each other and other tables, as the endpoint shows it.
 *
 * @param nodes the tables, those of the lowest layer first
 * @param edges who reads whom
 * @since 0.1.0
 */
public record GraphDescriptor(List<Node> nodes, List<Edge> edges) {

    public GraphDescriptor {
        nodes = List.copyOf(nodes);
        edges = List.copyOf(edges);
    }

    static GraphDescriptor of(StreamTableGraph graph) {
        return new GraphDescriptor(
                graph.nodes().stream()
                        .map(node -> new Node(node.name().toString(), node.layer(), node.status()))
                        .toList(),
                graph.edges().stream()
                        .map(edge ->
                                new Edge(edge.source().toString(), edge.reader().toString()))
                        .toList());
    }

    /**
     * A table.
     *
     * @param name the table
     * @param layer 0 for a table that is no stream table, else one more than the highest layer that it reads
     * @param status the state of a stream table's life; missing for another table
     */
    public record Node(String name, int layer, @Nullable StreamTableStatus status) {}

    /**
     * A stream table that reads a table.
     *
     * @param source the table
     * @param reader the stream table
     */
    public record Edge(String source, String reader) {}
}
