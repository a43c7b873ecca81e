package io.pgstream.resolve;

import io.pgstream.support.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The functions that a query calls, by the stored tree of its view: {@code pg_depend} leaves out those that are built in.
 */
final class FunctionUse {

    private static final Pattern CALL = Pattern.compile(":(?:funcid|opfuncid|aggfnoid|winfnoid) (\\d+)");

    /** current_date, current_timestamp, current_user and the like have a node of their own, with a number for each. */
    private static final Pattern VALUE_FUNCTION = Pattern.compile("\\{SQLVALUEFUNCTION :op (\\d+)");

    /** The number of current_role; those below read the clock, the others the session. */
    private static final int CURRENT_ROLE = 9;

    /** Stable functions whose result depends on the clock, the session or the catalog, not on their arguments. */
    private static final Pattern AMBIENT = Pattern.compile(
            "age|current_.*|session_user|pg_(?!collation_for|typeof|input_is_valid).*|has_.*|inet_.*|txid_.*|.*_to_xml.*|.*_description|to_reg.*"
                    + "|row_security_active|getdatabaseencoding|version|lastval|currval");

    /** Those that differ between readers even at one time. */
    private static final Pattern READER = Pattern.compile(
            "current_(user|schemas?|setting)|session_user|has_.*_privilege|pg_has_role|inet_client_.*|pg_backend_pid"
                    + "|row_security_active|pg_my_temp_schema");

    /** What current_user and the like are called, by their numbers. */
    private static final List<String> SESSION_VALUES =
            List.of("current_role", "current_user", "user", "session_user", "current_catalog", "current_schema");

    private static final String CALLED = """
            SELECT proname, provolatile, p.oid::bigint, pronargs,
                   ARRAY(SELECT oprname::text FROM pg_operator WHERE oprcode = p.oid ORDER BY 1)
              FROM pg_proc AS p
             WHERE p.oid = ANY (?::bigint[]::oid[]) AND provolatile <> 'i' ORDER BY proname, p.oid
            """;

    /** An aggregate of a query further out than the one that it stands in; {@code GROUPING} has a level as well, and no split. */
    private static final Pattern OUTER_AGGREGATE = Pattern.compile(":agglevelsup [1-9]\\d* :aggsplit");

    /** Nodes of the tree that are refused, in the order of their names. */
    private static final Map<String, Obstacle> CONSTRUCTS = new TreeMap<>(Map.of(
            "{TABLESAMPLECLAUSE",
            Obstacle.of(
                    Refusal.TABLE_SAMPLE,
                    "it uses TABLESAMPLE, which picks other rows each time",
                    "\\bTABLESAMPLE\\s+\\w+\\s*\\([^)]*\\)"),
            "{ROWMARKCLAUSE",
            Obstacle.of(
                    Refusal.ROW_LOCKS,
                    "it locks the rows that it reads, at each refresh and for nobody",
                    "\\bFOR\\s+(NO\\s+KEY\\s+UPDATE|UPDATE|KEY\\s+SHARE|SHARE)\\b")));

    /** What is understood: its value is the time of the refresh. */
    private static final Set<String> CLOCK = Set.of("now", "transaction_timestamp", "statement_timestamp");

    /** {@code age(timestamptz)} and {@code age(timestamp)}, which are understood as well; {@code age(xid)} is another one. */
    private static final Set<Long> AGES = Set.of(1386L, 2059L);

    private final Session session;

    private final List<Obstacle> obstacles = new ArrayList<>();

    private final Set<String> stable = new LinkedHashSet<>();

    private final Set<Long> userDefined = new TreeSet<>();

    FunctionUse(Session session) {
        this.session = session;
    }

    private record Called(String name, char volatility, long oid, int arguments, List<String> symbols) {

        /** How the call may be written. */
        String text() {
            List<String> texts = new ArrayList<>();
            texts.add("(?<![\\w$])" + Pattern.quote(name) + "\"?\\s*\\(");
            symbols.forEach(symbol -> texts.add(Pattern.quote(symbol)));
            return String.join("|", texts);
        }
    }

    /** Looks at the stored tree of a view. */
    void add(String tree) throws SQLException {
        CONSTRUCTS.forEach((node, obstacle) -> {
            if (tree.contains(node)) {
                obstacles.add(obstacle);
            }
        });
        Matcher values = VALUE_FUNCTION.matcher(tree);
        while (values.find()) {
            int number = Integer.parseInt(values.group(1));
            if (number >= CURRENT_ROLE) {
                String name = SESSION_VALUES.get(Math.min(number - CURRENT_ROLE, SESSION_VALUES.size() - 1));
                throw readerDependent(name, "\\b" + name + "\\b");
            }
        }
        Set<Long> oids = new TreeSet<>();
        Matcher calls = CALL.matcher(tree);
        while (calls.find()) {
            oids.add(Long.parseLong(calls.group(1)));
        }
        oids.stream().filter(UserObjects::contain).forEach(userDefined::add);
        for (Called called : session.list(CALLED, FunctionUse::called, (Object) oids.toArray(new Long[0]))) {
            judge(called);
        }
    }

    private static Called called(ResultSet row) throws SQLException {
        String[] symbols = (String[]) row.getArray(5).getArray();
        return new Called(
                row.getString(1), row.getString(2).charAt(0), row.getLong(3), row.getInt(4), List.of(symbols));
    }

    private void judge(Called called) {
        String call = called.name() + "()";
        if (called.volatility() == 'v') {
            boolean operator = !called.symbols().isEmpty();
            String what = operator
                    ? "uses the operator " + called.symbols().get(0) + " of the volatile function " + call
                    : "calls the volatile function " + call;
            obstacles.add(Obstacle.of(
                    Refusal.VOLATILE_EXPRESSION,
                    "it " + what + ", which gives another result each time",
                    called.text()));
        } else if (UserObjects.contain(called.oid())) {
            obstacles.add(Obstacle.of(
                    Refusal.VOLATILE_EXPRESSION,
                    "it calls the function " + call + ", which is only STABLE and may read tables",
                    called.text()));
        } else if (CLOCK.contains(called.name()) || AGES.contains(called.oid())) {
            // These have a place in the operator tree.
            return;
        } else if (READER.matcher(called.name()).matches()) {
            throw readerDependent(call, called.text());
        } else if (ambient(called)) {
            obstacles.add(Obstacle.of(
                    Refusal.VOLATILE_EXPRESSION,
                    "it calls " + call + ", whose result depends on the clock, the session or the catalog",
                    called.text()));
        } else {
            stable.add(call);
        }
    }

    private static RefusedException readerDependent(String what, String text) {
        return new RefusedException(Obstacle.of(
                Refusal.READER_DEPENDENT,
                "it reads " + what + ", which is another value for another reader, and the table has one for all",
                text));
    }

    private static boolean ambient(Called called) {
        if (called.name().equals("age")) {
            return called.arguments() == 1;
        }
        return AMBIENT.matcher(called.name()).matches();
    }

    /** The functions that somebody may replace. */
    Set<Long> userDefined() {
        return userDefined;
    }

    /** How many aggregates in subqueries of a query are those of a query around them. */
    static int outerAggregates(String tree) {
        return (int) OUTER_AGGREGATE.matcher(tree).results().count();
    }

    @Nullable
    Obstacle obstacle() {
        return obstacles.isEmpty() ? null : obstacles.get(0);
    }

    List<String> notes() {
        return stable.isEmpty()
                ? List.of()
                : List.of(
                        "These functions are only STABLE; they run in the environment (time zone and the like) that was"
                                + " stored when the stream table was created: " + String.join(", ", stable) + ".");
    }
}
