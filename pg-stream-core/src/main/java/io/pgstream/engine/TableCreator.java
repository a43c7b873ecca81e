package io.pgstream.engine;

import io.pgstream.Explanation;
import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshFailedException;
import io.pgstream.StreamTableDefinition;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.graph.Circles;
import io.pgstream.graph.DependencyGraph;
import io.pgstream.refresh.BeforeCommit;
import io.pgstream.refresh.Refresher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Creates stream tables and loads them, several in the order in which they read each other, or at once. */
final class TableCreator {

    private final Sessions sessions;

    private final TableLookup tables;

    private final TableDefiner definer;

    private final DefinitionKeeper keeper;

    private final TableRemover remover;

    private final TableInspector inspector;

    private final RefreshRuns runs;

    private final CircleCreator circles;

    private final EngineSettings settings;

    TableCreator(
            Sessions sessions,
            TableLookup tables,
            TableDefiner definer,
            DefinitionKeeper keeper,
            TableRemover remover,
            TableInspector inspector,
            RefreshRuns runs,
            CircleCreator circles,
            EngineSettings settings) {
        this.sessions = sessions;
        this.tables = tables;
        this.definer = definer;
        this.keeper = keeper;
        this.remover = remover;
        this.inspector = inspector;
        this.runs = runs;
        this.circles = circles;
        this.settings = settings;
    }

    /** The full name of what was created. */
    QualifiedName create(StreamTableDefinition definition) {
        if (settings.graph().allowCircular() && DependencyGraph.mentions(definition.query(), definition.name())) {
            return createTogether(List.of(definition)).get(0);
        }
        StreamTableRow row =
                sessions.work(cannotBeCreated(definition.name()), session -> definer.create(session, definition));
        if (row.requestedMode() == definition.mode()) {
            load(List.of(row.name()));
        } else {
            loadBesideWriters(row, definition);
        }
        return row.name();
    }

    private static String cannotBeCreated(QualifiedName name) {
        return "The stream table " + name + " cannot be created";
    }

    /** Loads a table as one that is refreshed, and hands it to its writers; or leaves nothing. */
    private void loadBesideWriters(StreamTableRow row, StreamTableDefinition definition) {
        try {
            load(List.of(row.name()));
            StreamTableRow loaded = tables.row(row.name().toString());
            sessions.work(cannotBeCreated(row.name()), session -> {
                definer.redefine(
                        session,
                        loaded,
                        new StreamTableDefinition(
                                row.name(), definition.query(), definition.schedule(), definition.mode()),
                        true);
                return loaded;
            });
            runs.forget(row.name());
        } catch (RuntimeException e) {
            runs.forget(row.name());
            try {
                remover.drop(row, false);
            } catch (PgStreamException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    /** Creates stream tables that do not exist yet; their full names, in the order of the definitions. */
    List<QualifiedName> createTogether(List<StreamTableDefinition> definitions) {
        Map<QualifiedName, StreamTableDefinition> byName = byName(definitions);
        sessions.work("The stream tables cannot be created", session -> {
            for (QualifiedName name : byName.keySet()) {
                TableDefiner.checkFree(session, name);
            }
            return byName;
        });
        for (List<QualifiedName> group : groups(byName)) {
            if (group.size() == 1 && !settings.graph().allowCircular()) {
                create(definition(byName, group.get(0)));
            } else {
                load(circles.create(of(group, byName)));
            }
        }
        return List.copyOf(byName.keySet());
    }

    /** Makes stream tables be as an application declares them; their full names, in the order of the definitions. */
    List<QualifiedName> synchronize(List<StreamTableDefinition> definitions) {
        Map<QualifiedName, StreamTableDefinition> byName = byName(definitions);
        for (List<QualifiedName> group : groups(byName)) {
            List<QualifiedName> made = (group.size() > 1 || settings.graph().allowCircular())
                    ? circles.create(of(group, byName))
                    : List.of();
            for (QualifiedName name : group) {
                keeper.declare(name, definition(byName, name), this::create);
                runs.forget(name);
            }
            load(made);
        }
        return List.copyOf(byName.keySet());
    }

    /** Those that may be in a circle together, each group behind those that it may read. */
    private List<List<QualifiedName>> groups(Map<QualifiedName, StreamTableDefinition> byName) {
        if (!settings.graph().allowCircular()) {
            return DependencyGraph.creationOrder(byName).stream().map(List::of).toList();
        }
        Circles found = DependencyGraph.mentions(byName, false);
        List<List<QualifiedName>> groups = new ArrayList<>();
        for (QualifiedName name : found.order()) {
            List<QualifiedName> group = found.of(name).isEmpty() ? List.of(name) : found.of(name);
            if (!groups.contains(group)) {
                groups.add(group);
            }
        }
        return groups;
    }

    private static Map<QualifiedName, StreamTableDefinition> of(
            List<QualifiedName> names, Map<QualifiedName, StreamTableDefinition> byName) {
        Map<QualifiedName, StreamTableDefinition> result = new LinkedHashMap<>();
        names.forEach(name -> result.put(name, definition(byName, name)));
        return result;
    }

    private static StreamTableDefinition definition(
            Map<QualifiedName, StreamTableDefinition> byName, QualifiedName name) {
        return Objects.requireNonNull(byName.get(name));
    }

    private Map<QualifiedName, StreamTableDefinition> byName(List<StreamTableDefinition> definitions) {
        return sessions.work("The definitions cannot be read", session -> definer.byName(session, definitions));
    }

    private void load(List<QualifiedName> names) {
        for (QualifiedName name : names) {
            // What is remembered of a table of that name, which somebody else has dropped, is not this one.
            runs.forget(name);
            indexSources(name);
        }
        for (QualifiedName name : names) {
            try {
                runs.run(name, Refresher.Request.REQUESTED, BeforeCommit.NONE);
            } catch (RefreshFailedException e) {
                if (!e.retryable()) {
                    throw e;
                }
            }
        }
    }

    private void indexSources(QualifiedName name) {
        if (settings.createSourceIndexes()) {
            StreamTableRow row = tables.row(name.toString());
            Explanation explanation = sessions.work(
                    "The indexes for " + name + " cannot be found", session -> inspector.explain(session, row));
            new SourceIndexes(sessions, settings.lockTimeout()).create(explanation.missingIndexes());
        }
    }
}
