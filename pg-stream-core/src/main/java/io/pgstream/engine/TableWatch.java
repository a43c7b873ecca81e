package io.pgstream.engine;

import io.pgstream.QualifiedName;
import io.pgstream.Schedule;
import io.pgstream.catalog.DiamondOptions;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.catalog.WatchQueries;
import io.pgstream.refresh.BeforeCommit;
import io.pgstream.refresh.GateClosedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Watches all stream tables for the clock, with as few statements as possible. Where no transaction has ended since the
 * last look, that is known from one look at the server's snapshot, and nothing can have changed. Otherwise one statement
 * asks for all tables that are due whether changes of them were captured, and whether any definition or capture of a source
 * may be another one. A table is found unchanged only if it was refreshed, or looked at closely, under the same
 * definitions; every doubt means a refresh, which begins with the close look.
 *
 * @since 0.1.0
 */
public final class TableWatch {

    private static final int REMEMBERED = 1_000;

    /** How often states are read although no row of theirs is another one: who may refresh a table can have changed. */
    private static final Duration REREAD = Duration.ofSeconds(10);

    private final Sessions sessions;

    private final TableLookup tables;

    private final WatchQueries queries;

    private final Schedule defaultSchedule;

    private final EngineSettings settings;

    /** Whether a look at the captured changes says all that there is to know of a stream table. */
    private final Predicate<Long> followed;

    private List<WatchQueries.State> states = List.of();

    private List<ScheduledTable> scheduled = List.of();

    /** When, by the clock of this machine, the data of each table was as fresh as it is; by their numbers. */
    private final Map<Long, Long> freshAt = new HashMap<>();

    private final FreshnessNotes notes;

    private @Nullable VisibleTransactions read;

    /** The transactions that were visible when the states were read, and when that was. */
    private @Nullable VisibleTransactions statesRead;

    private long statesReadAt;

    private @Nullable VisibleTransactions looked;

    private @Nullable VisibleTransactions polled;

    private final Set<Long> unchanged = new HashSet<>();

    private final Map<QualifiedName, String> stamps = new HashMap<>();

    private String stamp = "";

    /** The tables that depend on watermarks, with what they wait for, or an empty text. */
    private Map<Long, String> gates = Map.of();

    /** Transactions of our own that told how fresh tables are, and changed no source. */
    private final Set<Long> harmless = new HashSet<>();

    TableWatch(
            Sessions sessions,
            TableLookup tables,
            WatchQueries queries,
            EngineSettings settings,
            Predicate<Long> followed) {
        this.sessions = sessions;
        this.tables = tables;
        this.queries = queries;
        this.defaultSchedule = settings.defaultSchedule();
        this.settings = settings;
        this.followed = followed;
        this.notes = new FreshnessNotes(queries);
    }

    /** The stream tables that the clock refreshes, as they are now, those that others read first. */
    public synchronized List<ScheduledTable> tables() {
        VisibleTransactions now = VisibleTransactions.parse(
                sessions.statement("The schedules cannot be read", queries::now).snapshot());
        if (read == null || !read.sameIn(now, harmless)) {
            if (statesChanged()) {
                readStates(now);
            }
            gates = gates(sessions.statement("The watermarks cannot be read", queries::gates));
        }
        read = now;
        return scheduled.stream().map(table -> table.aged(age(table.id()))).toList();
    }

    /** Whether the states have to be read again; if not, it is known anew how fresh the tables of other instances' looks are. */
    private boolean statesChanged() {
        VisibleTransactions before = statesRead;
        if (before == null || System.nanoTime() - statesReadAt > REREAD.toNanos()) {
            return true;
        }
        WatchQueries.News news = sessions.statement(
                "The schedules cannot be read", session -> queries.news(session, states.size(), before.oldest()));
        if (!news.states()) {
            long now = System.nanoTime();
            freshAt.replaceAll((id, at) -> {
                Long look = notes.look(id);
                Duration age = (look == null) ? null : news.looks().get(look);
                return (age == null) ? at : Math.max(at, now - age.toNanos());
            });
        }
        return news.states();
    }

    private void readStates(VisibleTransactions now) {
        List<WatchQueries.State> current = sessions.statement("The schedules cannot be read", queries::states);
        if (!sameDefinitions(current)) {
            scheduled = scheduled(current);
        }
        states = current;
        statesRead = now;
        statesReadAt = System.nanoTime();
        notes.read(current);
        freshAt.clear();
        for (WatchQueries.State state : current) {
            if (state.age() != null) {
                freshAt.put(state.id(), System.nanoTime() - state.age().toNanos());
            }
        }
    }

    private static Map<Long, String> gates(List<WatchQueries.Gate> read) {
        Map<Long, String> gates = new HashMap<>();
        read.forEach(gate -> gates.put(gate.id(), Objects.requireNonNullElse(gate.waitsFor(), "")));
        return gates;
    }

    /** Whether nothing that is refreshed together with a table waits for watermarks. */
    private boolean open(ScheduledTable table) {
        return gates.isEmpty()
                || scheduled.stream()
                        .filter(other -> table.group().contains(other.name()))
                        .allMatch(other -> gates.getOrDefault(other.id(), "").isEmpty());
    }

    /** What has to hold at the snapshot of a refresh of some tables: a watermark can have been advanced a moment ago. */
    synchronized BeforeCommit gate(Collection<QualifiedName> names) {
        Set<Long> gated = scheduled.stream()
                .filter(table -> names.contains(table.name()) && gates.containsKey(table.id()))
                .map(ScheduledTable::id)
                .collect(Collectors.toSet());
        return gated.isEmpty()
                ? BeforeCommit.NONE
                : session -> {
                    for (WatchQueries.Gate gate : queries.gates(session)) {
                        if (gate.waitsFor() != null && gated.contains(gate.id())) {
                            throw new GateClosedException("it waits for " + gate.waitsFor());
                        }
                    }
                };
    }

    private @Nullable Duration age(long id) {
        Long fresh = freshAt.get(id);
        return (fresh == null) ? null : Duration.ofNanos(System.nanoTime() - fresh);
    }

    private boolean sameDefinitions(List<WatchQueries.State> current) {
        if (current.size() != states.size()) {
            return false;
        }
        for (int i = 0; i < current.size(); i++) {
            if (!current.get(i).sameDefinition(states.get(i))) {
                return false;
            }
        }
        return true;
    }

    private DiamondRules diamonds() {
        return new DiamondRules(
                settings.graph(),
                sessions.statement(
                        "The schedules cannot be read",
                        session -> DiamondOptions.all(session, settings.catalogSchema())));
    }

    private List<ScheduledTable> scheduled(List<WatchQueries.State> current) {
        Set<Long> ours = current.stream()
                .filter(WatchQueries.State::ours)
                .map(WatchQueries.State::id)
                .collect(Collectors.toSet());
        List<StreamTableRow> rows = tables.all();
        // What another role owns is refreshed by that role's applications.
        Set<QualifiedName> foreign = rows.stream()
                .filter(row -> !ours.contains(row.id()))
                .map(StreamTableRow::name)
                .collect(Collectors.toSet());
        List<ScheduledTable> result = new ArrayList<>();
        for (ScheduledTable table : Schedules.of(rows, defaultSchedule, diamonds())) {
            if (!foreign.contains(table.name())) {
                List<QualifiedName> group = table.group().stream()
                        .filter(name -> !foreign.contains(name))
                        .toList();
                result.add(new ScheduledTable(
                        table.id(), table.name(), table.schedule(), null, table.sources(), group, table.together()));
            }
        }
        return result;
    }

    /**
     * Which of some tables that are due may have to be refreshed. Of the others it is noted that they are fresh.
     *
     * @param due tables as {@link #tables()} has returned them
     */
    public synchronized Set<QualifiedName> changed(Collection<ScheduledTable> due) {
        if (due.isEmpty()) {
            return Set.of();
        }
        long started = System.nanoTime();
        WatchQueries.Moment moment = sessions.statement("The clock cannot look", queries::now);
        VisibleTransactions now = VisibleTransactions.parse(moment.snapshot());
        boolean same = looked != null && looked.sameIn(now, harmless);
        List<ScheduledTable> candidates = withOthers(due);
        if (!same || candidates.stream().anyMatch(table -> !unchanged.contains(table.id()))) {
            List<Long> ids = candidates.stream().map(ScheduledTable::id).toList();
            WatchQueries.Look look =
                    sessions.statement("The clock cannot look", session -> queries.look(session, ids, true));
            moment = look.moment();
            now = VisibleTransactions.parse(moment.snapshot());
            if (looked == null || !looked.sameIn(now, harmless)) {
                unchanged.clear();
            }
            stamp = look.stamp();
            candidates.stream().filter(table -> unchanged(table, look)).forEach(table -> unchanged.add(table.id()));
        }
        looked = now;
        note(candidates.stream().filter(table -> unchanged.contains(table.id())).toList(), moment, started);
        return due.stream()
                .filter(table -> !unchanged.contains(table.id()) && open(table))
                .map(ScheduledTable::name)
                .collect(Collectors.toSet());
    }

    /** How fresh these are is written down together with others, which therefore have to be looked at too. */
    private List<ScheduledTable> withOthers(Collection<ScheduledTable> due) {
        Set<Long> ids = notes.withOthers(due);
        return scheduled.stream().filter(table -> ids.contains(table.id())).toList();
    }

    private boolean unchanged(ScheduledTable table, WatchQueries.Look look) {
        return !look.changed().contains(table.id())
                && look.stamp().equals(stamps.get(table.name()))
                && followed.test(table.id());
    }

    private void note(List<ScheduledTable> fresh, WatchQueries.Moment moment, long started) {
        if (fresh.isEmpty()) {
            return;
        }
        if (harmless.size() > REMEMBERED) {
            harmless.clear();
        }
        try {
            harmless.add(sessions.work(
                    "The clock cannot note what is fresh", session -> notes.note(session, fresh, moment.at())));
        } catch (RuntimeException e) {
            notes.failed();
            throw e;
        }
        fresh.forEach(table -> freshAt.put(table.id(), started));
    }

    /** The stamp of the definitions at the last look: what is refreshed after it is refreshed under these or newer ones. */
    public synchronized String stamp() {
        return stamp;
    }

    /**
     * A table was refreshed, or looked at closely, and nothing was in the way.
     *
     * @param seen the stamp from before the refresh began
     */
    public synchronized void refreshed(QualifiedName name, String seen) {
        stamps.put(name, seen);
    }

    /** A refresh of the table has failed, or did not happen. */
    public synchronized void notRefreshed(QualifiedName name) {
        stamps.remove(name);
    }

    /**
     * Which of the tables that follow commits have something to follow.
     *
     * @param live tables as {@link #tables()} has returned them
     */
    public synchronized Set<QualifiedName> committed(Collection<ScheduledTable> live) {
        VisibleTransactions now = VisibleTransactions.parse(
                sessions.statement("The clock cannot look", queries::now).snapshot());
        if (polled != null && polled.sameIn(now, harmless)) {
            return Set.of();
        }
        List<Long> ids = live.stream().map(ScheduledTable::id).toList();
        WatchQueries.Look look =
                sessions.statement("The clock cannot look", session -> queries.look(session, ids, false));
        // Until what has changed is refreshed, every look has to find it.
        polled = look.changed().isEmpty()
                ? VisibleTransactions.parse(look.moment().snapshot())
                : null;
        return live.stream()
                .filter(table -> look.changed().contains(table.id()) && open(table))
                .map(ScheduledTable::name)
                .collect(Collectors.toSet());
    }
}
