package io.pgstream.autoconfigure;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.Schedule;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Checks of single settings. They end with an exception of pg-stream's own, so that the failure analyzer can say what to
 * do; Bean Validation would need a further dependency of the application.
 */
final class SettingChecks {

    private static final String PREFIX = "pg-stream.";

    private static final Pattern SCHEMA_NAME = Pattern.compile("(?!pg_)[a-z_][a-z0-9_$]{0,62}");

    private SettingChecks() {}

    static void inRange(String setting, long value, long least, long most) {
        if (value < least || value > most) {
            throw outOfRange(setting, value, least, most);
        }
    }

    static void inRange(String setting, double value, long least, long most) {
        if (!(value >= least && value <= most)) {
            throw outOfRange(setting, value, least, most);
        }
    }

    static void inRange(String setting, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw outOfRange(setting, text(value), text(least), text(most));
        }
    }

    static void schemaName(String setting, String value) {
        if (!SCHEMA_NAME.matcher(value).matches()) {
            throw invalid(
                    setting,
                    value,
                    "a schema of pg-stream has lower-case letters, digits, underscores and dollar signs, at most 63, and"
                            + " does not start with a digit or pg_",
                    "Set " + PREFIX + setting + " to a name such as pgstream_orders.");
        }
    }

    static Schedule schedule(String setting, String value) {
        try {
            return Schedule.parse(value);
        } catch (InvalidDefinitionException e) {
            throw new InvalidDefinitionException(e.code(), PREFIX + setting + ": " + e.getMessage(), e.action(), e);
        }
    }

    /** Drivers that wrap the one of PostgreSQL are let through. The value is not shown: it may hold credentials. */
    static void postgresUrl(String setting, String value) {
        if (!value.startsWith("jdbc:") || !value.contains("postgresql:")) {
            throw new InvalidDefinitionException(
                    ErrorCode.INVALID_OPTION,
                    PREFIX + setting + " is not the JDBC URL of a PostgreSQL server.",
                    "Set it to a URL such as jdbc:postgresql://host:5432/database.");
        }
    }

    static InvalidDefinitionException invalid(String setting, Object value, String why, String action) {
        return new InvalidDefinitionException(
                ErrorCode.INVALID_OPTION, PREFIX + setting + " is '" + value + "': " + why + ".", action);
    }

    private static InvalidDefinitionException outOfRange(String setting, Object value, Object least, Object most) {
        return invalid(
                setting,
                value,
                "it has to be between " + least + " and " + most,
                "Set " + PREFIX + setting + " to a value from " + least + " to " + most + ".");
    }

    private static String text(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        return (duration.toMillis() % 1000 == 0) ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }
}
