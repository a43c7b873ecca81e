package io.pgstream.refresh;

/** A quick program met a case that it leaves to the careful one. Nothing has been committed. */
class UnsureException extends Exception {

    private static final long serialVersionUID = 1L;

    UnsureException(Throwable cause) {
        super(cause);
    }

    UnsureException() {
        super("the quick program is unsure");
    }

    /** Has the next refresh go another way. */
    void remember(PreparedTable table) {
        table.beCareful();
    }
}
