package io.pgstream.refresh;

/** The refresh of one of several stream tables ended what all of them share. */
final class MemberException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient PreparedTable table;

    private final Exception reason;

    /** @param reason what the refresh of the table ended with */
    MemberException(PreparedTable table, Exception reason) {
        super(reason);
        this.table = table;
        this.reason = reason;
    }

    PreparedTable table() {
        return table;
    }

    Exception reason() {
        return reason;
    }
}
