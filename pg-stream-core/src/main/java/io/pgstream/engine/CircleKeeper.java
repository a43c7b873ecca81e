package io.pgstream.engine;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshMode;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.CircleCatalog;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.delta.CompiledQuery;
import io.pgstream.delta.KeptFilters;
import io.pgstream.delta.MaintenancePlan;
import io.pgstream.delta.Monotonicity;
import io.pgstream.graph.Circles;
import io.pgstream.graph.DependencyGraph;
import io.pgstream.plan.Lists;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Decides whether stream tables may read each other in a circle, and notes which of them do. */
final class CircleKeeper {

    private final Catalog catalog;

    private final CircleCatalog circles;

    private final DefinitionCompiler compiler;

    private final EngineSettings settings;

    CircleKeeper(Catalog catalog, DefinitionCompiler compiler, EngineSettings settings) {
        this.catalog = catalog;
        this.circles = new CircleCatalog(settings.catalogSchema());
        this.compiler = compiler;
        this.settings = settings;
    }

    /**
     * What was found out about a definition.
     *
     * @param members the tables of the circle that it is in, itself included, or none
     * @param concerned whether circles can be others because of it
     */
    record Circle(List<QualifiedName> members, boolean concerned) {}

    /**
     * Looks at the circle that a changed definition closes, or stays in.
     *
     * @throws InvalidDefinitionException if there may be no such circle
     */
    Circle check(Session session, StreamTableRow old, DefinitionCompiler.Compiled compiled, RefreshMode mode)
            throws SQLException {
        Map<QualifiedName, StreamTableRow> rows = new LinkedHashMap<>();
        Map<QualifiedName, List<QualifiedName>> reads = new HashMap<>();
        for (StreamTableRow row : catalog.all(session)) {
            rows.put(row.name(), row);
            reads.put(row.name(), names(row.id() == old.id() ? compiled.dependencies() : row.dependencies()));
        }
        session.commit();
        Circles found = new Circles(List.copyOf(rows.keySet()), reads);
        List<QualifiedName> circle = found.of(old.name());
        boolean concerned = !old.circle().isEmpty()
                || reads.getOrDefault(old.name(), List.of()).stream().anyMatch(rows::containsKey);
        if (circle.isEmpty()) {
            return new Circle(circle, concerned);
        }
        List<QualifiedName> path = found.path(old.name());
        if (!settings.graph().allowCircular() && !old.circle().containsAll(circle)) {
            throw DependencyGraph.refusal(path);
        }
        Set<Long> relids = circle.stream()
                .map(name -> Objects.requireNonNull(rows.get(name)).relid())
                .collect(Collectors.toSet());
        for (QualifiedName name : circle) {
            StreamTableRow row = Objects.requireNonNull(rows.get(name));
            boolean own = row.id() == old.id();
            String obstacle =
                    obstacle(own ? compiled.query() : compiled(session, row), own ? mode : row.effectiveMode(), relids);
            if (obstacle != null) {
                throw refusal(name, found.path(name), obstacle);
            }
        }
        return new Circle(circle, concerned);
    }

    private static List<QualifiedName> names(List<StreamTableRow.Dependency> dependencies) {
        return dependencies.stream().map(StreamTableRow.Dependency::name).toList();
    }

    private CompiledQuery compiled(Session session, StreamTableRow row) throws SQLException {
        return compiler.compile(
                        session,
                        row.query(),
                        row.name(),
                        row.id(),
                        row.environment(),
                        KeptFilters.stored(row.keptFilters()))
                .query();
    }

    private static @Nullable String obstacle(CompiledQuery query, RefreshMode mode, Set<Long> circle) {
        MaintenancePlan plan = query.plan();
        if (mode.synchronous()) {
            return obstacle(mode);
        }
        if (plan == null) {
            return query.obstacle();
        }
        if (plan.readsClock()) {
            return "it reads the clock";
        }
        String operator = new Monotonicity(circle).obstacle(plan.root());
        return (operator == null) ? null : "it reads the circle through " + operator;
    }

    /** That its writers cannot maintain a member of a circle. */
    static InvalidDefinitionException refusal(QualifiedName name, List<QualifiedName> circle, RefreshMode mode) {
        return refusal(name, Lists.append(circle, circle.get(0)), obstacle(mode));
    }

    private static String obstacle(RefreshMode mode) {
        return "its mode is " + mode;
    }

    private static InvalidDefinitionException refusal(QualifiedName name, List<QualifiedName> path, String obstacle) {
        return new InvalidDefinitionException(
                ErrorCode.CYCLE_NOT_MONOTONE,
                "The stream tables read each other in a circle, "
                        + path.stream().map(QualifiedName::toString).collect(Collectors.joining(" -> "))
                        + ", that has no least result, because more rows must never mean fewer rows in it: " + name
                        + " cannot be part of it, because " + obstacle + ".",
                "Aggregate, subtract, rank or cut off in a stream table that reads the circle from outside, and give all"
                        + " of the circle one of the modes AUTO, DIFFERENTIAL and FULL.");
    }

    /** Keeps others from closing circles until the transaction ends; takes no snapshot. */
    void lock(Session session) throws SQLException {
        circles.lock(session);
    }

    /**
     * Stores the circles that there are now.
     *
     * @param id the stream table whose definition has changed
     * @param checked the tables of the circle that it may be in
     */
    void update(Session session, long id, List<QualifiedName> checked) throws SQLException {
        List<CircleCatalog.Edge> edges = circles.edges(session);
        List<QualifiedName> nodes = new ArrayList<>();
        Map<QualifiedName, Long> ids = new HashMap<>();
        Map<QualifiedName, List<QualifiedName>> reads = new HashMap<>();
        for (CircleCatalog.Edge edge : edges) {
            for (long node : List.of(edge.reader(), edge.source())) {
                if (ids.put(number(node), node) == null) {
                    nodes.add(number(node));
                }
            }
            reads.computeIfAbsent(number(edge.reader()), unknown -> new ArrayList<>())
                    .add(number(edge.source()));
        }
        Circles found = new Circles(nodes, reads);
        if (found.of(number(id)).size() > checked.size()) {
            throw new SQLException("Another definition has closed a circle meanwhile", "40001");
        }
        Map<Long, Long> present = new LinkedHashMap<>();
        for (List<QualifiedName> circle : found.all()) {
            List<Long> members = circle.stream()
                    .map(name -> Objects.requireNonNull(ids.get(name)))
                    .sorted()
                    .toList();
            members.forEach(member -> present.put(member, members.get(0)));
        }
        circles.store(session, present);
    }

    private static QualifiedName number(long id) {
        return new QualifiedName(null, Long.toString(id));
    }
}
