package io.pgstream.refresh;

import java.sql.SQLException;

/**
 * At the snapshot of a refresh it turned out that the table has to wait. What the refresh did is rolled back, and it counts
 * as skipped.
 *
 * @since 0.1.0
 */
public final class GateClosedException extends SQLException {

    private static final long serialVersionUID = 1L;

    /** @param reason what the table waits for */
    public GateClosedException(String reason) {
        super(reason);
    }
}
