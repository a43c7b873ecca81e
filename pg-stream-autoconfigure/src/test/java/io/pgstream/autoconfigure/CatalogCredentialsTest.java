package io.pgstream.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import org.junit.jupiter.api.Test;

/** Who creates the catalog. */
class CatalogCredentialsTest {

    private final TestDatabase database = TestDatabase.create();

    @Test
    void the_catalog_is_created_by_the_role_that_is_given_for_it() {
        database.execute("CREATE ROLE catalog_owner LOGIN PASSWORD 'catalog'")
                .execute("GRANT CREATE ON DATABASE " + database.name() + " TO catalog_owner");

        ContextRunners.on(database)
                .withPropertyValues(
                        "pg-stream.scheduler.enabled=false",
                        "pg-stream.catalog.user=catalog_owner",
                        "pg-stream.catalog.password=catalog")
                .run(context -> assertThat(context).hasNotFailed());

        assertThat(ownerOf("pgstream")).isEqualTo("catalog_owner");
    }

    @Test
    void the_catalog_is_created_at_the_url_that_is_given_for_it() {
        TestDatabase other = TestDatabase.create();

        ContextRunners.on(other)
                .withPropertyValues("pg-stream.scheduler.enabled=false", "pg-stream.catalog.url=" + database.url())
                .run(context -> assertThat(context).hasNotFailed());

        assertThat(ownerOf("pgstream")).isEqualTo("postgres");
        assertThat(other.sql()
                        .sql("SELECT count(*) FROM pg_namespace WHERE nspname = 'pgstream'")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void a_server_that_cannot_be_reached_is_named_as_such() {
        ContextRunners.withoutDatabase()
                .withPropertyValues(
                        "spring.datasource.url=jdbc:postgresql://localhost:1/unreachable",
                        "spring.datasource.username=nobody",
                        "spring.datasource.hikari.connection-timeout=500")
                .run(context -> {
                    assertThat(context).hasFailed();
                    assertThat(pgStreamFailure(context.getStartupFailure()).code())
                            .isEqualTo(ErrorCode.SERVER_UNAVAILABLE);
                });
    }

    private static PgStreamException pgStreamFailure(Throwable failure) {
        Throwable cause = failure;
        while (cause != null && !(cause instanceof PgStreamException)) {
            cause = cause.getCause();
        }
        assertThat(cause).isInstanceOf(PgStreamException.class);
        return (PgStreamException) cause;
    }

    private String ownerOf(String schema) {
        return database.sql()
                .sql("SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = ?")
                .param(schema)
                .query(String.class)
                .single();
    }
}
