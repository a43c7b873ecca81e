package io.pgstream;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * Creates, refreshes and manages stream tables. Every method has its own connection and transaction and never joins the
 * caller's; a call that would have to wait for a lock that its caller's transaction holds ends with
 * {@link ErrorCode#LOCK_TIMEOUT}. Names are read by {@link QualifiedName#parse(String)}.
 *
 * @since 0.1.0
 */
public interface StreamTableOperations {

    /**
     * Creates a stream table and loads it.
     *
     * @param definition what to create
     * @return the stream table
     * @throws InvalidDefinitionException if the definition is wrong or the name is taken; nothing is created then
     * @throws UnsupportedQueryException if the query cannot be maintained in the requested mode; nothing is created then
     * @throws RefreshFailedException if the server refused; what the first load could not finish stays
     *     {@link StreamTableStatus#INITIALIZING} and a refresh retries it
     */
    StreamTableInfo create(StreamTableDefinition definition);

    /**
     * Creates several stream tables and loads them, whichever of them read others. They may read each other in a circle if
     * the engine is set to allow that.
     *
     * @param definitions what to create, in any order
     * @return the stream tables, in the order of the definitions
     * @throws InvalidDefinitionException if a definition is wrong, a name is taken, or there may be no such circle; nothing
     *     of the circle is created then
     * @throws UnsupportedQueryException if a query cannot be maintained in the requested mode
     * @throws RefreshFailedException if the server refused, as {@link #create(StreamTableDefinition)} says
     */
    List<StreamTableInfo> createTogether(List<StreamTableDefinition> definitions);

    /**
     * Makes the stream tables of the given definitions exist as defined: creates those that are missing, alters those
     * that differ, and leaves alone those that are the same.
     *
     * @param definitions the definitions, in any order
     * @return the stream tables, in the order of the definitions
     * @throws InvalidDefinitionException if a definition is wrong, two have one name, or they read each other in a circle
     */
    List<StreamTableInfo> synchronize(List<StreamTableDefinition> definitions);

    /**
     * Deals, as the engine is set, with the stream tables that this application has declared once, by
     * {@link #synchronize(List)}, and does not declare now: leaves them, names them in the log, or drops those that
     * nothing reads. Those of other applications, and those made by {@link #create(StreamTableDefinition)}, are never
     * touched.
     *
     * @param definitions all that the application declares now
     * @return the stream tables that were dropped
     */
    List<QualifiedName> retire(List<StreamTableDefinition> definitions);

    /**
     * Changes the query, the schedule or the mode. The table stays, with all that hangs on it; readers see the old rows
     * until the new ones are complete.
     *
     * @param name the stream table
     * @param alteration what to change
     * @return the stream table after the change
     */
    StreamTableInfo alter(String name, StreamTableAlteration alteration);

    /**
     * Drops a stream table with everything that was made for it.
     *
     * @param name the stream table
     * @throws InvalidDefinitionException if there is none, or another stream table reads it
     * @throws RefreshFailedException if a view or another object depends on it
     */
    void drop(String name);

    /**
     * Drops a stream table with all stream tables, views and other objects that depend on it.
     *
     * @param name the stream table
     */
    void dropCascading(String name);

    /**
     * Refreshes a stream table now, whatever its schedule.
     *
     * @param name the stream table
     * @return what the refresh did
     * @throws RefreshFailedException if it failed; the table is as it was
     */
    RefreshResult refresh(String name);

    /**
     * Runs the query and writes every row that differs, whatever the mode and the history say.
     *
     * @param name the stream table
     * @return what the refresh did
     * @throws RefreshFailedException if it failed; the table is as it was
     */
    RefreshResult refreshFully(String name);

    /**
     * Refreshes several stream tables in one transaction, so that all of them are true of one moment of the database. Those
     * that lie between two of them are refreshed with them; those that they read otherwise are read as they are.
     *
     * @param names the stream tables
     * @return what the refreshes did, those that are read before their readers
     * @throws RefreshFailedException if one of them failed; all are as they were
     */
    List<RefreshResult> refreshTogether(Collection<String> names);

    /**
     * Refreshes all stream tables of the database in one transaction, but for those that are suspended or in ERROR.
     *
     * @return what the refreshes did, those that are read before their readers
     * @throws RefreshFailedException if one of them failed; all are as they were
     */
    List<RefreshResult> refreshAll();

    /**
     * Waits until a stream table contains what a transaction has written, refreshing it and the stream tables that it reads
     * where they do not contain it yet. To be called after the commit.
     *
     * @param name the stream table
     * @param token the transaction
     * @param timeout how long to wait
     * @throws RefreshFailedException with {@link ErrorCode#WOULD_WAIT_FOR_CALLER} if the caller's thread took the token and
     *     its transaction is still open, and with {@link ErrorCode#LOCK_TIMEOUT} if the time is over
     */
    void awaitFresh(String name, TransactionToken token, Duration timeout);

    /**
     * Makes a view, named like the stream table with {@code _fresh} behind it, that shows the table with the changes which its
     * next refresh would apply: at each read it equals the query over what the reader's statement sees, also what the reader's
     * own transaction has written. It writes nothing, needs no running application, and may be read by whoever may read the
     * stream table. If the view exists already, it stays.
     *
     * @param name the stream table
     * @return the view
     * @throws InvalidDefinitionException if the view's name is taken
     */
    QualifiedName createFreshView(String name);

    /**
     * Drops the view that {@link #createFreshView(String)} has made, if there is one. Dropping the stream table drops it, too.
     *
     * @param name the stream table
     * @throws RefreshFailedException if another object depends on it
     */
    void dropFreshView(String name);

    /**
     * Pauses the scheduled refreshes of a stream table.
     *
     * @param name the stream table
     */
    void suspend(String name);

    /**
     * Ends a pause, or an {@link StreamTableStatus#ERROR}, and forgets the failures.
     *
     * @param name the stream table
     */
    void resume(String name);

    /** Pauses the scheduled refreshes of all stream tables of the catalog, in all instances, until they are resumed. */
    void pauseAll();

    /** Ends {@link #pauseAll()}; tables that are suspended one by one stay so. */
    void resumeAll();

    /**
     * Pauses all scheduled refreshes, and refreshes every stream table once more, those first that others read: what was
     * captured until now is applied then. A table that fails is left out and has its error in its status.
     *
     * @return what the refreshes did
     */
    List<RefreshResult> drain();

    /**
     * Removes pg-stream from the database: its triggers, buffers, states and catalog. The tables that stream tables read are
     * as they were before. Instances that still run fail afterwards; stop them first.
     *
     * @param tables what becomes of the stream tables
     * @throws InvalidDefinitionException if the catalog holds stream tables that another application has declared
     */
    void uninstall(StreamTableFate tables);

    /**
     * Explains how a stream table is maintained.
     *
     * @param name the stream table
     * @return the explanation
     */
    Explanation explain(String name);

    /**
     * Explains how a query would be maintained, creating nothing.
     *
     * @param query the query
     * @return the explanation
     * @throws InvalidDefinitionException if PostgreSQL does not accept the query
     */
    Explanation explainQuery(String query);

    /**
     * Returns the columns of a query, and of a stream table that has it, creating nothing.
     *
     * @param query the query
     * @return the columns, in order
     * @throws InvalidDefinitionException if PostgreSQL does not accept the query
     */
    List<ResultColumn> columns(String query);

    /**
     * Refreshes a stream table and compares it with its query, both at one snapshot, without writing what differs.
     *
     * @param name the stream table
     * @return what differs
     */
    Verification verify(String name);

    /**
     * Returns a stream table.
     *
     * @param name the stream table
     * @return the stream table
     * @throws InvalidDefinitionException if there is none
     */
    StreamTableInfo get(String name);

    /**
     * Returns all stream tables of the database, in the order of their names.
     *
     * @return the stream tables
     */
    List<StreamTableInfo> list();

    /**
     * Returns the latest refreshes of a stream table, the newest first.
     *
     * @param name the stream table
     * @param limit how many at most
     * @return the refreshes; those that found nothing to do are not kept
     */
    List<RefreshResult> history(String name, int limit);
}
