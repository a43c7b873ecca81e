package io.pgstream.synchronous;

import io.pgstream.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;

/** Tables {@code p} and {@code c} and a function {@code waits} in queries of them, which waits as long as somebody holds the gate. */
final class HeldQueries {

    private static final int GATE = 4711;

    private HeldQueries() {}

    static void make(TestDatabase database) throws SQLException {
        database.execute(
                "CREATE TABLE p (id int PRIMARY KEY, g int)",
                "CREATE TABLE c (id int PRIMARY KEY, p_id int, v int)",
                "CREATE FUNCTION waits(v int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM"
                        + " pg_advisory_xact_lock_shared(" + GATE + "); RETURN v; END $$",
                "INSERT INTO p SELECT i, i % 3 FROM generate_series(1, 9) AS i",
                "INSERT INTO c SELECT i, i, i FROM generate_series(1, 9) AS i");
    }

    static void drop(TestDatabase database) throws SQLException {
        database.execute("DROP TABLE p, c", "DROP FUNCTION waits");
    }

    /** Holds the gate until the transaction ends. */
    static void hold(Connection gate) throws SQLException {
        TestDatabase.execute(gate, "SELECT pg_advisory_xact_lock(" + GATE + ")");
    }

    /** Waits until a query waits at the gate. */
    static void awaitQuery(TestDatabase database) throws SQLException {
        database.await("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'advisory' AND objid = "
                + GATE + ")");
    }
}
