package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.expr.Column;
import io.pgstream.sql.HandOn;
import io.pgstream.sql.WithClause;
import io.pgstream.support.Session;
import io.pgstream.test.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** All refreshes of a session use the same temporary tables, which keep the rows of refreshes before. */
@ParameterizedClass(name = "known from the opening: {0}")
@ValueSource(booleans = {false, true})
class HandOnTablesTest {

    private static final List<Column> COLUMNS = List.of(new Column(1, "total", ColumnFactory.BIGINT, false, 0));

    private static final HandOn HAND_ON = HandOn.TEMPORARY_TABLES;

    private static final HandOn.Place PLACE = HAND_ON.place("change_1", COLUMNS);

    private final boolean asked;

    private Connection connection;

    private Session session;

    HandOnTablesTest(boolean asked) {
        this.asked = asked;
    }

    @BeforeEach
    void connect() throws SQLException {
        connection = TestServer.current().newDatabase().getConnection();
        connection.setAutoCommit(false);
        session = new Session(connection);
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    /** A refresh up to its commit; returns how many rows it reads of those that were handed on. */
    private long handOn(int rows) throws SQLException {
        tables().provide(session, List.of(PLACE));
        session.execute(HAND_ON.write(
                new WithClause(), PLACE.name(), COLUMNS, "SELECT i, 1 FROM generate_series(1, " + rows + ") AS i"));
        return session.one("SELECT count(*) FROM " + HAND_ON.read(PLACE.name()) + " AS r", row -> row.getLong(1));
    }

    private HandOnTables tables() throws SQLException {
        if (!asked) {
            return HandOnTables.unknown();
        }
        try (Statement statement = connection.createStatement()) {
            List<HandOn.Place> places = List.of(PLACE);
            return HandOnTables.read(places, statement.executeQuery(HandOnTables.asking(places)));
        }
    }

    private long stored() throws SQLException {
        return session.one("SELECT count(*) FROM pg_temp." + PLACE.name(), row -> row.getLong(1));
    }

    @Test
    void rows_of_transactions_before_are_not_read() throws SQLException {
        assertThat(handOn(3)).isEqualTo(3);
        session.commit();
        assertThat(handOn(2)).isEqualTo(2);
        session.commit();
        assertThat(stored()).isEqualTo(5);
        connection.rollback();
        assertThat(handOn(0)).isZero();
    }

    @Test
    void rows_of_the_same_transaction_are_read_behind_a_savepoint_too() throws SQLException {
        tables().provide(session, List.of(PLACE));
        session.execute("SAVEPOINT member");
        assertThat(handOn(3)).isEqualTo(3);
        session.execute("ROLLBACK TO SAVEPOINT member");
        assertThat(handOn(2)).isEqualTo(2);
        session.execute("RELEASE SAVEPOINT member");
        assertThat(handOn(0)).isEqualTo(2);
    }

    @Test
    void many_rows_are_removed_before_the_next_refresh() throws SQLException {
        handOn(20_000);
        session.commit();
        assertThat(handOn(2)).isEqualTo(2);
        assertThat(stored()).isEqualTo(2);
    }

    @Test
    void a_session_that_has_lost_them_gets_them_again() throws SQLException {
        handOn(3);
        session.commit();
        connection.setAutoCommit(true);
        session.execute("DISCARD TEMP");
        connection.setAutoCommit(false);
        assertThat(handOn(2)).isEqualTo(2);
    }
}
