package io.pgstream.delta;

import io.pgstream.ErrorCode;
import io.pgstream.QualifiedName;
import io.pgstream.parse.ClockRemains;
import io.pgstream.parse.ParsedQuery;
import io.pgstream.parse.ParserInput;
import io.pgstream.parse.QueryParser;
import io.pgstream.parse.UnsupportedConstructException;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Places;
import io.pgstream.plan.Relation;
import io.pgstream.plan.Scan;
import io.pgstream.plan.SourceTable;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.plan.rule.KeepFilters;
import io.pgstream.resolve.Attribute;
import io.pgstream.resolve.FunctionNames;
import io.pgstream.resolve.Obstacle;
import io.pgstream.resolve.QueryResolver;
import io.pgstream.resolve.Refusal;
import io.pgstream.resolve.ResolvedQuery;
import io.pgstream.resolve.ResolvedRelation;
import io.pgstream.sql.OperatorRenderer;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The whole way from a query's text to the plan of its maintenance. It works in a transaction of the caller's, which must
 * be rolled back.
 *
 * @since 0.1.0
 */
public final class QueryCompiler {

    /** Statements with more operators take seconds to plan, each. */
    private static final long MOST_PLACES = 50_000;

    /** What PostgreSQL says of a column of a type that no table can have. */
    private static final String INVALID_TABLE = "42P16";

    private static final String FULL_WORKS = "Use the mode AUTO or FULL, which refresh it by running it.";

    private final Session session;

    private final String target;

    private final String stateSchema;

    private final String id;

    private List<String> operatorSchemas = List.of();

    /**
     * @param target the stream table as SQL writes it
     * @param stateSchema the schema of states, quoted
     * @param id tells the states of stream tables apart
     */
    public QueryCompiler(Session session, String target, String stateSchema, String id) {
        this.session = session;
        this.target = target;
        this.stateSchema = stateSchema;
        this.id = id;
    }

    /**
     * Compiles a query under the session's {@code search_path}.
     *
     * @param kept which filtered tables are kept as states
     */
    public CompiledQuery compile(String query, KeptFilters kept) throws SQLException {
        QueryResolver resolver = new QueryResolver(session);
        ResolvedQuery resolved = resolver.resolve(query);
        CompiledQuery compiled = compile(resolver, resolved, query, kept);
        if (compiled.plan() == null) {
            resolver.requireReadable(resolved.canonicalQuery());
        }
        operatorSchemas = resolver.operatorSchemas(resolved);
        return compiled;
    }

    /** The schemas of the operators by which the values of the query that was compiled last are compared. */
    public List<String> operatorSchemas() {
        return operatorSchemas;
    }

    private CompiledQuery compile(QueryResolver resolver, ResolvedQuery resolved, String query, KeptFilters kept)
            throws SQLException {
        if (resolved.obstacle() != null) {
            return refused(resolved, resolved.obstacle(), query);
        }
        if (resolved.misprinted() != null) {
            return unsupported(resolved, resolved.misprinted(), "Write that part otherwise. " + FULL_WORKS);
        }
        Input input = new Input(resolver);
        try {
            ParsedQuery parsed = new QueryParser(input).parse(resolved.canonicalQuery(), resolved.outerAggregates());
            List<String> names = resolved.output().stream().map(Attribute::name).toList();
            MaintenancePlan plan = new MaintenancePlanner(
                            input::types, new Keeps(kept, session, input), kept::spares, target, stateSchema, id)
                    .plan(new ParsedQuery(parsed.root(), names, parsed.nextColumn()));
            String mismatch = mismatch(resolved, plan, input);
            return (mismatch == null)
                    ? new CompiledQuery(resolved, plan, null, null, null)
                    : unsupported(resolved, mismatch, FULL_WORKS);
        } catch (UnsupportedConstructException e) {
            return (e.obstacle() == null)
                    ? unsupported(resolved, e.reason(), e.rewrite() + " " + FULL_WORKS)
                    : refused(resolved, e.obstacle(), query);
        } catch (WrappedSqlException e) {
            if (SqlErrors.state(e.exception()).equals(INVALID_TABLE)) {
                return unsupported(
                        resolved,
                        "it computes rows without a type, as of max(ROW(…)), where they would have to be stored",
                        "Aggregate the columns, such as (array_agg(a ORDER BY b DESC, a DESC))[1], or cast the row to a"
                                + " composite type. " + FULL_WORKS);
            }
            if (SqlErrors.state(e.exception()).startsWith("42")) {
                // PostgreSQL accepted the query, so what it rejects is our rendering of it.
                return unsupported(resolved, "the parser does not understand all of its syntax", FULL_WORKS);
            }
            throw e.exception();
        }
    }

    private static CompiledQuery refused(ResolvedQuery resolved, Obstacle obstacle, String query) {
        Refusal refusal = obstacle.refusal();
        return new CompiledQuery(
                resolved, null, obstacle.in(query), refusal.code(), refusal.rewrite() + " " + FULL_WORKS);
    }

    private static CompiledQuery unsupported(ResolvedQuery resolved, String reason, String rewrite) {
        return new CompiledQuery(resolved, null, reason, ErrorCode.UNSUPPORTED_QUERY, rewrite);
    }

    /** The tree must put out what the query does, and read only columns that can be captured. */
    private static @Nullable String mismatch(ResolvedQuery resolved, MaintenancePlan plan, Input input) {
        List<String> expected =
                resolved.output().stream().map(column -> column.type().base()).toList();
        List<String> actual =
                input.types(renamed(plan.root())).stream().map(SqlType::base).toList();
        if (!actual.equals(expected)) {
            return "its operator tree has the columns " + actual + " instead of " + expected;
        }
        if (ClockRemains.inConstants(resolved.canonicalQuery())
                || ClockRemains.inRendered(OperatorRenderer.render(plan.root()))) {
            return "it reads the clock in a way that the parser does not understand";
        }
        for (Map.Entry<SourceTable, Set<String>> source : plan.sources().entrySet()) {
            if (input.relation(source.getKey().name()) instanceof ResolvedRelation.Table table) {
                for (String column : source.getValue()) {
                    if (table.computed().containsKey(column)) {
                        return "it reads " + source.getKey().name() + "." + column
                                + ": it is a virtual generated column";
                    }
                }
            }
        }
        return null;
    }

    /**
     * The same tree over tables whose columns have no names but those of the tree: what an expression has as text cannot
     * find a column by accident, as it could in a delta.
     */
    private static Operator renamed(Operator operator) {
        if (operator instanceof Scan) {
            return new Relation("(" + OperatorRenderer.render(operator) + ")", operator.output());
        }
        return operator.withInputs(
                operator.inputs().stream().map(QueryCompiler::renamed).toList());
    }

    /** Carries a SQLException through interfaces that do not declare it. */
    private static final class WrappedSqlException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final SQLException exception;

        WrappedSqlException(SQLException exception) {
            super(exception);
            this.exception = exception;
        }

        SQLException exception() {
            return exception;
        }
    }

    private record Keeps(KeptFilters kept, Session session, Input input) implements KeepFilters.Decision {

        @Override
        public boolean keeps(Filter filter, boolean compared, List<Filter> beside) {
            try {
                return kept.keeps(filter, compared, beside, session);
            } catch (SQLException e) {
                throw new WrappedSqlException(e);
            }
        }

        @Override
        public @Nullable SqlType type(SourceTable table, String column) {
            return (input.relation(table.name()) instanceof ResolvedRelation.Table resolved)
                    ? resolved.attributes().stream()
                            .filter(attribute -> attribute.name().equals(column))
                            .map(Attribute::type)
                            .findFirst()
                            .orElse(null)
                    : null;
        }
    }

    private record Input(QueryResolver resolver) implements ParserInput {

        @Override
        public ResolvedRelation relation(QualifiedName name) {
            try {
                return resolver.relation(name);
            } catch (SQLException e) {
                throw new WrappedSqlException(e);
            }
        }

        @Override
        public List<SqlType> types(Operator operator) {
            if (Places.of(operator) > MOST_PLACES) {
                throw new UnsupportedConstructException(
                        "its subqueries depend on each other in so many ways that PostgreSQL would take minutes to plan a refresh",
                        "Make one of the subqueries a stream table of its own.");
            }
            try {
                return resolver.types(operator);
            } catch (SQLException e) {
                throw new WrappedSqlException(e);
            }
        }

        @Override
        public List<SqlType> operandTypes(Operator comparison) {
            try {
                return resolver.operandTypes(comparison);
            } catch (SQLException e) {
                throw new WrappedSqlException(e);
            }
        }

        @Override
        public FunctionNames functions() {
            try {
                return resolver.functionNames();
            } catch (SQLException e) {
                throw new WrappedSqlException(e);
            }
        }

        @Override
        public @Nullable String canonical(String text) {
            try {
                return resolver.canonicalize(text);
            } catch (SQLException e) {
                throw new WrappedSqlException(e);
            }
        }

        @Override
        public int serverVersion() {
            try {
                return resolver.serverVersion();
            } catch (SQLException e) {
                throw new WrappedSqlException(e);
            }
        }

        @Override
        public boolean sameMeaning(String canonicalText, String printedAgain) {
            try {
                String again = resolver.canonicalize(printedAgain);
                // PostgreSQL flattens a BETWEEN below AND, and names the columns of VALUES, only when it reads its own
                // text again.
                return again != null
                        && (again.equals(canonicalText) || again.equals(resolver.canonicalize(canonicalText)));
            } catch (SQLException e) {
                throw new WrappedSqlException(e);
            }
        }
    }
}
