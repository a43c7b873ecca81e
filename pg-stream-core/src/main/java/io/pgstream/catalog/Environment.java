package io.pgstream.catalog;

import io.pgstream.sql.Identifiers;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The settings that the meaning of a query depends on, as they were when the stream table was defined.
 *
 * @param searchPath for functions that resolve names when they run, and for the operators of types that are not PostgreSQL's own
 * @param timeZone for conversions of points in time
 * @param dateStyle for the text of dates
 * @param intervalStyle for the text of intervals
 * @since 0.1.0
 */
public record Environment(String searchPath, String timeZone, String dateStyle, String intervalStyle) {

    /** Ends the path that a query was defined under; there is no such schema. Behind it are those of operators. */
    private static final String OPERATORS = "pgstream_operators, ";

    /** SELECTs the settings of the session, in the order of the components. */
    public static final String SELECT = "SELECT current_setting('search_path'), current_setting('TimeZone'),"
            + " current_setting('DateStyle'), current_setting('IntervalStyle')";

    /** The same with a path that reaches some schemas as well: their operators, while the text of the query is read without them. */
    public Environment reaching(List<String> schemas) {
        String path = definitionPath();
        List<String> named = Stream.of(path.split(",")).map(String::strip).toList();
        String more = schemas.stream()
                .filter(schema -> !named.contains(schema) && !named.contains(Identifiers.quote(schema)))
                .map(Identifiers::quote)
                .collect(Collectors.joining(", "));
        String whole = more.isEmpty() ? path : (path.isBlank() ? "" : path + ", ") + OPERATORS + more;
        return new Environment(whole, timeZone, dateStyle, intervalStyle);
    }

    /** What the text of the query is read under. */
    public Environment forDefinition() {
        return new Environment(definitionPath(), timeZone, dateStyle, intervalStyle);
    }

    private String definitionPath() {
        int end = searchPath.indexOf(OPERATORS);
        return (end < 0) ? searchPath : searchPath.substring(0, end).replaceAll(", $", "");
    }

    /** Statements that put the settings in force until the end of the transaction, without taking a snapshot. */
    public String setLocal() {
        return "SET LOCAL search_path = " + searchPathItems() + "; SET LOCAL \"TimeZone\" = "
                + Identifiers.literal(timeZone) + "; SET LOCAL \"DateStyle\" = " + Identifiers.literal(dateStyle)
                + "; SET LOCAL \"IntervalStyle\" = " + Identifiers.literal(intervalStyle)
                + "; SET LOCAL extra_float_digits = 1; SET LOCAL row_security = off";
    }

    /** Clauses that put the settings in force inside a function, of which a client's temporary objects are no part. */
    public String functionClauses() {
        return " SET search_path = " + (searchPath.isBlank() ? "" : searchPath + ", ") + "pg_temp SET \"TimeZone\" = "
                + Identifiers.literal(timeZone) + " SET \"DateStyle\" = " + Identifiers.literal(dateStyle)
                + " SET \"IntervalStyle\" = " + Identifiers.literal(intervalStyle)
                + " SET extra_float_digits = 1 SET row_security = off";
    }

    /** The same as {@link #setLocal()} as the columns of a SELECT, for when there may be a snapshot. */
    public String setLocalInSelect() {
        return set("search_path", searchPath) + ", " + set("TimeZone", timeZone) + ", " + set("DateStyle", dateStyle)
                + ", " + set("IntervalStyle", intervalStyle) + ", " + set("extra_float_digits", "1") + ", "
                + set("row_security", "off");
    }

    /** A column that puts a setting in force until the end of the transaction. */
    public static String set(String setting, String value) {
        return "set_config('" + setting + "', " + Identifiers.literal(value) + ", true)";
    }

    /** The setting is already a list of quoted identifiers, but an empty one must be written as ''. */
    private String searchPathItems() {
        return searchPath.isBlank() ? "''" : searchPath;
    }
}
