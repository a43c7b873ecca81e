package io.pgstream;

/**
 * Is told of alerts, one after the other, on a thread that does nothing else. An exception that it throws is logged and goes
 * no further.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface StreamTableAlertListener {

    /**
     * Something has happened.
     *
     * @param alert what
     */
    void alerted(StreamTableAlert alert);
}
