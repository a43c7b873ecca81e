package io.pgstream.engine;

import io.pgstream.PgStreamException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the indexes on the user's tables that small deltas look rows up by, where that is allowed. */
final class SourceIndexes {

    private static final Logger log = LoggerFactory.getLogger(SourceIndexes.class);

    private final Sessions sessions;

    private final Duration lockTimeout;

    SourceIndexes(Sessions sessions, Duration lockTimeout) {
        this.sessions = sessions;
        this.lockTimeout = lockTimeout;
    }

    /** Creates each by itself; one that cannot be had makes refreshes slower, and nothing wrong. */
    void create(List<String> statements) {
        for (String statement : statements) {
            try {
                sessions.work("The statement " + statement + " failed", session -> {
                    session.execute("SET LOCAL lock_timeout = " + lockTimeout.toMillis());
                    session.execute(statement);
                    session.commit();
                    return statement;
                });
                log.info("Created an index for stream tables: {}", statement);
            } catch (PgStreamException e) {
                log.warn("An index for stream tables could not be created, create it by hand: {}", statement, e);
            }
        }
    }
}
