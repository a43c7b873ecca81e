package io.pgstream.engine;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.RefreshFailedException;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.refresh.RedefinitionNeededException;
import org.jspecify.annotations.Nullable;

/** What refreshes are refused for, with what to do about it. */
final class Refusals {

    private Refusals() {}

    /** Why a refresh cannot put right by itself what it has met, or {@code null} if it can. */
    static @Nullable RefreshFailedException of(StreamTableRow row, RedefinitionNeededException reason, boolean forced) {
        return switch (reason.remedy()) {
            case CONSTRAINT -> failed(row, reason, "Remove it: " + reason.statement() + ".");
            case TARGET ->
                forced
                        ? null
                        : failed(
                                row,
                                reason,
                                "Undo the change; or refresh the table fully, which gives it the columns and rows of its"
                                        + " query again. To change its columns, alter its query.");
            case CAPTURE, DEFINITION -> null;
        };
    }

    private static RefreshFailedException failed(
            StreamTableRow row, RedefinitionNeededException reason, String action) {
        return new RefreshFailedException(
                ErrorCode.TARGET_ALTERED,
                "The refresh of " + row.name() + " failed, because " + reason.getMessage() + ".",
                action,
                null,
                false,
                null);
    }

    static RefreshFailedException cannotFollow(
            StreamTableRow row, RedefinitionNeededException reason, PgStreamException cause) {
        return new RefreshFailedException(
                cause.code() == ErrorCode.ROW_SECURITY ? ErrorCode.ROW_SECURITY : ErrorCode.SOURCE_CHANGED,
                "The refresh of " + row.name() + " failed, because " + withoutServersWords(reason) + ". "
                        + cause.getMessage(),
                cause.code() == ErrorCode.ROW_SECURITY
                        ? cause.action()
                        : "Alter the query of the stream table, or drop the table.",
                null,
                false,
                cause);
    }

    /** What the server said of the query as it is stored; the cause says it of the query as it was written. */
    private static String withoutServersWords(RedefinitionNeededException reason) {
        return String.valueOf(reason.getMessage()).replaceFirst("(?s): PostgreSQL does not accept the query.*", "");
    }
}
