package io.pgstream.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.request.RequestDesk;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;

/** Any application with pg-stream works for SQL clients, unless it says that it does not. */
class PgStreamSqlApiAutoConfigurationTest {

    private final ApplicationContextRunner application = ContextRunners.on(TestDatabase.create());

    @Test
    void an_application_does_what_sql_clients_ask_for() {
        application.run(context -> {
            JdbcTemplate jdbc = new JdbcTemplate(context.getBean(DataSource.class));
            jdbc.execute("CREATE TABLE ticket (id int PRIMARY KEY, open boolean)");
            jdbc.execute("CALL pgstream.create_stream_table('open_tickets', 'SELECT id FROM ticket WHERE open')");
            jdbc.execute("INSERT INTO ticket VALUES (1, true), (2, false)");
            jdbc.execute("CALL pgstream.refresh_stream_table('open_tickets')");
            assertThat(jdbc.queryForList("SELECT id FROM open_tickets", Integer.class))
                    .containsExactly(1);
            jdbc.execute("CALL pgstream.drop_all()");
            jdbc.execute("DROP TABLE ticket");
        });
    }

    @Test
    void a_desk_is_closed_with_its_application() {
        RequestDesk[] desk = new RequestDesk[1];
        application.run(context -> {
            desk[0] = context.getBean(RequestDesk.class);
            assertThat(desk[0].isRunning()).isTrue();
        });
        assertThat(desk[0].isRunning()).isFalse();
    }

    @Test
    void a_property_switches_it_off() {
        application
                .withPropertyValues("pg-stream.sql-api.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(RequestDesk.class));
    }

    @Test
    void thresholds_of_warnings_are_told_to_the_database() {
        application
                .withPropertyValues("pg-stream.buffer-growth-warning=7MB", "pg-stream.default-schedule=90s")
                .run(context -> {
                    JdbcTemplate jdbc = new JdbcTemplate(context.getBean(DataSource.class));
                    jdbc.execute("CALL pgstream.refresh_all()");
                    assertThat(jdbc.queryForList("SELECT value FROM pgstream.pgs_settings ORDER BY name", String.class))
                            .containsExactly("7340032", "1m30s", "1073741824");
                });
    }
}
