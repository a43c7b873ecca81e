package io.pgstream.test;

import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** A PostgreSQL server in a container. */
final class ContainerServer implements ServerOfTests {

    private static final int PORT = 5432;

    private final PostgreSQLContainer container;

    ContainerServer(int version) {
        this.container = new PostgreSQLContainer(image(version))
                .withUsername("postgres")
                .withCommand(
                        "postgres",
                        "-c",
                        "max_connections=200",
                        "-c",
                        "max_prepared_transactions=20",
                        "-c",
                        "wal_level=logical",
                        "-c",
                        "fsync=off",
                        "-c",
                        "synchronous_commit=off");
        try {
            container.start();
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    "The tests were told to use Testcontainers (-Dpgstream.test.database=testcontainers), and the container "
                            + image(version)
                            + " does not start. Start Docker, or leave the property out: the tests then use the embedded"
                            + " servers that the build copies.",
                    e);
        }
    }

    static String image(int version) {
        return "postgres:" + version;
    }

    @Override
    public DataSource database(String name) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setServerNames(new String[] {container.getHost()});
        dataSource.setPortNumbers(new int[] {port()});
        dataSource.setDatabaseName(name);
        dataSource.setUser(container.getUsername());
        dataSource.setPassword(container.getPassword());
        return dataSource;
    }

    @Override
    public int port() {
        return container.getMappedPort(PORT);
    }
}
