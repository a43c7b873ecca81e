package io.pgstream.test;

import javax.sql.DataSource;

/** A running PostgreSQL server, wherever it runs. */
interface ServerOfTests {

    /** Which kind of server the tests use: {@code embedded} or {@code testcontainers}. */
    String PROPERTY = "pgstream.test.database";

    /** A database, for a superuser. */
    DataSource database(String name);

    int port();

    /** Starts a server of the kind that the property names. */
    static ServerOfTests start(int version) {
        String kind = System.getProperty(PROPERTY, "embedded");
        return switch (kind) {
            case "embedded" -> new EmbeddedServer(version);
            case "testcontainers" -> new ContainerServer(version);
            default ->
                throw new IllegalArgumentException(
                        "The property " + PROPERTY + " is \"" + kind + "\". Use \"embedded\" or \"testcontainers\".");
        };
    }
}
