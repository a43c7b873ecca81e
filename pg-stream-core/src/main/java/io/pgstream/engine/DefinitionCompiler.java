package io.pgstream.engine;

import io.pgstream.ErrorCode;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.UnsupportedQueryException;
import io.pgstream.catalog.Environment;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.delta.CompiledQuery;
import io.pgstream.delta.KeptFilters;
import io.pgstream.delta.MaintenancePlan;
import io.pgstream.delta.QueryCompiler;
import io.pgstream.plan.SourceTable;
import io.pgstream.refresh.LockedRelations;
import io.pgstream.resolve.QueryResolver;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Compiles the definition of a stream table, and decides in which mode it is refreshed. */
final class DefinitionCompiler {

    private static final String TOO_LARGE =
            "Split the query into several stream tables, or raise max_locks_per_transaction,"
                    + " which takes a restart of the server. The mode FULL refreshes it by running it.";

    private final EngineSettings settings;

    DefinitionCompiler(EngineSettings settings) {
        this.settings = settings;
    }

    /** A definition compiled under the search path of the session, with the tables that it reads. */
    record Compiled(CompiledQuery query, Environment environment, List<StreamTableRow.Dependency> dependencies) {

        String canonicalQuery() {
            return query.resolved().canonicalQuery();
        }

        List<String> keptFilters() {
            MaintenancePlan plan = query.plan();
            return (plan == null) ? List.of() : plan.keptFilters();
        }

        Set<Long> functions() {
            return query.resolved().functions();
        }
    }

    /** Compiles a query; nothing stays of it in the database. */
    Compiled compile(
            Session session,
            String query,
            QualifiedName name,
            long id,
            @Nullable Environment environment,
            KeptFilters kept)
            throws SQLException {
        try {
            if (environment != null) {
                session.execute(environment.forDefinition().setLocal());
            }
            Environment current = session.one(
                    Environment.SELECT,
                    row -> new Environment(row.getString(1), row.getString(2), row.getString(3), row.getString(4)));
            QueryCompiler compiler = new QueryCompiler(
                    session, Identifiers.quote(name), Identifiers.quote(settings.stateSchema()), Long.toString(id));
            CompiledQuery compiled = compiler.compile(query, kept);
            return new Compiled(
                    compiled, current.reaching(compiler.operatorSchemas()), dependencies(session, compiled));
        } finally {
            session.rollbackQuietly();
        }
    }

    /**
     * Compiles a query that is defined now, or again because what it reads has changed. One whose plan is too large for the server has none: what has been made already is refreshed as it
     * is, whatever becomes of the server's settings.
     */
    Compiled define(
            Session session,
            String query,
            QualifiedName name,
            long id,
            @Nullable Environment environment,
            KeptFilters kept)
            throws SQLException {
        Compiled compiled = compile(session, query, name, id, environment, kept);
        MaintenancePlan plan = compiled.query().plan();
        String excess = (plan == null) ? null : LockedRelations.excess(session, plan);
        session.rollbackQuietly();
        return (excess == null)
                ? compiled
                : new Compiled(
                        compiled.query().without(excess, TOO_LARGE), compiled.environment(), compiled.dependencies());
    }

    private static List<StreamTableRow.Dependency> dependencies(Session session, CompiledQuery compiled)
            throws SQLException {
        QueryResolver resolver = new QueryResolver(session);
        List<StreamTableRow.Dependency> dependencies = new ArrayList<>();
        MaintenancePlan plan = compiled.plan();
        for (Long table : compiled.resolved().relations()) {
            List<String> columns = (plan == null)
                    ? List.copyOf(compiled.resolved().columns().getOrDefault(table, Set.of()))
                    : columns(plan, table);
            dependencies.add(new StreamTableRow.Dependency(table, resolver.name(table), columns, null));
        }
        for (Long view : compiled.resolved().views()) {
            dependencies.add(new StreamTableRow.Dependency(view, resolver.name(view), List.of(), null));
        }
        return dependencies;
    }

    /** The used columns and the primary key, which consumers to come may need. */
    private static List<String> columns(@Nullable MaintenancePlan plan, long table) {
        Set<String> columns = new TreeSet<>();
        if (plan != null) {
            for (Map.Entry<SourceTable, Set<String>> source : plan.sources().entrySet()) {
                if (source.getKey().oid() == table) {
                    columns.addAll(source.getValue());
                    source.getKey().keys().stream().findFirst().ifPresent(columns::addAll);
                }
            }
        }
        return List.copyOf(columns);
    }

    /** A table that its writers maintain looks rows up, and keeps no tables. */
    static KeptFilters kept(StreamTableDefinition definition) {
        return definition.mode().synchronous() ? KeptFilters.NONE : KeptFilters.DECIDE;
    }

    /** The mode that refreshes will run in; a query that cannot be maintained as asked for is refused. */
    static RefreshMode effectiveMode(StreamTableDefinition definition, CompiledQuery compiled) {
        if (definition.mode() == RefreshMode.FULL) {
            return RefreshMode.FULL;
        }
        if (compiled.plan() != null) {
            return definition.mode();
        }
        if (definition.mode() != RefreshMode.AUTO) {
            throw new UnsupportedQueryException(
                    Objects.requireNonNullElse(compiled.code(), ErrorCode.UNSUPPORTED_QUERY),
                    "The query of " + definition.name()
                            + (definition.mode().synchronous()
                                    ? " cannot be maintained in the mode " + definition.mode()
                                    : " cannot be refreshed differentially")
                            + ", because "
                            + compiled.obstacle() + ".",
                    String.valueOf(compiled.rewrite()));
        }
        return RefreshMode.FULL;
    }

    /** The sources that the plan reads: not those of views, nor of a WITH query that nobody reads. */
    static Set<Long> readByPlan(CompiledQuery query) {
        MaintenancePlan plan = query.plan();
        return (plan == null)
                ? Set.of()
                : plan.sources().keySet().stream().map(SourceTable::oid).collect(Collectors.toSet());
    }
}
