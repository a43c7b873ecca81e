package io.pgstream.resolve;

import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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

    private static final long FIRST_USER_OID = 16384;

    /** Stable functions whose result depends on the clock, the session or the catalog, not on their arguments. */
    private static final Pattern AMBIENT = Pattern.compile(
            "age|current_.*|session_user|pg_.*|has_.*|inet_.*|txid_.*|.*_to_xml.*|.*_description|to_reg.*"
                    + "|row_security_active|getdatabaseencoding|version|lastval|currval");

    /** What is understood: its value is the time of the refresh. */
    private static final Set<String> CLOCK = Set.of("now", "transaction_timestamp", "statement_timestamp");

    private final Session session;

    private final List<String> obstacles = new ArrayList<>();

    private final Set<String> stable = new LinkedHashSet<>();

    private final Set<Long> userDefined = new TreeSet<>();

    FunctionUse(Session session) {
        this.session = session;
    }

    private record Called(String name, char volatility, long oid, int arguments) {}

    /** Looks at the stored tree of a view. */
    void add(String tree) throws SQLException {
        Matcher values = VALUE_FUNCTION.matcher(tree);
        while (values.find()) {
            if (Integer.parseInt(values.group(1)) >= CURRENT_ROLE) {
                obstacles.add("it reads the session (current_user, current_schema or a like)");
            }
        }
        Set<Long> oids = new TreeSet<>();
        Matcher calls = CALL.matcher(tree);
        while (calls.find()) {
            oids.add(Long.parseLong(calls.group(1)));
        }
        oids.stream().filter(oid -> oid >= FIRST_USER_OID).forEach(userDefined::add);
        for (Called called : session.list(
                "SELECT proname, provolatile, oid::bigint, pronargs FROM pg_proc"
                        + " WHERE oid = ANY (?::bigint[]::oid[]) AND provolatile <> 'i' ORDER BY proname, oid",
                row -> new Called(row.getString(1), row.getString(2).charAt(0), row.getLong(3), row.getInt(4)),
                (Object) oids.toArray(new Long[0]))) {
            judge(called);
        }
    }

    private void judge(Called called) {
        String call = called.name() + "()";
        if (called.volatility() == 'v') {
            obstacles.add("it calls the volatile function " + call);
        } else if (called.oid() >= FIRST_USER_OID) {
            obstacles.add("it calls the function " + call + ", which is only STABLE and may read tables");
        } else if (CLOCK.contains(called.name())) {
            // These have a place in the operator tree.
            return;
        } else if (ambient(called)) {
            obstacles.add("it calls " + call + ", whose result depends on the clock, the session or the catalog");
        } else {
            stable.add(call);
        }
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

    @Nullable
    String obstacle() {
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
