package io.pgstream;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How stream tables read each other and other tables.
 *
 * @param nodes the tables, those of the lowest layer first and then in the order of their names
 * @param edges who reads whom
 * @since 0.1.0
 */
public record StreamTableGraph(List<Node> nodes, List<Edge> edges) {

    public StreamTableGraph {
        nodes = List.copyOf(nodes);
        edges = List.copyOf(edges);
    }

    /**
     * A table.
     *
     * @param name the table
     * @param layer 0 for a table that is no stream table, else one more than the highest layer that it reads
     * @param status the state of a stream table's life, or {@code null} for another table
     */
    public record Node(
            QualifiedName name, int layer, @Nullable StreamTableStatus status) {}

    /**
     * A stream table that reads a table.
     *
     * @param source the table
     * @param reader the stream table
     */
    public record Edge(QualifiedName source, QualifiedName reader) {}

    static StreamTableGraph of(Collection<StreamTableOverview.Entry> tables) {
        Map<QualifiedName, StreamTableOverview.Entry> byName = new TreeMap<>();
        tables.forEach(table -> byName.put(table.name(), table));
        Map<QualifiedName, Integer> layers = new TreeMap<>();
        List<Edge> edges = new ArrayList<>();
        byName.forEach((name, table) -> {
            layer(name, byName, layers);
            new TreeSet<>(table.sources()).forEach(source -> edges.add(new Edge(source, name)));
        });
        List<Node> nodes = new ArrayList<>();
        layers.forEach((name, layer) -> {
            StreamTableOverview.Entry table = byName.get(name);
            nodes.add(new Node(name, layer, (table == null) ? null : table.status()));
        });
        nodes.sort((first, second) -> Integer.compare(first.layer(), second.layer()));
        return new StreamTableGraph(nodes, edges);
    }

    private static int layer(
            QualifiedName name,
            Map<QualifiedName, StreamTableOverview.Entry> tables,
            Map<QualifiedName, Integer> layers) {
        Integer known = layers.get(name);
        if (known != null) {
            return known;
        }
        StreamTableOverview.Entry table = tables.get(name);
        int layer = 0;
        if (table != null) {
            // In a circle the second visit ends here.
            layers.put(name, 1);
            layer = 1;
            for (QualifiedName source : table.sources()) {
                layer = Math.max(layer, layer(source, tables, layers) + 1);
            }
        }
        layers.put(name, layer);
        return layer;
    }

    /**
     * The graph as a flowchart of Mermaid, which Markdown of many places shows as a picture.
     *
     * @return the text of the diagram
     */
    public String mermaid() {
        StringBuilder text = new StringBuilder("flowchart LR\n");
        Map<QualifiedName, String> ids = new LinkedHashMap<>();
        for (Node node : nodes) {
            String id = "t" + ids.size();
            ids.put(node.name(), id);
            String label = label(node.name());
            text.append("    ").append(id);
            if (node.status() == null) {
                text.append("[(\"").append(label).append("\")]\n");
            } else {
                text.append("[\"")
                        .append(label)
                        .append("\"]:::")
                        .append(node.status())
                        .append('\n');
            }
        }
        for (Edge edge : edges) {
            text.append("    ")
                    .append(ids.get(edge.source()))
                    .append(" --> ")
                    .append(ids.get(edge.reader()))
                    .append('\n');
        }
        return text.append("    classDef ACTIVE stroke:#1a7f37,stroke-width:2px\n")
                .append("    classDef INITIALIZING stroke:#0550ae,stroke-width:2px,stroke-dasharray:4\n")
                .append("    classDef SUSPENDED stroke:#6e7781,stroke-width:2px,stroke-dasharray:4\n")
                .append("    classDef ERROR stroke:#cf222e,stroke-width:4px\n")
                .toString();
    }

    /** Quotes, line breaks and what HTML gives a meaning, as entities of Mermaid. */
    private static String label(QualifiedName name) {
        StringBuilder label = new StringBuilder();
        name.toString().codePoints().forEach(point -> {
            if (point < ' ' || "\"#<>&;`".indexOf(point) >= 0) {
                label.append('#').append(point).append(';');
            } else {
                label.appendCodePoint(point);
            }
        });
        return label.toString();
    }
}
