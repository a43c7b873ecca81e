package io.pgstream.graph;

import io.pgstream.QualifiedName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jgrapht.Graph;
import org.jgrapht.GraphPath;
import org.jgrapht.alg.connectivity.GabowStrongConnectivityInspector;
import org.jgrapht.alg.shortestpath.DijkstraShortestPath;
import org.jgrapht.graph.DefaultDirectedGraph;
import org.jgrapht.graph.DefaultEdge;
import org.jgrapht.traverse.TopologicalOrderIterator;

/**
 * The stream tables that read each other in circles: each set of tables of which every one reaches every other. A table that
 * reads itself is one alone. Put together, what is left is a graph without circles.
 *
 * @since 0.1.0
 */
public final class Circles {

    private final List<QualifiedName> nodes;

    /** Without loops. */
    private final Graph<QualifiedName, DefaultEdge> graph = new DefaultDirectedGraph<>(DefaultEdge.class);

    private final Set<QualifiedName> loops = new LinkedHashSet<>();

    /** The circle of each table that is in one, in the order of the nodes. */
    private final Map<QualifiedName, List<QualifiedName>> circles = new LinkedHashMap<>();

    /**
     * @param nodes the tables; those of equal rank stay in this order
     * @param reads what each of them reads; what is no node does not count
     */
    public Circles(List<QualifiedName> nodes, Map<QualifiedName, List<QualifiedName>> reads) {
        this.nodes = List.copyOf(nodes);
        nodes.forEach(graph::addVertex);
        for (QualifiedName reader : nodes) {
            for (QualifiedName source : reads.getOrDefault(reader, List.of())) {
                if (source.equals(reader)) {
                    loops.add(reader);
                } else if (graph.containsVertex(source)) {
                    graph.addEdge(source, reader);
                }
            }
        }
        for (Set<QualifiedName> component : new GabowStrongConnectivityInspector<>(graph).stronglyConnectedSets()) {
            if (component.size() > 1 || loops.containsAll(component)) {
                List<QualifiedName> circle =
                        nodes.stream().filter(component::contains).toList();
                circle.forEach(name -> circles.put(name, circle));
            }
        }
    }

    /** The circle that a table is in, itself included; empty for most tables. */
    public List<QualifiedName> of(QualifiedName name) {
        return circles.getOrDefault(name, List.of());
    }

    /** All circles; no table is in two of them. */
    public List<List<QualifiedName>> all() {
        return nodes.stream()
                .map(this::of)
                .filter(circle -> !circle.isEmpty())
                .distinct()
                .toList();
    }

    /** The tables with all that are in circles with them. */
    public Set<QualifiedName> completed(Set<QualifiedName> names) {
        Set<QualifiedName> result = new LinkedHashSet<>(names);
        names.forEach(name -> result.addAll(of(name)));
        return result;
    }

    /**
     * The nodes in an order in which each comes behind those that it reads, and those of a circle directly behind each
     * other.
     */
    public List<QualifiedName> order() {
        List<QualifiedName> order = new ArrayList<>();
        for (QualifiedName first : condensedOrder()) {
            List<QualifiedName> circle = of(first);
            order.addAll(circle.isEmpty() ? List.of(first) : circle);
        }
        return order;
    }

    private List<QualifiedName> condensedOrder() {
        Graph<QualifiedName, DefaultEdge> condensed = new DefaultDirectedGraph<>(DefaultEdge.class);
        nodes.stream().map(this::representative).forEach(condensed::addVertex);
        for (DefaultEdge edge : graph.edgeSet()) {
            QualifiedName source = representative(graph.getEdgeSource(edge));
            QualifiedName reader = representative(graph.getEdgeTarget(edge));
            if (!source.equals(reader)) {
                condensed.addEdge(source, reader);
            }
        }
        List<QualifiedName> order = new ArrayList<>();
        new TopologicalOrderIterator<>(condensed).forEachRemaining(order::add);
        return order;
    }

    /** One of the circle for all of it. */
    public QualifiedName representative(QualifiedName name) {
        List<QualifiedName> circle = of(name);
        return circle.isEmpty() ? name : circle.get(0);
    }

    /** What each table reads if each circle is one table. */
    public Map<QualifiedName, List<QualifiedName>> condensed(Map<QualifiedName, List<QualifiedName>> reads) {
        Map<QualifiedName, List<QualifiedName>> result = new LinkedHashMap<>();
        reads.forEach((reader, sources) -> {
            List<QualifiedName> all = result.computeIfAbsent(representative(reader), unknown -> new ArrayList<>());
            sources.stream()
                    .map(this::representative)
                    .filter(source -> !source.equals(representative(reader)) && !all.contains(source))
                    .forEach(all::add);
        });
        return result;
    }

    /** A shortest way from a table over what reads it back to itself; it begins and ends with the table. */
    public List<QualifiedName> path(QualifiedName name) {
        if (loops.contains(name)) {
            return List.of(name, name);
        }
        List<QualifiedName> shortest = List.of();
        for (DefaultEdge edge : graph.outgoingEdgesOf(name)) {
            GraphPath<QualifiedName, DefaultEdge> back =
                    DijkstraShortestPath.findPathBetween(graph, graph.getEdgeTarget(edge), name);
            if (back != null && (shortest.isEmpty() || back.getLength() + 2 < shortest.size())) {
                List<QualifiedName> path = new ArrayList<>(List.of(name));
                path.addAll(back.getVertexList());
                shortest = path;
            }
        }
        return shortest;
    }
}
