package io.pgstream.refresh;

import io.pgstream.catalog.StreamTableRow;
import io.pgstream.cdc.ChangeBuffers;
import io.pgstream.delta.ChangeCounts;
import io.pgstream.delta.DeltaProgram;
import io.pgstream.delta.MaintenancePlan;
import io.pgstream.delta.ProgramBuilder;
import io.pgstream.delta.StateFilter;
import io.pgstream.delta.Statistics;
import io.pgstream.plan.ForeignKey;
import io.pgstream.sql.HandOn;
import io.pgstream.sql.TargetTable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Everything that refreshes of one version of one stream table need, with the programs that were made so far. */
final class PreparedTable {

    /** How many refreshes follow the careful program after the quick one gave up. */
    private static final int CAREFUL_REFRESHES = 100;

    /** How many refreshes go by the query alone before its states are tried again, which could not be computed. */
    private static final int REFRESHES_WITHOUT_STATES = 20;

    private static final int SMALL_DELTA = 5_000;

    private static final double SMALL_SHARE = 0.03;

    /** So many ways to read the segments have programs of their own. */
    private static final int SEGMENT_CHOICES = 8;

    private record OpeningKey(
            long ownLockMillis,
            boolean sizes,
            Map<Long, Long> limits,
            Set<Long> large,
            List<HandOn.Place> places,
            @Nullable String question) {}

    private record Variant(
            ChangeCounts counts,
            boolean quick,
            boolean backlog,
            Map<Long, Integer> segments,
            List<ForeignKey> foreignKeys) {}

    private final StreamTableRow row;

    private final @Nullable MaintenancePlan plan;

    private final TargetTable target;

    private final boolean merges;

    private final @Nullable ProgramBuilder builder;

    private final ChangeBuffers buffers;

    private final List<ProgramBuilder.State> states;

    private final List<String> crossings;

    private final String fullQuery;

    private final @Nullable String queryWithoutStates;

    private final String planHash;

    private volatile long sourceRows;

    private final Explosion explosion;

    private final AtomicInteger careful = new AtomicInteger();

    private final AtomicInteger withoutStates = new AtomicInteger();

    private final Map<Variant, DeltaProgram> programs = new ConcurrentHashMap<>();

    private final Set<Map<Long, Integer>> segmentChoices = ConcurrentHashMap.newKeySet();

    private final Map<OpeningKey, String> openings = new ConcurrentHashMap<>();

    private final BufferVolume volume = new BufferVolume();

    private final KnownSurroundings surroundings = new KnownSurroundings();

    private final Rewriting rewriting = new Rewriting();

    private final SequentialQueries sequential = new SequentialQueries();

    private final AtomicBoolean givenUp = new AtomicBoolean();

    private volatile boolean changing;

    private volatile List<HandOn.Place> places = List.of();

    PreparedTable(
            StreamTableRow row,
            @Nullable MaintenancePlan plan,
            TargetTable target,
            ChangeBuffers buffers,
            String fullQuery,
            @Nullable String queryWithoutStates,
            String planHash,
            boolean merges,
            Statistics statistics,
            Explosion explosion) {
        this.explosion = explosion;
        this.row = row;
        this.plan = plan;
        this.target = target;
        this.buffers = buffers;
        this.merges = merges;
        this.builder =
                (plan == null || !row.differential()) ? null : new ProgramBuilder(plan, buffers, merges, statistics);
        this.states = (builder == null) ? List.of() : builder.states();
        this.crossings = (builder == null) ? List.of() : builder.crossings();
        this.fullQuery = fullQuery;
        this.queryWithoutStates = queryWithoutStates;
        this.planHash = planHash;
        this.sourceRows = (plan == null)
                ? 0
                : plan.sources().keySet().stream()
                        .mapToLong(source -> source.rows())
                        .max()
                        .orElse(0);
    }

    /** The same table with what is known of it now. */
    PreparedTable with(Statistics statistics, Explosion newExplosion) {
        return new PreparedTable(
                row, plan, target, buffers, fullQuery, queryWithoutStates, planHash, merges, statistics, newExplosion);
    }

    /** What makes the programs; {@code null} for a table that is only refreshed fully. */
    @Nullable
    ProgramBuilder builder() {
        return builder;
    }

    StreamTableRow row() {
        return row;
    }

    TargetTable target() {
        return target;
    }

    ChangeBuffers buffers() {
        return buffers;
    }

    @Nullable
    MaintenancePlan plan() {
        return plan;
    }

    boolean differential() {
        return builder != null && row.differential();
    }

    /** The states that have tables of their own; none for a table that is only refreshed fully. */
    List<ProgramBuilder.State> states() {
        return states;
    }

    /** The filters above states that something else is joined with. */
    List<StateFilter> stateFilters() {
        return (builder == null) ? List.of() : builder.stateFilters();
    }

    /** Queries that count the rows that time alone changes something for; none if the query reads no clock. */
    List<String> crossings() {
        return crossings;
    }

    /** Whether all that the query reads can meet in hash tables: bits and money only sort. */
    boolean hashes() {
        return plan != null && plan.hashes();
    }

    /** A SELECT of the whole result by the rendered names of the target's columns; it reads the states. */
    String fullQuery() {
        return fullQuery;
    }

    /** The same without the states; {@code null} if there are none, or if it must be read from them. */
    @Nullable
    String queryWithoutStates() {
        return queryWithoutStates;
    }

    String planHash() {
        return planHash;
    }

    /** What stands in the place of the plan where the states are behind the table. */
    String planHashBehind() {
        return planHash + "/behind";
    }

    /** The planner's estimate of the largest source. */
    long sourceRows() {
        return sourceRows;
    }

    /** The source has this many rows by now. */
    void sourceRows(long rows) {
        sourceRows = rows;
    }

    /** How many rows the changes are expected to touch. */
    double work(Changes changes) {
        return explosion.work(changes.sources());
    }

    /** Up to how many changes rows are looked up one by one; tests set it, to see both kinds of plans with few rows. */
    long smallDelta() {
        return Long.getLong("pgstream.test.smallDelta", Math.max(SMALL_DELTA, (long) (SMALL_SHARE * sourceRows)));
    }

    /**
     * What follows the changes.
     *
     * @param backlog whether some of them wait in a backlog; most tables never see one, and their statements do without it
     * @param filled the segments that hold all changes of a source, where the other one is empty
     * @param foreignKeys those that held at the frontier, and hold now
     */
    DeltaProgram program(
            ChangeCounts counts, boolean backlog, Map<Long, Integer> filled, List<ForeignKey> foreignKeys) {
        if (builder == null) {
            throw new IllegalStateException(row.name() + " has no differential program");
        }
        ProgramBuilder programBuilder = builder;
        boolean quick = careful.getAndUpdate(left -> Math.max(0, left - 1)) == 0;
        boolean known = segmentChoices.contains(filled)
                || (segmentChoices.size() < SEGMENT_CHOICES && segmentChoices.add(filled));
        return programs.computeIfAbsent(
                new Variant(counts, quick, backlog, known ? filled : Map.of(), foreignKeys),
                variant -> programBuilder
                        .from(reading(variant.backlog(), variant.segments()))
                        .differential(variant.counts(), variant.quick(), variant.foreignKeys()));
    }

    private ChangeBuffers reading(boolean backlog, Map<Long, Integer> segments) {
        ChangeBuffers read = buffers.reading(segments);
        return backlog ? read : read.withoutBacklog();
    }

    /** How many programs were made so far. */
    int programs() {
        return programs.size();
    }

    /** How many changes the buffers may hold, by their sizes. */
    BufferVolume volume() {
        return volume;
    }

    /** Whether a full refresh had better write all rows than those that differ. */
    Rewriting rewriting() {
        return rewriting;
    }

    /** The queries for which the planner wants no parallel workers. */
    SequentialQueries sequential() {
        return sequential;
    }

    /**
     * The statements that a refresh begins with; they are the same for all that wait equally long for the lock, count the same
     * buffers, look for the same tables and rely on the same objects.
     */
    String opening(
            long ownLockMillis,
            boolean sizes,
            Map<Long, Long> limits,
            Set<Long> large,
            List<HandOn.Place> places,
            @Nullable String question,
            Supplier<String> sql) {
        return openings.computeIfAbsent(
                new OpeningKey(ownLockMillis, sizes, limits, large, places, question), key -> sql.get());
    }

    /** What refreshes rely on. */
    KnownSurroundings surroundings() {
        return surroundings;
    }

    /** Where the last delta handed changes on, which the next one will probably do, too. */
    List<HandOn.Place> places() {
        return places;
    }

    void places(List<HandOn.Place> last) {
        places = last;
    }

    /** Whether the last refresh found something to do, so that the next one probably will, too. */
    boolean changing() {
        return changing;
    }

    void changing(boolean something) {
        changing = something;
    }

    /** A delta took too long and was given up: the refresh goes on as a full one, whatever the next delta is expected to take. */
    void giveUpDelta() {
        givenUp.set(true);
    }

    /** Whether a delta was given up since this was asked last. */
    boolean deltaGivenUp() {
        return givenUp.getAndSet(false);
    }

    /** The quick program gave up: the next refreshes follow the careful one. */
    void beCareful() {
        careful.set(CAREFUL_REFRESHES);
    }

    /** The states could not be computed, and are left behind. */
    void leaveStates() {
        withoutStates.set(REFRESHES_WITHOUT_STATES);
    }

    /** Whether the states are not worth a try yet. */
    boolean statesFail() {
        return withoutStates.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }
}
