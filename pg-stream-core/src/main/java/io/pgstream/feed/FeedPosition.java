package io.pgstream.feed;

import io.pgstream.StreamTableChanges.Reset;
import org.jspecify.annotations.Nullable;

/**
 * How far a listener has heard.
 *
 * @param tableId the stream table
 * @param heard every transaction that is visible in this snapshot has been delivered
 * @param beyond further delivered transactions, as an array of the server's
 * @param shape what the delivered changes were true of
 * @param reset why the table has to be read again
 * @param failures how often the listener has failed in a row
 * @param currentShape what the log is true of now; {@code null} if it is not complete
 * @param now the snapshot in which all of this was read
 * @param unseen whether it should be noted again that the listener is there
 */
record FeedPosition(
        long tableId,
        String heard,
        String beyond,
        @Nullable String shape,
        @Nullable Reset reset,
        int failures,
        @Nullable String currentShape,
        String now,
        boolean unseen) {

    /** Why the changes in the log do not tell what the listener has missed. */
    @Nullable
    Reset pendingReset() {
        if (reset != null) {
            return reset;
        }
        return (currentShape != null && currentShape.equals(shape)) ? null : Reset.TABLE_REPLACED;
    }
}
