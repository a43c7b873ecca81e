package io.pgstream.samples.quickstart.database;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The embedded server with the application's migrations run, without the application. */
public final class TestDatabase implements AutoCloseable {

    private final EmbeddedServer server;

    private final DataSource dataSource;

    private TestDatabase(EmbeddedServer server) {
        this.server = server;
        this.dataSource = new DriverManagerDataSource(server.getJdbcUrl(), server.getUsername(), server.getPassword());
    }

    public static TestDatabase start(double scale) {
        TestDatabase database = new TestDatabase(new EmbeddedServer());
        database.migrate(scale);
        return database;
    }

    int migrate(double scale) {
        return Flyway.configure()
                .dataSource(dataSource)
                .javaMigrations(new LoadTpchData(scale))
                .load()
                .migrate()
                .migrationsExecuted;
    }

    public DataSource dataSource() {
        return dataSource;
    }

    @Override
    public void close() throws Exception {
        server.close();
    }
}
