package io.pgstream;

import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

/**
 * Watermarks say up to which time loaders have loaded their tables. The clock refreshes a stream table that reads several
 * tables of a group only when their watermarks are aligned; until then it stays at the last aligned moment. Refreshes on
 * request do not wait.
 *
 * @since 0.1.0
 */
public interface Watermarks {

    /**
     * Says that a table is loaded up to a time, in a transaction of its own: after the load has been committed.
     *
     * @param source the table
     * @param watermark the time; the one that is known already changes nothing
     * @throws InvalidDefinitionException if the watermark is already further, or there is no such table
     */
    void advance(String source, Instant watermark);

    /**
     * Says that a table is loaded up to a time, in the transaction that loads it, so that both become visible together.
     *
     * @param connection a connection with the load's transaction
     * @param source the table
     * @param watermark the time; the one that is known already changes nothing
     * @throws InvalidDefinitionException if the watermark is already further, or there is no such table
     */
    void advance(Connection connection, String source, Instant watermark);

    /**
     * Makes a group of tables that belong together, or changes it.
     *
     * @param name the group
     * @param sources at least two tables
     * @param tolerance how far their watermarks may be apart
     */
    void createGroup(String name, Collection<String> sources, Duration tolerance);

    /**
     * Removes a group; what waited for it waits no more.
     *
     * @param name the group
     * @return whether there was one
     */
    boolean dropGroup(String name);
}
