package io.pgstream.refresh;

/** Another instance, or another thread, is refreshing the table. */
final class LockedElsewhereException extends Exception {

    private static final long serialVersionUID = 1L;

    LockedElsewhereException(Throwable cause) {
        super(cause);
    }
}
