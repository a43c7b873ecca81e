package io.pgstream.support;

/**
 * How soon the server notices that the instance it works for is gone. Left to itself it looks for its client only when a
 * statement has ended, which a full refresh of a large table may do in an hour, and hears of a machine that has vanished
 * after two hours; until then it keeps all locks.
 *
 * @since 0.1.0
 */
public final class LostClients {

    /**
     * Settings of the transaction, as columns of a SELECT. Not every platform can tell while a statement runs; on one that
     * cannot, it is an error to ask for it. An instance that is there and does not go on, because its machine is stopped, is given half
     * a minute.
     */
    public static final String NOTICED = "CASE WHEN version() ~ '(linux|darwin|bsd)' THEN"
            + " set_config('client_connection_check_interval', '2s', true) END,"
            + " set_config('tcp_keepalives_idle', '10', true), set_config('tcp_keepalives_interval', '5', true),"
            + " set_config('tcp_keepalives_count', '3', true),"
            + " set_config('idle_in_transaction_session_timeout', '30s', true)";

    private LostClients() {}
}
