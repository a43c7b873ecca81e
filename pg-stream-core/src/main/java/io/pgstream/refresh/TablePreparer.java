package io.pgstream.refresh;

import io.pgstream.InvalidDefinitionException;
import io.pgstream.QualifiedName;
import io.pgstream.UnsupportedQueryException;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.cdc.ChangeBuffers;
import io.pgstream.delta.CompiledQuery;
import io.pgstream.delta.KeptFilters;
import io.pgstream.delta.MaintenancePlan;
import io.pgstream.delta.ProgramBuilder;
import io.pgstream.delta.QueryCompiler;
import io.pgstream.delta.Statistics;
import io.pgstream.plan.OperatorPrinter;
import io.pgstream.plan.expr.Column;
import io.pgstream.resolve.Attribute;
import io.pgstream.resolve.ResolvedQuery;
import io.pgstream.sql.Identifiers;
import io.pgstream.sql.OperatorRenderer;
import io.pgstream.sql.TargetTable;
import io.pgstream.support.QuestionMarks;
import io.pgstream.support.Session;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compiles the stored definition of a stream table again: nothing of a plan is stored but its hash. */
final class TablePreparer {

    private static final Logger LOG = LoggerFactory.getLogger(TablePreparer.class);

    /** From this version on {@code MERGE} has {@code RETURNING}. */
    private static final int MERGE_RETURNING = 17;

    private final String stateSchema;

    private final String bufferSchema;

    TablePreparer(String stateSchema, String bufferSchema) {
        this.stateSchema = stateSchema;
        this.bufferSchema = bufferSchema;
    }

    /**
     * Compiles in a transaction of its own.
     *
     * @throws RedefinitionNeededException if the query does not mean anything any more
     */
    PreparedTable prepare(Session session, StreamTableRow row) throws SQLException, RedefinitionNeededException {
        try {
            session.execute(row.environment().forDefinition().setLocal());
            CompiledQuery compiled = new QueryCompiler(
                            session,
                            Identifiers.quote(row.name()),
                            Identifiers.quote(stateSchema),
                            Long.toString(row.id()))
                    .compile(row.canonicalQuery(), KeptFilters.stored(row.keptFilters()));
            for (String warning : UserTriggers.warnings(session, row.relid())) {
                LOG.warn("{}: {}", row.name(), warning);
            }
            MaintenancePlan plan = compiled.plan();
            Statistics statistics = (plan == null || !row.differential())
                    ? Statistics.NONE
                    : StatisticsReader.read(
                            new ProgramBuilder(plan, OperatorRenderer.ChangeSource.NONE, false, Statistics.NONE),
                            session);
            Explosion explosion = (plan == null || !row.differential())
                    ? Explosion.NONE
                    : Explosion.guessed(session, QuestionMarks.escaped(row.canonicalQuery()), plan);
            return prepared(session, row, compiled, row.name(), statistics, explosion);
        } catch (InvalidDefinitionException | UnsupportedQueryException e) {
            throw new RedefinitionNeededException("what it reads was altered: " + e.getMessage());
        } finally {
            session.rollbackQuietly();
        }
    }

    /**
     * For a first load, which orders no joins; reads nothing, so that the caller's transaction can still begin.
     *
     * @param targetName where the rows are written: the stream table, or the one that will replace it
     */
    PreparedTable prepared(Session session, StreamTableRow row, CompiledQuery compiled, QualifiedName targetName)
            throws SQLException {
        return prepared(session, row, compiled, targetName, Statistics.NONE, Explosion.NONE);
    }

    private PreparedTable prepared(
            Session session,
            StreamTableRow row,
            CompiledQuery compiled,
            QualifiedName targetName,
            Statistics statistics,
            Explosion explosion)
            throws SQLException {
        Map<Long, Long> captures = new HashMap<>();
        for (StreamTableRow.Dependency dependency : row.dependencies()) {
            if (dependency.captureId() != null) {
                captures.put(dependency.relid(), dependency.captureId());
            }
        }
        ChangeBuffers buffers = new ChangeBuffers(bufferSchema, captures);
        MaintenancePlan plan = compiled.plan();
        if (plan == null || !row.differential()) {
            TargetTable target = target(targetName, compiled.resolved(), plan);
            return new PreparedTable(
                    row,
                    row.circle().isEmpty() ? null : plan,
                    target,
                    buffers,
                    fullQuery(compiled.resolved(), target),
                    null,
                    inCircle(row, "full"),
                    false,
                    Statistics.NONE,
                    Explosion.NONE);
        }
        boolean merges = session.connection().getMetaData().getDatabaseMajorVersion() >= MERGE_RETURNING;
        ProgramBuilder builder = new ProgramBuilder(plan, buffers, false, Statistics.NONE);
        boolean ownStates = !builder.states().isEmpty();
        // Without states the original text is run: it is what the table is compared with. What reads the clock must
        // read one time in all of its statements.
        String fullQuery = (ownStates || plan.readsClock())
                ? builder.presentResult()
                : fullQuery(compiled.resolved(), plan.target());
        String queryWithoutStates =
                (ownStates && !plan.readsClock()) ? fullQuery(compiled.resolved(), plan.target()) : null;
        return new PreparedTable(
                row,
                plan,
                plan.target(),
                buffers,
                fullQuery,
                queryWithoutStates,
                inCircle(row, hash(plan, builder)),
                merges,
                statistics,
                explosion);
    }

    private static TargetTable target(QualifiedName name, ResolvedQuery resolved, @Nullable MaintenancePlan plan) {
        if (plan != null) {
            return plan.target();
        }
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < resolved.output().size(); i++) {
            Attribute attribute = resolved.output().get(i);
            columns.add(new Column(i + 1, attribute.name(), attribute.type(), true, null));
        }
        return new TargetTable(
                Identifiers.quote(name),
                columns,
                columns.stream().map(Column::name).toList(),
                null);
    }

    private static String fullQuery(ResolvedQuery resolved, TargetTable target) {
        String columns = target.columns().stream()
                .map(column -> "q." + target.name(column) + " AS " + column.sqlName())
                .collect(Collectors.joining(", "));
        return "SELECT " + columns + " FROM (" + QuestionMarks.escaped(resolved.canonicalQuery()) + ") AS q";
    }

    /** A table that joins or leaves a circle is computed anew: in a circle its states are not kept. */
    private static String inCircle(StreamTableRow row, String hash) {
        return row.circle().isEmpty() ? hash : hash + " in " + row.circle();
    }

    /** Changes whenever the states, or what they mean, would look different. */
    private static String hash(MaintenancePlan plan, ProgramBuilder builder) {
        String text = OperatorPrinter.print(plan.root())
                + plan.identity()
                + builder.states().stream()
                        .map(state -> state.table().sqlName() + state.query())
                        .collect(Collectors.joining())
                + hashedTexts(plan, builder);
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /** The tables whose rows are found by a hash of texts: their indexes are made anew where an earlier version made them without. */
    private static String hashedTexts(MaintenancePlan plan, ProgramBuilder builder) {
        return Stream.concat(Stream.of(plan.target()), builder.states().stream().map(ProgramBuilder.State::table))
                .filter(TargetTable::hashesText)
                .map(table -> "; " + table.hashIndexExpression())
                .collect(Collectors.joining());
    }

    /** The sources that have partitions. */
    static Set<Long> partitionedSources(Session session, StreamTableRow row) throws SQLException {
        List<Long> found = session.list(
                "SELECT oid::bigint FROM pg_class WHERE relkind = 'p' AND oid = ANY (?::bigint[]::oid[])",
                result -> result.getLong(1),
                (Object) row.dependencies().stream()
                        .map(StreamTableRow.Dependency::relid)
                        .toArray(Long[]::new));
        session.commit();
        return new HashSet<>(found);
    }
}
