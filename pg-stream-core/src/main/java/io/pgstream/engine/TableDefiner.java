package io.pgstream.engine;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableStatus;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.DiamondOptions;
import io.pgstream.catalog.Environment;
import io.pgstream.catalog.Protection;
import io.pgstream.catalog.StoredPlan;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.catalog.UsedFunctions;
import io.pgstream.cdc.TriggerCapture;
import io.pgstream.delta.KeptFilters;
import io.pgstream.refresh.RedefinitionNeededException;
import io.pgstream.refresh.Refresher;
import io.pgstream.refresh.Replacement;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes, changes and drops the objects of one stream table. */
final class TableDefiner {

    /** A table, a type or a row of a system catalog of that name exists. */
    private static final Set<String> NAME_IN_USE = Set.of("42P07", "42710", "23505");

    private final Catalog catalog;

    private final SourceCaptures captures;

    private final Refresher refresher;

    private final EngineSettings settings;

    private final DefinitionCompiler compiler;

    private final Protection protection;

    private final UsedFunctions functions;

    private final StoredPlan plans;

    private final ScheduleCheck schedules;

    private final SynchronousDefiner synchronous;

    private final CircleKeeper circles;

    private final ModeChanges modeChanges;

    TableDefiner(
            Catalog catalog,
            TriggerCapture capture,
            Refresher refresher,
            EngineSettings settings,
            DefinitionCompiler compiler) {
        this.compiler = compiler;
        this.schedules = new ScheduleCheck(settings.minSchedule());
        this.circles = new CircleKeeper(catalog, compiler, settings);
        this.synchronous = new SynchronousDefiner(catalog, settings, compiler);
        this.catalog = catalog;
        this.captures = new SourceCaptures(capture, new ForeignKeyCheck(Identifiers.quote(settings.catalogSchema())));
        this.refresher = refresher;
        this.settings = settings;
        this.modeChanges = new ModeChanges(
                this, catalog, captures, refresher, compiler, synchronous.modeSwitch(refresher, settings));
        this.protection = new Protection(settings.catalogSchema());
        this.functions = new UsedFunctions(settings.catalogSchema());
        this.plans = new StoredPlan(settings.catalogSchema());
    }

    /** What is different about tables that their writers maintain. */
    SynchronousDefiner synchronous() {
        return synchronous;
    }

    /** What is different about tables that read each other in circles. */
    CircleKeeper circles() {
        return circles;
    }

    /** The definitions by their full names; no two may have one. */
    Map<QualifiedName, StreamTableDefinition> byName(Session session, List<StreamTableDefinition> definitions)
            throws SQLException {
        Map<QualifiedName, StreamTableDefinition> result = new LinkedHashMap<>();
        for (StreamTableDefinition definition : definitions) {
            QualifiedName name = qualified(session, definition.name());
            if (result.put(name, definition) != null) {
                throw new InvalidDefinitionException(
                        ErrorCode.DUPLICATE_DEFINITION,
                        "The stream table " + name + " is defined twice.",
                        "Remove one of the definitions, or give it another name.");
            }
        }
        return result;
    }

    /** The name with its schema: that of the definition, or the first one of the search path. */
    QualifiedName qualified(Session session, QualifiedName name) throws SQLException {
        String schema = session.one("SELECT current_schema()", row -> row.getString(1) == null ? "" : row.getString(1));
        session.commit();
        if (name.schema() == null && schema.isEmpty()) {
            throw new InvalidDefinitionException(
                    ErrorCode.INVALID_NAME,
                    "The stream table " + name + " has no schema, and no schema of the search_path exists.",
                    "Write the name with its schema.");
        }
        return name.orInSchema(schema);
    }

    /**
     * Creates everything but the rows. Commits, or leaves nothing. A table that its writers are to maintain, and that takes long to load,
     * is made as one that is refreshed: {@link #redefine} hands it over when it is loaded.
     */
    StreamTableRow create(Session session, StreamTableDefinition definition) throws SQLException {
        QualifiedName name = qualified(session, definition.name());
        checkFree(session, name);
        schedules.check(definition.schedule(), RefreshMode.DIFFERENTIAL, null);
        long id = catalog.nextId(session);
        session.commit();
        DefinitionCompiler.Compiled compiled =
                compiler.define(session, definition.query(), name, id, null, DefinitionCompiler.kept(definition));
        RefreshMode mode = DefinitionCompiler.effectiveMode(definition, compiled.query());
        schedules.check(definition.schedule(), mode, compiled.query().obstacle());
        synchronous.check(session, definition, compiled.query(), mode);
        if (mode.synchronous() && synchronous.worthLoadingBeside(session, compiled)) {
            return create(session, id, name, definition.withMode(RefreshMode.DIFFERENTIAL), compiled);
        }
        return create(session, id, name, definition, compiled);
    }

    private StreamTableRow create(
            Session session,
            long id,
            QualifiedName name,
            StreamTableDefinition definition,
            DefinitionCompiler.Compiled compiled)
            throws SQLException {
        RefreshMode mode = DefinitionCompiler.effectiveMode(definition, compiled.query());
        List<StreamTableRow.Dependency> dependencies = captures.install(session, compiled, mode);
        try {
            if (mode.synchronous()) {
                return synchronous.patiently(
                        session, name, () -> insert(session, id, name, definition, compiled, mode, dependencies));
            }
            session.execute("SET LOCAL lock_timeout = " + settings.lockTimeout().toMillis());
            return insert(session, id, name, definition, compiled, mode, dependencies);
        } catch (SQLException | RuntimeException e) {
            session.rollbackQuietly();
            captures.release(session, dependencies);
            // Another instance was faster, between the check and here. What of the two meets first, the relation, its
            // row
            // type or a unique index of the system catalog, is a matter of chance.
            if (e instanceof SQLException sql && NAME_IN_USE.contains(SqlErrors.state(sql))) {
                throw taken(name);
            }
            throw e;
        }
    }

    private StreamTableRow insert(
            Session session,
            long id,
            QualifiedName name,
            StreamTableDefinition definition,
            DefinitionCompiler.Compiled compiled,
            RefreshMode mode,
            List<StreamTableRow.Dependency> dependencies)
            throws SQLException {
        createTarget(session, name, compiled.canonicalQuery(), compiled.environment());
        session.execute("CREATE TABLE " + Identifiers.quote(settings.stateSchema()) + ".l" + id + " ()");
        StreamTableRow row = row(relid(session, name), id, name, definition, compiled, mode, dependencies, List.of());
        refresher.createStates(session, row, compiled.query(), name);
        catalog.insert(session, row);
        functions.store(session, id, compiled.functions());
        protection.remember(session, id);
        DiamondOptions.store(session, settings.catalogSchema(), id, definition);
        if (mode.synchronous()) {
            synchronous.start(session, row, compiled.query());
            plans.note(session, id, refresher.planHash(session, row, compiled.query()));
        }
        session.commit();
        return row;
    }

    /** The same table with another definition. */
    StreamTableRow row(
            StreamTableRow old,
            StreamTableDefinition definition,
            DefinitionCompiler.Compiled compiled,
            RefreshMode mode,
            List<StreamTableRow.Dependency> dependencies,
            List<QualifiedName> circle) {
        return row(old.relid(), old.id(), old.name(), definition, compiled, mode, dependencies, circle);
    }

    private StreamTableRow row(
            long relid,
            long id,
            QualifiedName name,
            StreamTableDefinition definition,
            DefinitionCompiler.Compiled compiled,
            RefreshMode mode,
            List<StreamTableRow.Dependency> dependencies,
            List<QualifiedName> circle) {
        String obstacle = compiled.query().obstacle();
        return new StreamTableRow(
                id,
                name,
                settings.application(),
                definition.query(),
                compiled.canonicalQuery(),
                definition.mode(),
                mode,
                (mode == RefreshMode.FULL && definition.mode() != RefreshMode.FULL) ? obstacle : null,
                definition.schedule(),
                1,
                relid,
                compiled.environment(),
                StreamTableStatus.INITIALIZING,
                0,
                null,
                dependencies,
                compiled.keptFilters(),
                circle);
    }

    static void checkFree(Session session, QualifiedName name) throws SQLException {
        boolean taken =
                session.one("SELECT to_regclass(?) IS NOT NULL", row -> row.getBoolean(1), Identifiers.quote(name));
        session.commit();
        if (taken) {
            throw taken(name);
        }
    }

    private static InvalidDefinitionException taken(QualifiedName name) {
        return new InvalidDefinitionException(
                ErrorCode.NAME_TAKEN,
                "The relation " + name + " exists already and is not this stream table.",
                "Give the stream table another name, or drop the relation.");
    }

    void createTarget(Session session, QualifiedName name, String canonicalQuery, Environment environment)
            throws SQLException {
        session.execute(environment.setLocal());
        session.execute("CREATE TABLE " + Identifiers.quote(name) + " WITH (fillfactor = 85) AS SELECT * FROM ("
                + canonicalQuery + ") AS q WITH NO DATA");
        protection.protect(session, name);
    }

    /**
     * Follows what became of the sources: makes their capture complete, upon which refreshes move to a new one by
     * themselves, or compiles the query again. Commits.
     */
    StreamTableRow follow(Session session, StreamTableRow row, RedefinitionNeededException reason) throws SQLException {
        if (reason.remedy() != RedefinitionNeededException.Remedy.CAPTURE) {
            StreamTableDefinition definition =
                    new StreamTableDefinition(row.name(), row.query(), row.schedule(), row.requestedMode());
            redefine(session, row, definition, true);
            return row;
        }
        captures.complete(session, row);
        return row;
    }

    /** Removes the captures that were left behind, by a drop that met a lock or by an instance that died. Commits. */
    boolean removeUnusedCaptures(Session session) throws SQLException {
        captures.removeUnused(session);
        return true;
    }

    /**
     * Replaces the definition. The table stays and gets the columns and rows of the new query in one transaction; readers
     * see the old rows until then. One that is gone is made again. Commits, or leaves everything as it was.
     */
    void redefine(Session session, StreamTableRow old, StreamTableDefinition definition, boolean sameEnvironment)
            throws SQLException {
        redefine(session, old, definition, sameEnvironment, DefinitionCompiler.kept(definition));
    }

    void redefine(
            Session session,
            StreamTableRow old,
            StreamTableDefinition definition,
            boolean sameEnvironment,
            KeptFilters kept)
            throws SQLException {
        DefinitionCompiler.Compiled compiled = compiler.define(
                session, definition.query(), old.name(), old.id(), sameEnvironment ? old.environment() : null, kept);
        RefreshMode mode = DefinitionCompiler.effectiveMode(definition, compiled.query());
        CircleKeeper.Circle circle = circles.check(session, old, compiled, mode);
        schedules.check(definition.schedule(), mode, compiled.query().obstacle());
        synchronous.check(session, definition, compiled.query(), mode);
        if (circle.members().isEmpty()
                && (mode.synchronous() && modeChanges.handedOver(session, old, definition, compiled)
                        || modeChanges.switched(session, old, definition, compiled, mode))) {
            return;
        }
        List<StreamTableRow.Dependency> dependencies = captures.install(session, compiled, mode);
        try {
            StreamTableRow row = row(old, definition, compiled, mode, dependencies, circle.members());
            Replacement replacement = new Redefinition(
                    this,
                    catalog,
                    refresher,
                    settings,
                    old,
                    synchronous.keepingOut(session, old),
                    relid -> row(
                            relid, old.id(), old.name(), definition, compiled, mode, dependencies, circle.members()),
                    compiled,
                    circle);
            if (mode.synchronous()) {
                synchronous.replace(session, row, old, compiled, replacement);
                refresher.forget(row.id());
            } else {
                refresher.replace(session, row, compiled.query(), old.name(), replacement);
            }
            refresher.freshViews().renewQuietly(session, old.name());
            captures.release(session, old.dependencies());
        } catch (SQLException | RuntimeException e) {
            session.rollbackQuietly();
            captures.release(session, dependencies);
            throw e;
        }
    }

    /** The number of the table, which is made again if somebody has dropped it. */
    long presentTarget(Session session, StreamTableRow old, DefinitionCompiler.Compiled compiled) throws SQLException {
        Long relid = session.first(
                "SELECT oid::bigint FROM pg_class WHERE oid = to_regclass(?)",
                row -> row.getLong(1),
                Identifiers.quote(old.name()));
        if (relid == null) {
            createTarget(session, old.name(), compiled.canonicalQuery(), compiled.environment());
            return relid(session, old.name());
        }
        if (relid != old.relid() && !protection.restored(session, old.id())) {
            throw taken(old.name());
        }
        return relid;
    }

    /** Protects the tables that have lost their protection. Commits. */
    boolean protectAll(Session session) throws SQLException {
        session.execute("SET LOCAL lock_timeout = " + settings.lockTimeout().toMillis());
        for (QualifiedName name : protection.unprotected(session)) {
            protection.protect(session, name);
        }
        session.commit();
        return true;
    }

    static long relid(Session session, QualifiedName name) throws SQLException {
        return session.one("SELECT to_regclass(?)::oid::bigint", row -> row.getLong(1), Identifiers.quote(name));
    }
}
