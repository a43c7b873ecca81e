package io.pgstream.engine;

import io.pgstream.Explanation;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshMode;
import io.pgstream.RefreshResult;
import io.pgstream.ResultColumn;
import io.pgstream.ResultColumn.Nullability;
import io.pgstream.StreamTableInfo;
import io.pgstream.analyze.Chances;
import io.pgstream.analyze.OutputNullability;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.Freshness;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.delta.ChangeCounts;
import io.pgstream.delta.CompiledQuery;
import io.pgstream.delta.KeptFilters;
import io.pgstream.delta.MaintenancePlan;
import io.pgstream.delta.ProgramBuilder;
import io.pgstream.delta.Statistics;
import io.pgstream.delta.Strategies;
import io.pgstream.plan.ForeignKey;
import io.pgstream.plan.OperatorPrinter;
import io.pgstream.plan.SourceTable;
import io.pgstream.plan.expr.Clock;
import io.pgstream.refresh.RefreshHistory;
import io.pgstream.refresh.UserTriggers;
import io.pgstream.resolve.Attribute;
import io.pgstream.sql.Identifiers;
import io.pgstream.sql.OperatorRenderer;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads what there is to say of a stream table. */
final class TableInspector {

    private static final QualifiedName NAMELESS = new QualifiedName("public", "stream_table");

    private final Catalog catalog;

    private final DefinitionCompiler compiler;

    TableInspector(Catalog catalog, DefinitionCompiler compiler) {
        this.catalog = catalog;
        this.compiler = compiler;
    }

    StreamTableInfo info(Session session, StreamTableRow row) throws SQLException {
        Freshness freshness =
                row.effectiveMode().synchronous() ? freshNow(session) : catalog.freshness(session, row.id());
        List<RefreshResult> history = catalog.history(session, row, 1);
        return new StreamTableInfo(
                row.name(),
                row.query(),
                row.requestedMode(),
                row.effectiveMode(),
                row.fullReason(),
                row.schedule(),
                row.status(),
                row.dependencies().stream().map(StreamTableRow.Dependency::name).toList(),
                (freshness == null) ? null : freshness.dataTimestamp(),
                (freshness == null) ? null : freshness.staleness(),
                row.consecutiveErrors(),
                row.lastError(),
                history.isEmpty() ? null : history.get(0));
    }

    /** A table that its writers maintain is never behind. */
    private static Freshness freshNow(Session session) throws SQLException {
        return session.one(
                "SELECT clock_timestamp()",
                row -> new Freshness(row.getTimestamp(1).toInstant(), Duration.ZERO));
    }

    Explanation explain(Session session, StreamTableRow row) throws SQLException {
        List<String> warnings = new ArrayList<>(UserTriggers.warnings(session, row.relid()));
        if (row.requestedMode() == RefreshMode.AUTO && row.differential()) {
            warnings.addAll(RefreshHistory.learned(session, catalog, row.id()));
        }
        if (!row.circle().isEmpty()) {
            warnings.add(
                    "It is in a circle: " + row.circle() + " are refreshed together, in rounds. New rows of what they"
                            + " read are followed from what is there; anything else computes all of them again. The statements"
                            + " and states are those that it would have outside of the circle.");
        }
        KeptFilters kept = KeptFilters.stored(row.keptFilters());
        List<ForeignKey> foreignKeys =
                row.differential() ? catalog.frontier(row.id()).foreignKeys(session) : List.of();
        return explain(
                row.differential()
                        ? compiler.compile(session, row.query(), row.name(), row.id(), row.environment(), kept)
                        : compiler.define(session, row.query(), row.name(), row.id(), row.environment(), kept),
                row.requestedMode(),
                warnings,
                foreignKeys);
    }

    Explanation explain(Session session, String query) throws SQLException {
        return explain(
                compiler.define(session, query, NAMELESS, 0, null, KeptFilters.DECIDE),
                RefreshMode.AUTO,
                List.of(),
                List.of());
    }

    List<ResultColumn> columns(Session session, String query) throws SQLException {
        CompiledQuery compiled = compiler.compile(session, query, NAMELESS, 0, null, KeptFilters.DECIDE)
                .query();
        List<Nullability> nullabilities = (compiled.plan() == null)
                ? null
                : OutputNullability.of(compiled.plan().root());
        List<ResultColumn> columns = new ArrayList<>();
        for (Attribute attribute : compiled.resolved().output()) {
            columns.add(new ResultColumn(
                    attribute.name(),
                    attribute.type().text(),
                    attribute.type().base(),
                    (nullabilities == null) ? Nullability.UNKNOWN : nullabilities.get(columns.size())));
        }
        return columns;
    }

    private static List<String> reliedOn(List<ForeignKey> foreignKeys, MaintenancePlan plan) {
        Map<Long, QualifiedName> names = plan.sources().keySet().stream()
                .collect(Collectors.toMap(SourceTable::oid, SourceTable::name, (one, other) -> one));
        String keys = foreignKeys.stream()
                .filter(key -> names.keySet().containsAll(List.of(key.referencing(), key.referenced())))
                .map(key -> names.get(key.referencing()) + " (" + String.join(", ", key.columns()) + ") to "
                        + names.get(key.referenced()))
                .collect(Collectors.joining(", "));
        return keys.isEmpty()
                ? List.of()
                : List.of("Deltas rely on foreign keys, for as long as nobody bypasses them: " + keys + ".");
    }

    private static Explanation explain(
            DefinitionCompiler.Compiled compiled,
            RefreshMode requested,
            List<String> warnings,
            List<ForeignKey> foreignKeys) {
        MaintenancePlan plan = compiled.query().plan();
        List<String> notes = new ArrayList<>(compiled.query().resolved().notes());
        notes.addAll(warnings);
        if (plan == null) {
            return new Explanation(
                    compiled.canonicalQuery(),
                    RefreshMode.FULL,
                    compiled.query().obstacle(),
                    "",
                    List.of(),
                    "bag: rows are found by all their columns",
                    List.of(),
                    List.of(),
                    List.of(),
                    notes);
        }
        notes.addAll(Chances.of(plan.root()));
        notes.addAll(reliedOn(foreignKeys, plan));
        OperatorRenderer.ChangeSource changes = scan -> "SELECT "
                + scan.columns().stream()
                        .map(column -> "b." + Identifiers.quote(column.name()) + " AS " + column.sqlName() + ", ")
                        .collect(Collectors.joining())
                + "b.pgstream_weight AS " + scan.weight().sqlName() + " FROM changes_of."
                + Identifiers.quote(scan.table().name().name()) + " AS b";
        ProgramBuilder builder = new ProgramBuilder(plan, changes, false, Statistics.NONE);
        Set<Long> all = plan.sources().keySet().stream().map(SourceTable::oid).collect(Collectors.toSet());
        all.add(Clock.SOURCE);
        return new Explanation(
                compiled.canonicalQuery(),
                (requested == RefreshMode.FULL) ? RefreshMode.FULL : requested,
                null,
                OperatorPrinter.print(plan.root()),
                Strategies.of(plan),
                plan.identity().toString(),
                builder.states().stream()
                        .map(state -> state.table().sqlName() + ": " + state.description())
                        .toList(),
                builder.differential(ChangeCounts.few(all), false, foreignKeys).statements(),
                plan.missingIndexes(),
                notes);
    }
}
