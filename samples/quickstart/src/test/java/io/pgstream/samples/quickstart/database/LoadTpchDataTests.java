package io.pgstream.samples.quickstart.database;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class LoadTpchDataTests {

    private static final double SCALE = 0.01;

    private static TestDatabase database;

    private final JdbcClient jdbc = JdbcClient.create(database.dataSource());

    @BeforeAll
    static void load() {
        database = TestDatabase.start(SCALE);
    }

    @AfterAll
    static void stop() throws Exception {
        database.close();
    }

    @Test
    void loads_as_many_rows_as_the_scale_asks_for() {
        assertThat(count("region")).isEqualTo(5);
        assertThat(count("nation")).isEqualTo(25);
        assertThat(count("part")).isEqualTo(2000);
        assertThat(count("supplier")).isEqualTo(100);
        assertThat(count("partsupp")).isEqualTo(8000);
        assertThat(count("customer")).isEqualTo(1500);
        assertThat(count("orders")).isEqualTo(15000);
        assertThat(count("lineitem")).isEqualTo(60175);
    }

    @Test
    void every_foreign_key_has_an_index_and_every_table_a_primary_key() {
        assertThat(jdbc.sql("""
                                SELECT conrelid::regclass || ' ' || conname
                                  FROM pg_constraint c
                                 WHERE contype = 'f' AND connamespace = 'public'::regnamespace
                                   AND NOT EXISTS (SELECT FROM pg_index i
                                                    WHERE i.indrelid = c.conrelid
                                                      AND (i.indkey::smallint[])[0:cardinality(c.conkey) - 1] = c.conkey)
                                """).query(String.class).list()).isEmpty();
        assertThat(jdbc.sql(
                                "SELECT count(*) FROM pg_constraint WHERE contype = 'p' AND conname <> 'flyway_schema_history_pk'"
                                        + " AND connamespace = 'public'::regnamespace")
                        .query(Integer.class)
                        .single())
                .isEqualTo(8);
    }

    @Test
    void keeps_what_the_load_did_for_the_page() {
        assertThat(jdbc.sql("SELECT scale FROM tpch_load").query(Double.class).single())
                .isEqualTo(SCALE);
        assertThat(jdbc.sql("SELECT rows FROM tpch_load").query(Long.class).single())
                .isEqualTo(86805);
    }

    @Test
    void a_second_start_with_another_scale_loads_nothing() {
        assertThat(database.migrate(2 * SCALE)).isZero();
    }

    @Test
    void the_server_waits_for_the_disk() {
        assertThat(jdbc.sql("SHOW fsync").query(String.class).single()).isEqualTo("on");
        assertThat(jdbc.sql("SHOW synchronous_commit").query(String.class).single())
                .isEqualTo("on");
    }

    private long count(String table) {
        return jdbc.sql("SELECT count(*) FROM " + table).query(Long.class).single();
    }
}
