package io.pgstream.refresh;

/** A delta took too long beside a full refresh, and was given up. Nothing has been committed, and what refreshes cost is known better now. */
final class TooDearException extends UnsureException {

    private static final long serialVersionUID = 1L;

    TooDearException(Throwable cause) {
        super(cause);
    }

    @Override
    void remember(PreparedTable table) {
        table.giveUpDelta();
    }
}
