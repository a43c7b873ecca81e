package io.pgstream.sqlapi;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgstream.engine.StreamTableEngine;
import io.pgstream.request.DeskSettings;
import io.pgstream.request.RequestDesk;
import io.pgstream.test.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.postgresql.util.PSQLException;

/** A database with orders, and short words for what SQL clients do with an engine that may be running. */
abstract class SqlClientTest {

    private final List<RequestDesk> desks = new ArrayList<>();

    final ExecutorService threads = Executors.newCachedThreadPool();

    TestDatabase database;

    @BeforeEach
    void orders() throws SQLException {
        use(TestDatabase.onDefault());
    }

    void use(TestDatabase used) throws SQLException {
        database = used;
        database.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, customer int, amount int)",
                "INSERT INTO orders SELECT i, i % 3, i FROM generate_series(1, 9) AS i");
    }

    @AfterEach
    void stop() {
        desks.forEach(desk -> desk.stop(Duration.ofSeconds(5)));
        threads.shutdownNow();
    }

    RequestDesk open(StreamTableEngine engine, javax.sql.DataSource dataSource, DeskSettings settings)
            throws SQLException {
        String before = database.value("SELECT count(*) FROM pgstream.pgs_engines");
        RequestDesk desk = new RequestDesk(engine, dataSource, settings, List.of());
        desks.add(desk);
        desk.start();
        database.await("SELECT count(*) > " + before + " FROM pgstream.pgs_engines");
        return desk;
    }

    RequestDesk open() throws SQLException {
        return open(database.engine(), database.dataSource(), DeskSettings.defaults());
    }

    String call(String call) throws SQLException {
        return call(database.dataSource(), call);
    }

    static String call(javax.sql.DataSource dataSource, String call) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CALL pgstream." + call);
            try (var row = statement.getResultSet()) {
                row.next();
                return String.valueOf(row.getString(1));
            }
        }
    }

    PSQLException refused(String call) {
        return catchThrowableOfType(PSQLException.class, () -> call(call));
    }

    static String hint(PSQLException e) {
        return String.valueOf(e.getServerErrorMessage().getHint());
    }
}
