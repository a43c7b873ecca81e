package io.pgstream.support;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.PgStreamException;
import io.pgstream.RefreshFailedException;
import java.sql.SQLException;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Turns SQLSTATEs into errors that say what to do. The server's primary message is kept; its detail is not, because it
 * can hold data of rows.
 *
 * @since 0.1.0
 */
public final class SqlErrors {

    /** Serialization failure and deadlock: the same transaction succeeds when it is run again. */
    private static final Set<String> RUN_AGAIN = Set.of("40001", "40P01");

    /** Lock not available, shutdown, start-up, too many connections, and cancelled statements. */
    private static final Set<String> TRANSIENT =
            Set.of("55P03", "57014", "57P01", "57P02", "57P03", "53300", "53200", "55006", "25P02", "25P03", "25P04");

    /**
     * What a value or a row is refused for: several rows where one is expected, data exceptions, errors of the user's functions; and values that a domain does not
     * have, and types without an equality or an order, which are met when two values are compared.
     */
    private static final Pattern OF_DATA = Pattern.compile("(21|22|38|39|P0)...|23502|23514|42883");

    private SqlErrors() {}

    /** The SQLSTATE, or an empty text. */
    public static String state(SQLException e) {
        String state = e.getSQLState();
        return (state == null) ? "" : state;
    }

    /** Whether the same transaction is worth running again at once. */
    public static boolean runAgain(SQLException e) {
        return RUN_AGAIN.contains(state(e));
    }

    /** Whether it depends on the rows that are there, so that other rows, or another way to compute them, may do. */
    public static boolean ofData(SQLException e) {
        return OF_DATA.matcher(state(e)).matches();
    }

    /** Whether the connection to the server could not be made or broke. */
    public static boolean unavailable(SQLException e) {
        String state = state(e);
        return state.startsWith("08") || state.equals("57P01") || state.equals("57P02") || state.equals("57P03");
    }

    /** The server's message without detail, hint and context. */
    public static String message(SQLException e) {
        if (e instanceof PSQLException postgres) {
            ServerErrorMessage message = postgres.getServerErrorMessage();
            if (message != null && message.getMessage() != null) {
                return message.getMessage();
            }
        }
        String message = e.getMessage();
        return (message == null) ? e.getClass().getSimpleName() : message;
    }

    /** What the server says depends on an object that was to be dropped; it names objects and holds no rows. */
    public static String dependants(SQLException e) {
        ServerErrorMessage message = (e instanceof PSQLException postgres) ? postgres.getServerErrorMessage() : null;
        String detail = (message == null) ? null : message.getDetail();
        return (detail == null) ? message(e) : detail.replace("\n", "; ");
    }

    /** The position in the statement that the server complains of, from 1, or 0. */
    public static int position(SQLException e) {
        ServerErrorMessage message = (e instanceof PSQLException postgres) ? postgres.getServerErrorMessage() : null;
        return (message == null) ? 0 : message.getPosition();
    }

    /**
     * The error of an operation.
     *
     * @param what what was being done, as the beginning of a sentence
     */
    public static PgStreamException translate(String what, SQLException e) {
        String state = state(e);
        String message = what + ": " + message(e) + (state.isEmpty() ? "" : " (SQLSTATE " + state + ")") + ".";
        if (state.equals("42501")) {
            return new InvalidDefinitionException(
                    ErrorCode.MISSING_PRIVILEGE,
                    message,
                    "Grant the privilege that the message names to the role of pg-stream; the guide lists all it needs.",
                    e);
        }
        if (state.equals("25006")) {
            return failed(
                    ErrorCode.READ_ONLY_SERVER,
                    message,
                    "Connect to the primary: a standby or a read-only session cannot maintain tables.",
                    e,
                    false);
        }
        if (unavailable(e)) {
            return failed(
                    ErrorCode.SERVER_UNAVAILABLE,
                    message,
                    "Check that the server runs and can be reached; pg-stream tries again by itself.",
                    e,
                    true);
        }
        if (state.equals("55P03")) {
            return failed(
                    ErrorCode.LOCK_TIMEOUT,
                    message,
                    "Another transaction holds the lock, perhaps the caller's own: end it and try again.",
                    e,
                    true);
        }
        if (state.equals("42P01") || state.equals("42703") || state.equals("42883") || state.equals("42704")) {
            return failed(
                    ErrorCode.SOURCE_CHANGED,
                    message,
                    "Something that the query reads is gone: alter the stream table's query, or drop the table.",
                    e,
                    false);
        }
        boolean retryable = RUN_AGAIN.contains(state) || TRANSIENT.contains(state);
        return failed(
                ErrorCode.REFRESH_FAILED,
                message,
                retryable ? "pg-stream tries again by itself." : "Mend what the message names and resume the table.",
                e,
                retryable);
    }

    private static RefreshFailedException failed(
            ErrorCode code, String message, String action, SQLException e, boolean retryable) {
        return new RefreshFailedException(code, message, action, nullIfEmpty(state(e)), retryable, e);
    }

    private static @Nullable String nullIfEmpty(String text) {
        return text.isEmpty() ? null : text;
    }
}
