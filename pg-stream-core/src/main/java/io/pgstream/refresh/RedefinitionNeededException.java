package io.pgstream.refresh;

/**
 * What the query reads has changed its definition, so that the stream table must be compiled and loaded again.
 *
 * @since 0.1.0
 */
public final class RedefinitionNeededException extends Exception {

    private static final long serialVersionUID = 1L;

    RedefinitionNeededException(String reason) {
        super(reason);
    }
}
