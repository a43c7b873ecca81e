package io.pgstream.refresh;

/** The delta did not fit the rows that the table has: somebody else has written to it, or a rule is wrong. */
final class DriftException extends Exception {

    private static final long serialVersionUID = 1L;

    DriftException(String message) {
        super(message);
    }
}
