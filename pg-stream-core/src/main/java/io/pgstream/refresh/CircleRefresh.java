package io.pgstream.refresh;

import io.pgstream.ErrorCode;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshFailedException;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.Environment;
import io.pgstream.catalog.FrontierRow;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refreshes the stream tables of a circle, in a transaction that has its locks: afterwards they are the least tables that
 * equal their queries over each other. Rows that are only added are followed in rounds from what is there. Whenever a row
 * can have gone, all is computed again from nothing, because rows of a circle can be each other's only reason; it is
 * computed into temporary tables, and the difference is written.
 */
final class CircleRefresh {

    private final Session session;

    private final Catalog catalog;

    private final List<PreparedTable> tables;

    private final RefreshPolicy policy;

    private final Membership membership;

    private final List<FrontierRow> reads = new ArrayList<>();

    private final Set<Long> left = new HashSet<>();

    private final long started = System.nanoTime();

    private @Nullable Environment environment;

    /** The table that is dealt with: what fails is its failure. */
    private PreparedTable current;

    /** @param tables all tables of the circle */
    CircleRefresh(
            Session session, Catalog catalog, List<PreparedTable> tables, RefreshPolicy policy, Membership membership) {
        this.session = session;
        this.catalog = catalog;
        this.tables = List.copyOf(tables);
        this.current = tables.get(0);
        this.policy = policy;
        this.membership = membership;
    }

    /** The captures that the tables no longer read after this refresh. */
    Set<Long> leftCaptures() {
        return left;
    }

    /** @param forced the tables of which every row is to be compared */
    List<RefreshResult> refresh(Set<Long> forced) throws MemberException {
        try {
            String reason = reason(forced);
            if (reason == null
                    && reads.stream()
                            .allMatch(read -> Changes.of(read).sources().isEmpty())) {
                return nothing();
            }
            return written(reason);
        } catch (SQLException
                | RedefinitionNeededException
                | DriftException
                | UnsureException
                | RefreshFailedException e) {
            throw new MemberException(current, e);
        }
    }

    /** Why all has to be computed from nothing, as far as the changes need not be looked at. */
    private @Nullable String reason(Set<Long> forced) throws SQLException, RedefinitionNeededException {
        String reason = null;
        for (PreparedTable table : tables) {
            current = table;
            FrontierRow read = read(table);
            reads.add(read);
            String own = forced.contains(table.row().id())
                    ? RefreshResult.REQUESTED
                    : DefinitionCheck.fullReason(table, read);
            if (own == null) {
                own = Changes.of(read).marker();
            }
            if (own == null
                    && tables.stream()
                            .anyMatch(member -> Changes.of(read)
                                    .sources()
                                    .containsKey(member.row().relid()))) {
                own = "a table of its circle was changed alone";
            }
            reason = (reason == null) ? own : reason;
        }
        return reason;
    }

    /** What has changed, counted: nothing is known of what a refresh of a circle costs, that could choose another way. */
    private FrontierRow read(PreparedTable table) throws SQLException, RedefinitionNeededException {
        Opening opening = new Opening(session, catalog, table, policy);
        FrontierRow read = membership.read(opening.readAndCount());
        DefinitionCheck.check(table, read);
        return read;
    }

    private List<RefreshResult> nothing() {
        List<RefreshResult> results = new ArrayList<>();
        for (int i = 0; i < tables.size(); i++) {
            tables.get(i).changing(false);
            results.add(result(i, RefreshOutcome.NO_DATA, null, Counts.NONE));
        }
        return results;
    }

    private List<RefreshResult> written(@Nullable String given)
            throws SQLException, RedefinitionNeededException, DriftException, UnsureException {
        membership.write(reads.get(0));
        session.execute(RefreshTransaction.WHOLE_TABLES);
        String reason = (given == null && shrinks()) ? "rows of its sources were deleted or updated" : given;
        boolean anew = reason != null;
        List<CircleMember> members = tables.stream()
                .map(table -> new CircleMember(session, table, anew))
                .toList();
        session.execute("SET LOCAL client_min_messages = warning");
        for (CircleMember member : members) {
            member.createTables();
        }
        compute(members, anew);
        List<RefreshResult> results = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            results.add(conclude(i, members.get(i), reason));
        }
        for (CircleMember member : members) {
            member.dropTables();
        }
        return results;
    }

    private boolean shrinks() throws SQLException {
        List<CircleMember> members = tables.stream()
                .map(table -> new CircleMember(session, table, false))
                .toList();
        Map<Long, QualifiedName> names = CircleMember.names(members, CircleMember::knownName);
        boolean shrinks = false;
        for (int i = 0; i < members.size() && !shrinks; i++) {
            FrontierRow read = reads.get(i);
            enter(members.get(i));
            shrinks = members.get(i).shrinks(names, read, CircleMember.changed(read, names));
        }
        return shrinks;
    }

    /** The settings that the query of a member means what it means under. */
    private void enter(CircleMember member) throws SQLException {
        current = member.table();
        if (!current.row().environment().equals(environment)) {
            environment = current.row().environment();
            session.execute(environment.setLocal());
        }
    }

    private void compute(List<CircleMember> members, boolean anew) throws SQLException {
        Map<Long, QualifiedName> known = CircleMember.names(members, CircleMember::knownName);
        for (int i = 0; i < members.size(); i++) {
            enter(members.get(i));
            if (anew) {
                members.get(i).findAll(known);
            } else {
                FrontierRow read = reads.get(i);
                members.get(i).findFirst(known, read, CircleMember.changed(read, known));
            }
        }
        turn(members);
        for (int round = 1; members.stream().anyMatch(CircleMember::hasFresh); round++) {
            if (round > policy.maxRounds()) {
                throw endless(members);
            }
            Map<Long, QualifiedName> fresh = CircleMember.names(
                    members.stream().filter(CircleMember::hasFresh).toList(), CircleMember::freshName);
            for (CircleMember member : members) {
                enter(member);
                member.findNext(known, fresh);
            }
            turn(members);
        }
    }

    private void turn(List<CircleMember> members) throws SQLException {
        for (CircleMember member : members) {
            current = member.table();
            member.turn();
        }
    }

    private RefreshFailedException endless(List<CircleMember> members) {
        List<QualifiedName> growing = members.stream()
                .filter(CircleMember::hasFresh)
                .map(member -> member.table().row().name())
                .toList();
        return new RefreshFailedException(
                ErrorCode.NO_FIXED_POINT,
                "The circle of stream tables "
                        + tables.stream().map(table -> table.row().name()).toList() + " does not come to an end: after "
                        + policy.maxRounds() + " rounds there are still new rows in " + growing
                        + ". The tables stay as they were.",
                "Use UNION instead of UNION ALL if the data has circles, and bound what is computed, such as a depth. If"
                        + " the data needs more rounds, raise pg-stream.fixpoint-max-iterations.",
                null,
                false,
                null);
    }

    private RefreshResult conclude(int position, CircleMember member, @Nullable String reason)
            throws SQLException, RedefinitionNeededException, DriftException, UnsureException {
        current = member.table();
        FrontierRow read = reads.get(position);
        Counts counts = new Counts(member.allRows(), 0, 0);
        if (reason != null) {
            boolean first = read.frontier() == null;
            counts = WholeResult.write(session, member.knownRows(), current.target(), first, current.sequential());
            if (first) {
                StateTables.index(session, current);
            }
        }
        RefreshResult result =
                result(position, reason == null ? RefreshOutcome.DIFFERENTIAL : RefreshOutcome.FULL, reason, counts);
        Conclusion conclusion = new Conclusion(
                session, catalog, current, policy, membership, new Opening(session, catalog, current, policy));
        conclusion.record(read, current.planHash(), result, result.changes(), false);
        left.addAll(conclusion.leftCaptures());
        current.changing(true);
        return result;
    }

    private RefreshResult result(int position, RefreshOutcome outcome, @Nullable String reason, Counts counts) {
        FrontierRow read = reads.get(position);
        return new RefreshResult(
                tables.get(position).row().name(),
                outcome,
                reason,
                outcome == RefreshOutcome.DIFFERENTIAL ? Changes.of(read).rows() : 0,
                counts.inserted(),
                counts.updated(),
                counts.deleted(),
                read.now(),
                Duration.ofNanos(System.nanoTime() - started));
    }
}
