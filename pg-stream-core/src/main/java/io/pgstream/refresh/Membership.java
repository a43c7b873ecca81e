package io.pgstream.refresh;

import io.pgstream.catalog.FrontierRow;
import java.sql.SQLException;

/** What a refresh shares with others that run in its transaction. */
interface Membership {

    /** A refresh that has its transaction for itself. */
    Membership ALONE = new Single(false);

    /** The only refresh of a transaction that goes on after it. */
    Membership WITHIN = new Single(true);

    /** A refresh that has nothing to agree on with others. */
    record Single(boolean shared) implements Membership {

        @Override
        public FrontierRow read(FrontierRow read) {
            return read;
        }

        @Override
        public void write(FrontierRow read) {}

        @Override
        public FrontierRow upTo(FrontierRow read) {
            return read;
        }
    }

    /** Whether the transaction goes on after the refresh, and its end is somebody else's affair. */
    boolean shared();

    /** What the refresh has read, with the time of the snapshot. */
    FrontierRow read(FrontierRow read);

    /** Says that the refresh will write. */
    void write(FrontierRow read) throws SQLException;

    /** What the refresh has read, with the snapshot that its table equals its query at as the new frontier. */
    FrontierRow upTo(FrontierRow read);
}
