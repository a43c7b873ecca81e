package io.pgstream.engine;

import io.pgstream.catalog.WatchQueries;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes down how fresh tables are that were found unchanged: one row says it for all tables of a schedule, which share a
 * look. A table leaves the look as soon as it is not found unchanged with the others. What this instance believes of who
 * shares which look may be out of date; it only ever speaks for tables that share its own looks.
 */
final class FreshnessNotes {

    private final WatchQueries queries;

    /** Our looks, by the schedules of their tables. */
    private final Map<String, Long> looks = new HashMap<>();

    /** The look of each table, also of another instance. */
    private final Map<Long, Long> shared = new HashMap<>();

    FreshnessNotes(WatchQueries queries) {
        this.queries = queries;
    }

    /** A note has failed: what of it was written is not known. */
    void failed() {
        looks.clear();
    }

    /** The states of all tables were read. */
    void read(Collection<WatchQueries.State> states) {
        shared.clear();
        states.stream().filter(state -> state.look() != 0).forEach(state -> shared.put(state.id(), state.look()));
    }

    /** The look that says how fresh a table is, or {@code null}. */
    @Nullable
    Long look(long id) {
        return shared.get(id);
    }

    /** Some tables that are due, and those that share a look with one of them: they have to be looked at as well. */
    Set<Long> withOthers(Collection<ScheduledTable> due) {
        Set<Long> ids = due.stream().map(ScheduledTable::id).collect(Collectors.toSet());
        Set<Long> ours = due.stream()
                .map(table -> looks.get(schedule(table)))
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        shared.forEach((id, look) -> {
            if (ours.contains(look)) {
                ids.add(id);
            }
        });
        return ids;
    }

    /**
     * Notes which of the tables that were looked at were found unchanged, in the transaction of the session.
     *
     * @param unchanged these tables, with all that share a look with one of them and were found unchanged too
     * @param at the moment of the look
     * @return the number of the transaction
     */
    long note(Session session, Collection<ScheduledTable> unchanged, Instant at) throws SQLException {
        session.execute("SET LOCAL synchronous_commit = off");
        Map<String, List<ScheduledTable>> bySchedule =
                unchanged.stream().collect(Collectors.groupingBy(FreshnessNotes::schedule));
        Long transaction = null;
        for (Map.Entry<String, List<ScheduledTable>> tables : bySchedule.entrySet()) {
            Set<Long> ids = tables.getValue().stream().map(ScheduledTable::id).collect(Collectors.toSet());
            transaction = note(session, tables.getKey(), ids, at);
        }
        return Objects.requireNonNull(transaction);
    }

    private long note(Session session, String schedule, Set<Long> ids, Instant at) throws SQLException {
        Long look = looks.get(schedule);
        if (look == null || !left(session, look, ids)) {
            look = begin(session, schedule, at);
        }
        join(session, look, ids);
        Long transaction = queries.unchanged(session, look, at);
        if (transaction == null) {
            // Nobody shared it for so long that it was forgotten.
            look = begin(session, schedule, at);
            join(session, look, ids);
            transaction = queries.unchanged(session, look, at);
        }
        return Objects.requireNonNull(transaction);
    }

    private long begin(Session session, String schedule, Instant at) throws SQLException {
        long look = queries.beginLook(session, at);
        looks.put(schedule, look);
        return look;
    }

    /** Whether nobody shares the look but some of these tables. */
    private boolean left(Session session, long look, Set<Long> staying) throws SQLException {
        Set<Long> leaving = new HashSet<>();
        shared.forEach((id, its) -> {
            if (its == look && !staying.contains(id)) {
                leaving.add(id);
            }
        });
        leaving.forEach(shared::remove);
        return leaving.isEmpty() || queries.leaveLook(session, look, leaving);
    }

    private void join(Session session, long look, Set<Long> ids) throws SQLException {
        Set<Long> joining = ids.stream()
                .filter(id -> !Long.valueOf(look).equals(shared.get(id)))
                .collect(Collectors.toSet());
        if (!joining.isEmpty()) {
            queries.joinLook(session, look, joining).forEach(id -> shared.put(id, look));
        }
    }

    private static String schedule(ScheduledTable table) {
        return table.schedule().text();
    }
}
