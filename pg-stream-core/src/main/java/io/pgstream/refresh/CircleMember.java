package io.pgstream.refresh;

import io.pgstream.QualifiedName;
import io.pgstream.catalog.FrontierRow;
import io.pgstream.cdc.ChangeBuffers;
import io.pgstream.cdc.Frontier;
import io.pgstream.delta.CircleQuery;
import io.pgstream.delta.MaintenancePlan;
import io.pgstream.plan.expr.Column;
import io.pgstream.sql.FixpointRenderer;
import io.pgstream.sql.Identifiers;
import io.pgstream.sql.TargetTable;
import io.pgstream.support.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One of the stream tables of a circle while the circle is computed. Its rows are known, fresh since the last round, or found
 * in this one; the last two are in temporary tables, and the known ones, too, if all is computed anew.
 */
final class CircleMember {

    private static final String TEMPORARY = "pg_temp";

    private final Session session;

    private final PreparedTable table;

    private final MaintenancePlan plan;

    private final TargetTable known;

    /** This one and the next take turns. */
    private TargetTable fresh;

    private TargetTable found;

    private long freshRows;

    private long foundRows;

    private long allRows;

    /** @param anew whether its rows are computed into a temporary table, and not added to the stream table */
    CircleMember(Session session, PreparedTable table, boolean anew) {
        this.session = session;
        this.table = table;
        this.plan = Objects.requireNonNull(table.plan());
        this.known = anew ? temporary("known") : table.target();
        this.fresh = temporary("fresh");
        this.found = temporary("found");
    }

    private QualifiedName name(String role) {
        return new QualifiedName(
                TEMPORARY, "pgstream_" + role + "_" + table.row().id());
    }

    private TargetTable temporary(String role) {
        return table.target().at(Identifiers.quote(name(role)));
    }

    PreparedTable table() {
        return table;
    }

    /** Where the rows are that are known. */
    QualifiedName knownName() {
        return (known == table.target()) ? table.row().name() : name("known");
    }

    /** Where the rows are that the last round has found. */
    QualifiedName freshName() {
        return (fresh.sqlName().equals(Identifiers.quote(name("fresh")))) ? name("fresh") : name("found");
    }

    boolean hasFresh() {
        return freshRows > 0;
    }

    /** How many rows were found in all rounds. */
    long allRows() {
        return allRows;
    }

    /** The rows that are known, by the rendered names of their columns. */
    String knownRows() {
        return FixpointRenderer.rows(known);
    }

    void createTables() throws SQLException {
        create(fresh);
        create(found);
        if (known != table.target()) {
            create(known);
            lookUp();
        }
    }

    /** Rows with a key are looked up by it in every round; that no key comes twice is seen when they are written. */
    private void lookUp() throws SQLException {
        List<Column> key = known.key();
        if (key != null && !key.isEmpty()) {
            session.execute("CREATE INDEX ON " + known.sqlName() + " ("
                    + (known.hashed()
                            ? known.hashIndexExpression()
                            : key.stream().map(known::name).collect(Collectors.joining(", ")))
                    + ")");
        }
    }

    private void create(TargetTable temporary) throws SQLException {
        session.execute("CREATE TEMPORARY TABLE "
                + temporary.sqlName() + " ON COMMIT DROP AS SELECT * FROM "
                + table.target().sqlName() + " WITH NO DATA");
    }

    void dropTables() throws SQLException {
        session.execute("DROP TABLE " + fresh.sqlName() + ", " + found.sqlName()
                + (known == table.target() ? "" : ", " + known.sqlName()));
    }

    /** Finds the whole result, of which nothing is known. */
    void findAll(Map<Long, QualifiedName> members) throws SQLException {
        foundRows = update(FixpointRenderer.allRows(query(members).whole(), found));
    }

    /** Finds what the fresh rows of members add. */
    void findNext(Map<Long, QualifiedName> members, Map<Long, QualifiedName> fresh) throws SQLException {
        CircleQuery query = query(members);
        find(query, query.increment(fresh));
    }

    /** Finds what the captured changes add. */
    void findFirst(Map<Long, QualifiedName> members, FrontierRow read, Set<Long> sources) throws SQLException {
        if (!sources.isEmpty()) {
            CircleQuery query = query(members);
            String increment = query.incrementOfChanges(sources);
            Frontier frontier = new Frontier(String.valueOf(read.frontier()));
            find(query, increment, frontier);
        }
    }

    private void find(CircleQuery query, @Nullable String increment) throws SQLException {
        find(query, increment, new Frontier("0:0:"));
    }

    private void find(CircleQuery query, @Nullable String increment, Frontier frontier) throws SQLException {
        if (increment == null) {
            foundRows = update(FixpointRenderer.moreRows(query.whole(), known, found));
        } else if (!increment.isEmpty()) {
            String sql = query.set()
                    ? FixpointRenderer.newRows(increment, known, found)
                    : FixpointRenderer.allRows(increment, found);
            try (PreparedStatement statement = bound(sql, frontier)) {
                foundRows = statement.executeUpdate();
            }
        }
    }

    /** Whether captured changes can have taken something away. */
    boolean shrinks(Map<Long, QualifiedName> members, FrontierRow read, Set<Long> sources) throws SQLException {
        String sql = query(members).shrinks(sources);
        try (PreparedStatement statement = bound(sql, new Frontier(String.valueOf(read.frontier())));
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private PreparedStatement bound(String sql, Frontier frontier) throws SQLException {
        PreparedStatement statement = session.prepareOnce(sql);
        ChangeBuffers.bind(statement, sql, frontier);
        return statement;
    }

    private long update(String sql) throws SQLException {
        try (PreparedStatement statement = session.prepareOnce(sql)) {
            return statement.executeUpdate();
        }
    }

    private CircleQuery query(Map<Long, QualifiedName> members) {
        return new CircleQuery(plan, table.buffers(), members);
    }

    /** What was found becomes known and fresh. */
    void turn() throws SQLException {
        if (freshRows > 0) {
            session.execute("TRUNCATE " + fresh.sqlName());
        }
        TargetTable emptied = fresh;
        fresh = found;
        found = emptied;
        freshRows = foundRows;
        foundRows = 0;
        allRows += freshRows;
        if (freshRows > 0) {
            session.execute("ANALYZE " + fresh.sqlName());
            session.update(FixpointRenderer.add(fresh, known));
        }
    }

    /** The sources outside of the circle that have changed. */
    static Set<Long> changed(FrontierRow read, Map<Long, QualifiedName> members) {
        Set<Long> sources = new TreeSet<>(Changes.of(read).sources().keySet());
        sources.removeAll(members.keySet());
        return sources;
    }

    /** The members by the numbers of their tables. */
    static Map<Long, QualifiedName> names(Iterable<CircleMember> members, Function<CircleMember, QualifiedName> name) {
        Map<Long, QualifiedName> names = new LinkedHashMap<>();
        members.forEach(member -> names.put(member.table.row().relid(), name.apply(member)));
        return names;
    }
}
