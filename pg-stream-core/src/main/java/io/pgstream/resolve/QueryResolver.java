package io.pgstream.resolve;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.plan.Operator;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.sql.Identifiers;
import io.pgstream.sql.OperatorRenderer;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.Parser;

/**
 * Lets PostgreSQL understand a query: a temporary view of it is made in a transaction that is rolled back, and the
 * catalog says what it became. Must be used inside a transaction, which it leaves changed: roll it back.
 *
 * @since 0.1.0
 */
public final class QueryResolver {

    /** PostgreSQL prints the type of marks that are texts, and does not accept one there. */
    private static final Pattern CYCLE_MARKS =
            Pattern.compile("( TO '(?:[^']|'')*')::text( DEFAULT '(?:[^']|'')*')::text( USING )");

    private static final String PROBE = "pgstream_probe";

    private static final String PROBED = "pg_temp." + PROBE;

    private static final String PREFIX = "CREATE TEMPORARY VIEW " + PROBE + " AS ";

    /** A view can have columns of these names. */
    private static final Set<String> SYSTEM_COLUMNS = Set.of("tableoid", "ctid", "xmin", "xmax", "cmin", "cmax");

    private static final String OUTPUT = """
        SELECT attname, atttypid::bigint, atttypmod, format_type(atttypid, atttypmod), %s
          FROM pg_attribute AS a WHERE attrelid = 'pg_temp.pgstream_probe'::regclass AND attnum > 0
         ORDER BY attnum
        """.formatted(TypeCatalog.COLLATION);

    private static final String SAVE = "SAVEPOINT pgstream_probe";

    /** Takes a view back, which is cheaper than to drop it, whether there is one or not. */
    private static final String FORGET = "ROLLBACK TO SAVEPOINT pgstream_probe; RELEASE SAVEPOINT pgstream_probe";

    private static final String TREE =
            "SELECT ev_action::text FROM pg_rewrite WHERE ev_class = to_regclass(?) AND rulename = '_RETURN'";

    private @Nullable FunctionNames functionNames;

    /** What texts are read under, before they are printed under an empty path; {@code null} for an empty path. */
    private @Nullable String path;

    /** The path of the query that was resolved, and the operators that it meant under it. */
    private String queryPath = "";

    private List<Long> operators = List.of();

    private final Map<String, List<SqlType>> typesOf = new HashMap<>();

    private final Map<String, List<SqlType>> operandTypesOf = new HashMap<>();

    private final Session session;

    private final TypeCatalog types;

    private final RelationCatalog relations;

    public QueryResolver(Session session) {
        this.session = session;
        this.types = new TypeCatalog(session);
        this.relations = new RelationCatalog(session, types);
    }

    /**
     * Resolves a query under the session's {@code search_path}, and empties the path.
     *
     * @throws InvalidDefinitionException with PostgreSQL's message and position if it does not accept the query
     */
    public ResolvedQuery resolve(String query) throws SQLException {
        checkOneStatement(query);
        try {
            session.execute(PREFIX + query);
        } catch (SQLException e) {
            throw rejected(query, e);
        }
        queryPath = session.one("SELECT current_setting('search_path')", row -> row.getString(1));
        session.execute("SET LOCAL search_path = ''");
        NamelessRows.refuse(session, PROBED);
        String canonical = canonicalText();
        String tree = tree(PROBED);
        operators = PrintedOperators.of(tree);
        List<Attribute> output = output();
        if (output.isEmpty()) {
            throw new InvalidDefinitionException(
                    ErrorCode.INVALID_QUERY, "The query has no columns.", "Select at least one column.");
        }
        output.stream()
                .map(Attribute::name)
                .filter(SYSTEM_COLUMNS::contains)
                .findFirst()
                .ifPresent(name -> {
                    throw new InvalidDefinitionException(
                            ErrorCode.INVALID_QUERY,
                            "The query has a column " + name
                                    + ", which no table can have: it is the name of a system column.",
                            "Give the column another name with AS.");
                });
        FunctionUse functions = new FunctionUse(session);
        Set<Long> tables = new TreeSet<>();
        Set<Long> views = new TreeSet<>();
        Obstacle viewObstacle = collect(query, tables, views, functions);
        Obstacle obstacle = (viewObstacle != null) ? viewObstacle : functions.obstacle();
        Map<Long, Set<String>> columns = relations.usedColumns(PROBED, views);
        dropProbe();
        Map<Long, String> viewTrees = viewTrees(views);
        if (Stream.concat(Stream.of(tree), viewTrees.values().stream())
                .anyMatch(it -> !PrintedOperators.of(it).isEmpty())) {
            path = queryPath.isBlank() ? null : queryPath;
        }
        String again = again(tree, canonical);
        if (!PrintedGroups.keys(again).equals(PrintedGroups.keys(tree))) {
            throw PrintedGroups.refused();
        }
        if (!PrintedOperators.of(again).equals(operators)) {
            throw PrintedOperators.refused();
        }
        return new ResolvedQuery(
                canonical,
                output,
                tables,
                views,
                columns,
                functions.userDefined(),
                FunctionUse.outerAggregates(tree),
                misprinted(viewTrees),
                obstacle,
                functions.notes());
    }

    private @Nullable String misprinted(Map<Long, String> viewTrees) throws SQLException {
        if (viewTrees.values().stream().anyMatch(it -> FunctionUse.outerAggregates(it) > 0)) {
            return "a subquery of a view aggregates columns of the query around it";
        }
        for (Map.Entry<Long, String> view : viewTrees.entrySet()) {
            String text = session.one("SELECT pg_get_viewdef(?::bigint::oid)", row -> row.getString(1), view.getKey());
            String again = again(view.getValue(), text.strip().replaceAll(";$", ""));
            boolean keys = PrintedGroups.keys(again).equals(PrintedGroups.keys(view.getValue()));
            if (!keys || !PrintedOperators.of(again).equals(PrintedOperators.of(view.getValue()))) {
                return "the view " + relations.name(view.getKey())
                        + (keys
                                ? " compares by an operator that is not found under the search_path"
                                : " has grouping sets by two keys that are the same expression");
            }
        }
        return null;
    }

    private Map<Long, String> viewTrees(Set<Long> views) throws SQLException {
        Map<Long, String> trees = new LinkedHashMap<>();
        for (Long view : views) {
            trees.put(view, tree(session.one("SELECT ?::bigint::regclass::text", row -> row.getString(1), view)));
        }
        return trees;
    }

    private String tree(String view) throws SQLException {
        return session.one(TREE, row -> row.getString(1), view);
    }

    /** The tree that the printed text of a query has; the same one where the text says all there is. */
    private String again(String tree, String text) throws SQLException {
        if (PrintedGroups.keys(tree).isEmpty() && PrintedOperators.of(tree).isEmpty()) {
            return tree;
        }
        try {
            return probed(text, () -> tree(PROBED));
        } catch (SQLException e) {
            return "";
        }
    }

    /** What is read of a view. */
    private interface Reading<T> {

        T read() throws SQLException;
    }

    /** What is read of a view of a text, which is taken back. */
    private <T> T probed(String text, Reading<T> reading) throws SQLException {
        session.execute(SAVE);
        try {
            session.execute(probe(text));
            return reading.read();
        } finally {
            session.execute(FORGET);
        }
    }

    /** Types that are read of a view of an operator's text, which has its question marks escaped; once for each text. */
    private List<SqlType> probed(Operator operator, Map<String, List<SqlType>> known, Reading<List<SqlType>> reading)
            throws SQLException {
        String sql = OperatorRenderer.render(operator);
        List<SqlType> result = known.get(sql);
        if (result == null) {
            session.execute(SAVE);
            try (PreparedStatement statement = session.prepareOnce(probe(sql))) {
                statement.execute();
                result = reading.read();
                known.put(sql, result);
            } finally {
                session.execute(FORGET);
            }
        }
        return result;
    }

    /** Makes a view of a text, which is read under the path of the query where that matters. */
    private String probe(String text) {
        return (path == null)
                ? PREFIX + text
                : "SET LOCAL search_path = " + path + "; " + PREFIX + text + "; SET LOCAL search_path = ''";
    }

    private @Nullable Obstacle collect(String query, Set<Long> tables, Set<Long> views, FunctionUse functions)
            throws SQLException {
        try {
            return relations.collectFromName(PROBED, tables, views, functions);
        } catch (RefusedException e) {
            Obstacle obstacle = e.obstacle();
            throw new InvalidDefinitionException(
                    obstacle.refusal().code(),
                    "The query cannot be that of a stream table, because " + obstacle.in(query) + ".",
                    obstacle.refusal().rewrite());
        }
    }

    private String canonicalText() throws SQLException {
        String text =
                session.one("SELECT pg_get_viewdef('pg_temp." + PROBE + "'::regclass, false)", row -> row.getString(1));
        return CYCLE_MARKS.matcher(text.strip().replaceAll(";$", "")).replaceAll("$1$2$3");
    }

    private List<Attribute> output() throws SQLException {
        record Raw(String name, long type, int modifier, String text, String collation) {}
        List<Raw> raws = session.list(
                OUTPUT,
                row -> new Raw(row.getString(1), row.getLong(2), row.getInt(3), row.getString(4), row.getString(5)));
        types.prepare(raws.stream().map(Raw::type).toList());
        List<Attribute> output = new ArrayList<>();
        for (Raw raw : raws) {
            output.add(new Attribute(
                    raw.name(), types.type(raw.type(), raw.modifier(), raw.text(), raw.collation()), false));
        }
        return output;
    }

    private void dropProbe() throws SQLException {
        session.execute("DROP VIEW pg_temp." + PROBE);
    }

    /** What PostgreSQL makes of a canonical text that was parsed and printed again; {@code null} if it rejects it. */
    public @Nullable String canonicalize(String text) throws SQLException {
        try {
            return probed(text, this::canonicalText);
        } catch (SQLException e) {
            return null;
        }
    }

    /**
     * Checks that PostgreSQL accepts its own text of the query, by which the stream table is made and refreshed.
     *
     * @throws InvalidDefinitionException if it does not
     */
    public void requireReadable(String canonicalText) throws SQLException {
        try {
            probed(canonicalText, () -> true);
        } catch (SQLException e) {
            throw new InvalidDefinitionException(
                    ErrorCode.INVALID_QUERY,
                    "PostgreSQL prints the query in a way that it does not accept itself (" + SqlErrors.message(e)
                            + "), so the query cannot be kept.",
                    "Write that part otherwise; rows that are compared with a subquery as (a, b) instead of ROW(ROW(a, b)).",
                    e);
        }
    }

    /**
     * The schemas that the path has to reach for values to be compared, without PostgreSQL's own.
     *
     * @throws InvalidDefinitionException if the query would mean something else with them
     */
    public List<String> operatorSchemas(ResolvedQuery resolved) throws SQLException {
        List<String> schemas = types.operatorSchemas();
        if (!schemas.isEmpty()) {
            path = Stream.concat(
                            Stream.of(queryPath).filter(it -> !it.isBlank()),
                            schemas.stream().map(Identifiers::quote))
                    .collect(Collectors.joining(", "));
            String again = probed(resolved.canonicalQuery(), () -> tree(PROBED));
            if (!PrintedOperators.of(again).equals(operators)) {
                throw PrintedOperators.refused();
            }
        }
        return schemas;
    }

    /** The name of a relation. */
    public QualifiedName name(long relid) throws SQLException {
        return relations.name(relid);
    }

    /** The types of the columns that an operator puts out, as PostgreSQL derives them. */
    public List<SqlType> types(Operator operator) throws SQLException {
        return probed(
                operator, typesOf, () -> output().stream().map(Attribute::type).toList());
    }

    /** The types that the first operator of an operator's text takes; none where it takes any. */
    public List<SqlType> operandTypes(Operator comparison) throws SQLException {
        return probed(comparison, operandTypesOf, () -> types.ofOperator(PrintedOperators.first(tree(PROBED))));
    }

    /** The relation of a name that a canonical text holds. */
    public ResolvedRelation relation(QualifiedName name) throws SQLException {
        return relations.relation(name);
    }

    /** The names of all functions that are aggregates, and of those that return sets. */
    public FunctionNames functionNames() throws SQLException {
        FunctionNames known = functionNames;
        if (known == null) {
            // Asked for once a query block, and the same all the time.
            known = new FunctionCatalog(session).names();
            functionNames = known;
        }
        return known;
    }

    /** The major version of the server. */
    public int serverVersion() throws SQLException {
        return session.one("SELECT current_setting('server_version_num')::int / 10000", row -> row.getInt(1));
    }

    private static void checkOneStatement(String query) throws SQLException {
        // The driver's own parser decides what it sends as one statement, so nothing can follow the query.
        if (Parser.parseJdbcSql(query, true, false, true, false, false).size() > 1) {
            throw new InvalidDefinitionException(
                    ErrorCode.INVALID_QUERY,
                    "The query holds more than one statement.",
                    "Give one SELECT, without anything behind it.");
        }
    }

    private static PgStreamException rejected(String query, SQLException e) {
        String state = SqlErrors.state(e);
        if (!state.startsWith("42") && !state.startsWith("0A") && !state.startsWith("22") || state.equals("42501")) {
            return SqlErrors.translate("The query cannot be resolved", e);
        }
        int position = SqlErrors.position(e) - PREFIX.length();
        String where = (position <= 0) ? "" : new QueryText(query).at(position);
        String action = state.equals("42701")
                ? "Give each column of the result a name of its own with AS."
                : "Correct the query; it must be one SELECT that PostgreSQL accepts as a view.";
        return new InvalidDefinitionException(
                ErrorCode.INVALID_QUERY,
                "PostgreSQL does not accept the query" + where + ": " + SqlErrors.message(e) + ".",
                action,
                e);
    }
}
