package io.pgstream.request;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.RefreshFailedException;
import io.pgstream.support.SqlErrors;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * An error as a procedure raises it.
 *
 * @param state the SQLSTATE
 * @param message what, where and why
 * @param detail the stable code of pg-stream
 * @param hint what to do
 */
record SqlFailure(String state, String message, String detail, String hint) {

    private static final String INTERNAL = "XX000";

    private static final Map<ErrorCode, String> STATES = Map.ofEntries(
            Map.entry(ErrorCode.INVALID_NAME, "42602"),
            Map.entry(ErrorCode.INVALID_SCHEDULE, "22023"),
            Map.entry(ErrorCode.INVALID_OPTION, "22023"),
            Map.entry(ErrorCode.INVALID_QUERY, "42601"),
            Map.entry(ErrorCode.DUPLICATE_DEFINITION, "42P07"),
            Map.entry(ErrorCode.NAME_TAKEN, "42P07"),
            Map.entry(ErrorCode.NOT_FOUND, "42P01"),
            Map.entry(ErrorCode.DEPENDENCY_CYCLE, "42P19"),
            Map.entry(ErrorCode.CYCLE_NOT_MONOTONE, "42P19"),
            Map.entry(ErrorCode.NO_FIXED_POINT, "55000"),
            Map.entry(ErrorCode.HAS_DEPENDANTS, "2BP01"),
            Map.entry(ErrorCode.MISSING_PRIVILEGE, "42501"),
            Map.entry(ErrorCode.READ_ONLY_SERVER, "25006"),
            Map.entry(ErrorCode.LOCK_TIMEOUT, "55P03"),
            Map.entry(ErrorCode.SOURCE_CHANGED, "55000"),
            Map.entry(ErrorCode.TARGET_ALTERED, "55000"),
            Map.entry(ErrorCode.DEFINITION_CHANGED, "55000"),
            Map.entry(ErrorCode.REFRESH_FAILED, "55000"),
            Map.entry(ErrorCode.SERVER_UNAVAILABLE, "58000"),
            Map.entry(ErrorCode.BUG, INTERNAL));

    /** What is refused in a query, under whatever code, is a feature that is not supported. */
    private static final String NOT_SUPPORTED = "0A000";

    static SqlFailure of(PgStreamException e) {
        return new SqlFailure(
                state(e), String.valueOf(e.getMessage()), "pg-stream: " + e.code(), Objects.toString(e.action(), ""));
    }

    private static String state(PgStreamException e) {
        String state = (e instanceof RefreshFailedException refresh) ? refresh.sqlState() : null;
        for (Throwable cause = e.getCause(); state == null && cause != null; cause = cause.getCause()) {
            state = (cause instanceof SQLException sql) ? sql.getSQLState() : null;
        }
        boolean usable = state != null && state.matches("[0-9A-Z]{5}") && !state.startsWith("0");
        return usable ? String.valueOf(state) : STATES.getOrDefault(e.code(), NOT_SUPPORTED);
    }

    /** An error of a statement of our own about what the caller has said. */
    static SqlFailure of(SQLException e) {
        ServerErrorMessage message = (e instanceof PSQLException postgres) ? postgres.getServerErrorMessage() : null;
        String state = SqlErrors.state(e);
        return new SqlFailure(
                state.length() == 5 ? state : "58000",
                SqlErrors.message(e),
                "",
                (message == null) ? "" : Objects.toString(message.getHint(), ""));
    }

    /** Something that nobody has thought of; its text may hold anything, so it goes to the log only. */
    static SqlFailure unexpected(RuntimeException e) {
        return new SqlFailure(
                INTERNAL,
                "The engine failed unexpectedly: " + e.getClass().getSimpleName(),
                "pg-stream: " + ErrorCode.BUG,
                "Please report it with what the log of the application says.");
    }
}
