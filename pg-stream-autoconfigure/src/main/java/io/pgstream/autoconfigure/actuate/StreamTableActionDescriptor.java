package io.pgstream.autoconfigure.actuate;

import io.pgstream.StreamTableStatus;
import io.pgstream.Verification;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the endpoint did with a stream table.
 *
 * @param name the stream table
 * @param action what was asked for
 * @param status the state of its life afterwards
 * @param refresh the refresh, if there was one
 * @param verification what a comparison with the query has found, if there was one
 * @since 0.1.0
 */
public record StreamTableActionDescriptor(
        String name,
        StreamTableAction action,
        StreamTableStatus status,
        @Nullable RefreshDescriptor refresh,
        @Nullable Comparison verification) {

    /**
     * A stream table compared with its query.
     *
     * @param equal whether nothing is missing and nothing unexpected
     * @param rows how many of its rows were compared
     * @param missing how many rows of the query it lacks
     * @param unexpected how many rows it has that the query does not
     * @param verifiedAt when, by the server's clock
     */
    public record Comparison(boolean equal, long rows, long missing, long unexpected, Instant verifiedAt) {

        static Comparison of(Verification verification) {
            return new Comparison(
                    verification.equal(),
                    verification.rows(),
                    verification.missing(),
                    verification.unexpected(),
                    verification.verifiedAt());
        }
    }
}
