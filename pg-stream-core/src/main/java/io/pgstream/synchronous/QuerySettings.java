package io.pgstream.synchronous;

import io.pgstream.delta.MaintenancePlan;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Settings that few queries depend on. A refresh has those of the engine's session; the functions of writers get the same, whatever a
 * writer's session says. Each takes a microsecond and a half of every statement, so that only those are set that the text of the query, or a column of
 * its sources, can depend on.
 */
final class QuerySettings {

    private static final String BYTES =
            "bytea|decode\\(|convert_to\\(|sha(224|256|384|512)\\(|send\\(|digest\\(|hmac\\(|crypt\\w*\\(|_bytes\\(";

    /** What a setting is needed for, in the text of a query or of a type. */
    private static final Map<String, Pattern> NEEDED = new TreeMap<>(Map.of(
            "standard_conforming_strings", pattern("\\\\"),
            "transform_null_equals", pattern("=\\s*NULL\\b"),
            "array_nulls", pattern("\\[\\]|array"),
            "bytea_output", pattern(BYTES),
            "xmlbinary", pattern("xml"),
            "xmloption", pattern("xml"),
            "lc_monetary", pattern("money|to_char\\(|to_number\\("),
            "lc_numeric", pattern("to_char\\(|to_number\\("),
            "lc_time", pattern("to_char\\(|to_date\\(|to_timestamp\\("),
            "default_text_search_config", pattern("ts(vector|query|_)|to_ts|@@")));

    private QuerySettings() {}

    private static Pattern pattern(String text) {
        return Pattern.compile(text, Pattern.CASE_INSENSITIVE);
    }

    /** Clauses of a function. */
    static String clauses(Session session, MaintenancePlan plan, String query) throws SQLException {
        StringBuilder text = new StringBuilder(query);
        SynchronousSource.of(plan)
                .forEach(source ->
                        source.types().values().forEach(type -> text.append(' ').append(type.base())));
        List<String> needed = new ArrayList<>();
        NEEDED.forEach((setting, pattern) -> {
            if (pattern.matcher(text).find()) {
                needed.add(setting);
            }
        });
        StringBuilder clauses = new StringBuilder();
        for (List<String> setting : session.list(
                "SELECT name, setting FROM pg_settings WHERE name = ANY (?) ORDER BY name",
                row -> List.of(row.getString(1), row.getString(2)),
                (Object) needed.toArray(new String[0]))) {
            clauses.append(" SET ").append(setting.get(0)).append(" = ").append(Identifiers.literal(setting.get(1)));
        }
        return clauses.toString();
    }
}
