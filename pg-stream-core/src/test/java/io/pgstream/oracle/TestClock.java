package io.pgstream.oracle;

import java.util.List;
import java.util.Map;

/** A clock that stands still until a test moves it, in either direction, for the engine and for the query to compare with. */
final class TestClock {

    private static final String PROPERTY = "pgstream.test.clock";

    private static final String NOW = "o.test_clock()";

    /** The longer names first, where one begins with another. */
    private static final Map<String, String> TYPES = Map.of(
            "CURRENT_DATE", "date",
            "CURRENT_TIME", "timetz",
            "CURRENT_TIMESTAMP", "timestamptz",
            "LOCALTIME", "time",
            "LOCALTIMESTAMP", "timestamp");

    private TestClock() {}

    /** What makes the clock, and the time that it starts at. */
    static List<String> setup(String start) {
        return List.of(
                "CREATE TABLE test_clock (at timestamptz NOT NULL)",
                "INSERT INTO test_clock VALUES (" + start + ")",
                "CREATE FUNCTION o.test_clock() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT at FROM o.test_clock'");
    }

    /** Moves the clock. */
    static String move(String interval) {
        return "UPDATE test_clock SET at = at + interval '" + interval + "'";
    }

    static void use() {
        System.setProperty(PROPERTY, NOW);
    }

    static void stop() {
        System.clearProperty(PROPERTY);
    }

    static boolean used() {
        return System.getProperty(PROPERTY) != null;
    }

    /** A query with the clock in the place of the server's. */
    static String in(String query) {
        if (!used()) {
            return query;
        }
        String result = query.replaceAll("\\bage\\((\\w+)\\)", "age(CURRENT_DATE, $1)")
                .replaceAll("\\b(now|transaction_timestamp|statement_timestamp)\\(\\)", NOW);
        for (Map.Entry<String, String> type : TYPES.entrySet()) {
            result = result.replaceAll(
                    "(?i)\\b" + type.getKey() + "(\\(\\d\\))?(?![a-z_])", "(" + NOW + "::" + type.getValue() + "$1)");
        }
        return result;
    }
}
