package io.pgstream.engine;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.StreamTableDefinition;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.graph.DependencyGraph;
import io.pgstream.parse.IndependentBranches;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes stream tables that read each other. PostgreSQL must know the columns of a table before a query can read it; so one
 * whose query reads what is not there yet is first made with those branches of its union that read none of the circle, as
 * the first branch of WITH RECURSIVE says which columns there are. As soon as all are there, it gets its whole query.
 */
final class CircleCreator {

    private static final Logger LOG = LoggerFactory.getLogger(CircleCreator.class);

    private final Sessions sessions;

    private final TableLookup tables;

    private final TableDefiner definer;

    private final TableRemover remover;

    private final TableInspector inspector;

    CircleCreator(
            Sessions sessions,
            TableLookup tables,
            TableDefiner definer,
            TableRemover remover,
            TableInspector inspector) {
        this.sessions = sessions;
        this.tables = tables;
        this.definer = definer;
        this.remover = remover;
        this.inspector = inspector;
    }

    /**
     * Makes those that are missing, without rows, or none of them.
     *
     * @param definitions stream tables that may read each other
     * @return those that were made
     */
    List<QualifiedName> create(Map<QualifiedName, StreamTableDefinition> definitions) {
        Map<QualifiedName, StreamTableDefinition> missing = new LinkedHashMap<>();
        Map<QualifiedName, StreamTableDefinition> unfinished = new LinkedHashMap<>();
        definitions.forEach((name, definition) -> {
            StreamTableRow row = tables.find(name);
            if (row == null) {
                missing.put(name, definition);
            } else if (row.query().equals(independent(definition, definitions.keySet()))) {
                // Made by an instance that did not get further.
                unfinished.put(name, definition);
            }
        });
        List<QualifiedName> created = new ArrayList<>();
        try {
            while (!missing.isEmpty()) {
                QualifiedName name = next(missing, unfinished);
                missing.remove(name);
                created.add(name);
            }
            unfinished.forEach(this::finish);
            unfinished
                    .keySet()
                    .forEach(name -> checkModes(tables.row(name.toString()).circle(), definitions));
            return created;
        } catch (RuntimeException e) {
            dropQuietly(created);
            throw e;
        }
    }

    /** Makes one of them, whole if that is possible. */
    private QualifiedName next(
            Map<QualifiedName, StreamTableDefinition> missing, Map<QualifiedName, StreamTableDefinition> unfinished) {
        PgStreamException failure = null;
        for (Map.Entry<QualifiedName, StreamTableDefinition> candidate : missing.entrySet()) {
            try {
                create(candidate.getValue());
                return candidate.getKey();
            } catch (PgStreamException e) {
                if (e.code() != ErrorCode.INVALID_QUERY) {
                    throw e;
                }
                failure = (failure == null) ? e : failure;
            }
        }
        for (Map.Entry<QualifiedName, StreamTableDefinition> candidate : missing.entrySet()) {
            String query = independent(candidate.getValue(), missing.keySet());
            if (query != null) {
                create(candidate.getValue().withQuery(query));
                unfinished.put(candidate.getKey(), candidate.getValue());
                return candidate.getKey();
            }
        }
        throw groundless(missing.keySet(), Objects.requireNonNull(failure));
    }

    private void create(StreamTableDefinition definition) {
        sessions.work(
                "The stream table " + definition.name() + " cannot be created",
                session -> definer.create(session, definition));
    }

    private static @Nullable String independent(StreamTableDefinition definition, Collection<QualifiedName> circle) {
        return IndependentBranches.of(
                definition.query(), text -> circle.stream().anyMatch(name -> DependencyGraph.mentions(text, name)));
    }

    private static PgStreamException groundless(Set<QualifiedName> missing, PgStreamException failure) {
        if (missing.size() == 1 && !String.valueOf(failure.getMessage()).contains("does not exist")) {
            return failure;
        }
        return new InvalidDefinitionException(
                ErrorCode.INVALID_QUERY,
                "None of the stream tables " + missing + " can be created: " + failure.getMessage(),
                "Where they read each other in a circle, one of them must be a UNION with a branch that reads none of"
                        + " them; this branch says which columns there are.");
    }

    private void finish(QualifiedName name, StreamTableDefinition definition) {
        StreamTableRow row = tables.row(name.toString());
        sessions.work("The stream table " + name + " cannot be created", session -> {
            List<String> first = columns(session, row.query());
            List<String> all = columns(session, definition.query());
            if (!first.equals(all)) {
                throw new InvalidDefinitionException(
                        ErrorCode.INVALID_QUERY,
                        "The stream table " + name + " has the columns " + first
                                + " by those branches that read none of its circle, and " + all
                                + " by all of its query.",
                        "Write the branch that reads none of the circle first, and cast columns where the types differ.");
            }
            definer.redefine(session, row, definition, false);
            return name;
        });
    }

    /** What takes long to load is made as a table that is refreshed, and has its mode from its definition only later. */
    private static void checkModes(List<QualifiedName> circle, Map<QualifiedName, StreamTableDefinition> definitions) {
        for (QualifiedName member : circle) {
            StreamTableDefinition definition = definitions.get(member);
            if (definition != null && definition.mode().synchronous()) {
                throw CircleKeeper.refusal(member, circle, definition.mode());
            }
        }
    }

    private List<String> columns(Session session, String query) throws SQLException {
        return inspector.columns(session, query).stream()
                .map(column -> column.name() + " " + column.type())
                .toList();
    }

    private void dropQuietly(List<QualifiedName> created) {
        for (QualifiedName name : created) {
            try {
                StreamTableRow row = tables.find(name);
                if (row != null) {
                    remover.drop(row, false, Set.copyOf(created));
                }
            } catch (RuntimeException e) {
                LOG.warn("{}: could not be dropped after its circle could not be created", name, e);
            }
        }
    }
}
