package io.pgstream.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.pgstream.RefreshFailedException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A Spring transaction can wait for the stream tables that show what it has written. */
class ReadYourWritesTest {

    private TestDatabase database;

    private ApplicationContextRunner shop;

    @BeforeEach
    void setUp() {
        database =
                TestDatabase.create().execute("CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint NOT NULL)");
        shop = ContextRunners.on(database)
                .withPropertyValues(
                        "pg-stream.scheduler.enabled=false",
                        "pg-stream.tables[0].name=counts",
                        "pg-stream.tables[0].query=SELECT customer, count(*) AS orders FROM orders GROUP BY customer",
                        "pg-stream.tables[1].name=customers",
                        "pg-stream.tables[1].query=SELECT customer FROM counts WHERE orders > 1");
    }

    @Test
    void the_transaction_ends_when_the_tables_contain_it() {
        shop.run(context -> {
            transaction(context).executeWithoutResult(status -> {
                context.getBean(ReadYourWrites.class).awaitAfterCommit(Duration.ofSeconds(30), "counts", "customers");
                insert(context, "(1, 7), (2, 7)");
                assertThat(customers()).isEmpty();
            });

            assertThat(customers()).containsExactly(7L);
        });
    }

    @Test
    void a_transaction_that_is_rolled_back_waits_for_nothing() {
        shop.run(context -> {
            transaction(context).executeWithoutResult(status -> {
                insert(context, "(1, 7), (2, 7)");
                context.getBean(ReadYourWrites.class).awaitAfterCommit(Duration.ZERO, "counts");
                status.setRollbackOnly();
            });

            assertThat(customers()).isEmpty();
        });
    }

    @Test
    void a_time_that_is_over_is_told_after_the_commit() {
        shop.run(context -> {
            assertThatExceptionOfType(RefreshFailedException.class)
                    .isThrownBy(() -> transaction(context).executeWithoutResult(status -> {
                        insert(context, "(1, 7), (2, 7)");
                        context.getBean(ReadYourWrites.class).awaitAfterCommit(Duration.ZERO, "counts");
                    }));

            assertThat(database.sql()
                            .sql("SELECT count(*) FROM orders")
                            .query(Integer.class)
                            .single())
                    .isEqualTo(2);
        });
    }

    @Test
    void without_a_transaction_there_is_nothing_to_wait_for() {
        shop.run(context -> assertThatIllegalStateException()
                .isThrownBy(
                        () -> context.getBean(ReadYourWrites.class).awaitAfterCommit(Duration.ofSeconds(1), "counts"))
                .withMessageContaining("no transaction"));
    }

    private static TransactionTemplate transaction(ApplicationContext context) {
        return new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
    }

    private static void insert(ApplicationContext context, String rows) {
        context.getBean(JdbcClient.class)
                .sql("INSERT INTO orders VALUES " + rows)
                .update();
    }

    private List<Long> customers() {
        return database.sql()
                .sql("SELECT customer FROM customers")
                .query(Long.class)
                .list();
    }
}
