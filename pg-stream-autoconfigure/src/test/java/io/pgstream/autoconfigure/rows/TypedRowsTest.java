package io.pgstream.autoconfigure.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import io.pgstream.StreamTableOperations;
import io.pgstream.autoconfigure.TestDatabase;
import io.pgstream.autoconfigure.rows.RowsApplication.CustomerRevenue;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A stream table is read as the record that declares it. */
@ExtendWith(OutputCaptureExtension.class)
class TypedRowsTest {

    private final TestDatabase database = TestDatabase.create()
            .execute("CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL, amount numeric(15, 2))");

    @Test
    void a_record_is_read_by_the_jdbc_client_and_by_a_repository() {
        try (ConfigurableApplicationContext application = start()) {
            database.execute("INSERT INTO orders VALUES (1, 7, 10.50), (2, 7, 4.50), (3, 8, 1.00)");
            application.getBean(StreamTableOperations.class).refresh("customer_revenue");
            CustomerRevenue seven = new CustomerRevenue(7, new BigDecimal("15.00"), 2);

            assertThat(application
                            .getBean(JdbcClient.class)
                            .sql("SELECT * FROM customer_revenue WHERE customer_id = 7")
                            .query(CustomerRevenue.class)
                            .single())
                    .isEqualTo(seven);
            assertThat(application
                            .getBean(CustomerRevenues.class)
                            .findByRevenueGreaterThanOrderByCustomerId(new BigDecimal("2")))
                    .containsExactly(seven);
        }
    }

    @Test
    void a_record_that_does_not_fit_the_query_is_shown_beside_it(CapturedOutput output) {
        String query = "SELECT customer_id, sum(amount) AS total FROM orders GROUP BY customer_id";

        assertThatException()
                .isThrownBy(() -> start(
                                "--pg-stream.tables[0].name=customer_revenue", "--pg-stream.tables[0].query=" + query)
                        .close());

        assertThat(output.getOut().lines().map(String::stripTrailing))
                .containsSequence(
                        "    component           column",
                        "    long customerId     customer_id bigint",
                        "    BigDecimal revenue                      the query has no column revenue",
                        "    long orders                             the query has no column orders",
                        "                        total numeric");
        assertThat(output.getOut()).contains("(ROW_TYPE_MISMATCH)", "does not fit the query of the stream table");
        assertThat(database.sql()
                        .sql("SELECT to_regclass('customer_revenue') IS NULL")
                        .query(Boolean.class)
                        .single())
                .as("nothing was made")
                .isTrue();
    }

    @Test
    void with_on_invalid_definition_disable_the_application_starts_without_that_table(CapturedOutput output) {
        start(
                        "--pg-stream.tables[0].name=customer_revenue",
                        "--pg-stream.tables[0].query=SELECT id AS customer_id FROM orders",
                        "--pg-stream.startup.on-invalid-definition=disable")
                .close();

        assertThat(output.getOut()).contains("The stream table customer_revenue is disabled: The record");
    }

    @Test
    void a_record_over_a_stream_table_that_is_still_to_be_made_is_looked_at_afterwards(CapturedOutput output) {
        assertThatException()
                .isThrownBy(() -> start(
                                "--pg-stream.tables[0].name=customer_revenue",
                                "--pg-stream.tables[0].query=SELECT customer_id FROM upstream",
                                "--pg-stream.tables[1].name=upstream",
                                "--pg-stream.tables[1].query=SELECT DISTINCT customer_id FROM orders")
                        .close());

        assertThat(output.getOut()).contains("the query has no column revenue");
    }

    private ConfigurableApplicationContext start(String... arguments) {
        return new SpringApplicationBuilder(RowsApplication.class)
                .web(WebApplicationType.NONE)
                .properties(database.properties())
                .run(arguments);
    }
}
