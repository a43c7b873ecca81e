package io.pgstream.samples.benchmarks;

import java.util.List;

/** The events of Nexmark as rows of three tables; equal numbers are equal events. */
final class NexmarkEvents {

    /** How many events a second of event time has, which has nothing to do with how fast they are written. */
    private static final int EVENTS_PER_SECOND = 10_000;

    private static final int SEED = 20_251_126;

    private static final List<String> INSERTS = Database.statements("/nexmark/events.sql").stream()
            .map(sql -> sql.replace("${seed}", Integer.toString(SEED))
                    .replace("${rate}", Integer.toString(EVENTS_PER_SECOND)))
            .toList();

    private long next;

    /** Makes the schema anew, without events. */
    void createSchema(Database database) {
        database.execute("DROP SCHEMA IF EXISTS " + NexmarkQuery.SCHEMA + " CASCADE");
        database.execute("CREATE SCHEMA " + NexmarkQuery.SCHEMA);
        use(database);
        database.executeAll(Database.statements("/nexmark/schema.sql"));
    }

    /** Makes the names of the statements mean the tables of this schema, on this connection. */
    void use(Database database) {
        database.execute("SET search_path = " + NexmarkQuery.SCHEMA);
    }

    /** Begins again with a number of events. */
    void restart(Database database, long events) {
        database.execute("TRUNCATE person, auction, bid");
        next = 0;
        append(database, events);
        database.execute("VACUUM (ANALYZE) person, auction, bid, side_input");
    }

    /** Commits the next events. */
    void append(Database database, long events) {
        // The driver finds equal texts again, and the server keeps their plans.
        database.inTransaction(() -> INSERTS.forEach(sql -> database.update(sql, next, next + events)));
        next += events;
    }
}
