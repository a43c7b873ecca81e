package io.pgstream.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshListener;
import io.pgstream.RefreshMode;
import io.pgstream.RefreshResult;
import io.pgstream.Schedule;
import io.pgstream.StreamTableInfo;
import io.pgstream.StreamTableOperations;
import io.pgstream.StreamTableStatus;
import io.pgstream.autoconfigure.actuate.PgStreamMetricsAutoConfiguration;
import io.pgstream.autoconfigure.shop.ShopApplication;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** The whole path: an application declares tables and writes to its own, and the stream tables follow. */
class ShopIntegrationTest {

    private TestDatabase database;

    private ApplicationContextRunner shop;

    @BeforeEach
    void setUp() {
        database = TestDatabase.create();
        shop = ContextRunners.on(database)
                .withUserConfiguration(ShopApplication.class)
                .withPropertyValues(
                        "spring.sql.init.mode=always",
                        "spring.sql.init.schema-locations=classpath:shop/schema.sql",
                        "pg-stream.scheduler-interval=100ms");
    }

    @Test
    void declared_tables_are_there_and_the_clock_keeps_them_fresh() {
        shop.run(context -> {
            assertThat(context.getBean(StreamTableOperations.class).list())
                    .extracting(StreamTableInfo::name)
                    .extracting(QualifiedName::name)
                    .containsExactly("large_orders", "revenue_by_customer");

            database.execute("INSERT INTO orders VALUES (1, 7, 10.50), (2, 7, 4.50), (3, 8, 1.00)");

            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(revenueOf(7)).containsExactly(new BigDecimal("15.00")));
            assertThat(revenueOf(8)).containsExactly(new BigDecimal("1.00"));
        });
    }

    @Test
    void a_table_is_refreshed_on_request_while_the_clock_is_off() {
        shop.withPropertyValues("pg-stream.scheduler.enabled=false").run(context -> {
            StreamTableOperations streamTables = context.getBean(StreamTableOperations.class);
            database.execute("INSERT INTO orders VALUES (1, 7, 2000.00), (2, 7, 4.50)");

            RefreshResult result = streamTables.refresh("large_orders");

            assertThat(result.inserted()).isEqualTo(1);
            assertThat(database.sql()
                            .sql("SELECT id FROM large_orders")
                            .query(Long.class)
                            .list())
                    .containsExactly(1L);
        });
    }

    @Test
    void starting_again_changes_nothing() {
        shop = shop.withPropertyValues("pg-stream.scheduler.enabled=false");
        List<StreamTableInfo> first = new ArrayList<>();
        shop.run(context ->
                first.addAll(context.getBean(StreamTableOperations.class).list()));

        shop.run(context -> assertThat(
                        context.getBean(StreamTableOperations.class).list())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("staleness")
                .isEqualTo(first));
    }

    @Test
    void configuration_overrides_the_schedule_of_a_declaration_and_adds_a_table() {
        shop.withPropertyValues(
                        "pg-stream.scheduler.enabled=false",
                        "pg-stream.tables[0].name=revenue_by_customer",
                        "pg-stream.tables[0].schedule=1h",
                        "pg-stream.tables[1].name=order_count",
                        "pg-stream.tables[1].query=SELECT count(*) AS orders FROM orders",
                        "pg-stream.tables[1].mode=full")
                .run(context -> {
                    StreamTableOperations streamTables = context.getBean(StreamTableOperations.class);

                    assertThat(streamTables.get("revenue_by_customer").schedule())
                            .isEqualTo(new Schedule.Every(Duration.ofHours(1)));
                    assertThat(streamTables.get("revenue_by_customer").query()).contains("sum(amount)");
                    assertThat(streamTables.get("order_count").requestedMode()).isEqualTo(RefreshMode.FULL);
                });
    }

    @Test
    void listeners_and_meters_hear_of_refreshes() {
        List<RefreshResult> heard = Collections.synchronizedList(new ArrayList<>());
        shop.withPropertyValues("pg-stream.scheduler.enabled=false")
                .withConfiguration(AutoConfigurations.of(
                        MetricsAutoConfiguration.class,
                        CompositeMeterRegistryAutoConfiguration.class,
                        SimpleMetricsExportAutoConfiguration.class,
                        PgStreamMetricsAutoConfiguration.class))
                .withBean(RefreshListener.class, () -> new RefreshListener() {

                    @Override
                    public void refreshCompleted(RefreshResult result) {
                        heard.add(result);
                    }
                })
                .run(context -> {
                    database.execute("INSERT INTO orders VALUES (1, 7, 2000.00)");
                    RefreshResult result =
                            context.getBean(StreamTableOperations.class).refresh("large_orders");

                    assertThat(heard).contains(result);
                    assertThat(context.getBean(MeterRegistry.class)
                                    .get("pgstream.refresh")
                                    .tag("table", result.name().toString())
                                    .tag("outcome", "success")
                                    .timers())
                            .isNotEmpty();
                });
    }

    @Test
    void a_broken_definition_is_disabled_and_the_others_are_there() {
        shop.withPropertyValues(
                        "pg-stream.scheduler.enabled=false",
                        "pg-stream.startup.on-invalid-definition=disable",
                        "pg-stream.tables[0].name=broken",
                        "pg-stream.tables[0].query=SELECT nothing FROM nowhere")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean(StreamTableSynchronizer.class).disabled())
                            .hasSize(1)
                            .hasEntrySatisfying(
                                    QualifiedName.parse("broken"),
                                    reason -> assertThat(reason).contains("nowhere"));
                    assertThat(context.getBean(StreamTableOperations.class).list())
                            .hasSize(2)
                            .allSatisfy(table -> assertThat(table.status()).isEqualTo(StreamTableStatus.ACTIVE));
                });
    }

    @Test
    void the_schemas_can_be_renamed() {
        shop.withPropertyValues(
                        "pg-stream.scheduler.enabled=false",
                        "pg-stream.catalog.schema=shop_catalog",
                        "pg-stream.change-buffer-schema=shop_changes",
                        "pg-stream.state-schema=shop_state")
                .run(context -> assertThat(schemas())
                        .contains("shop_catalog", "shop_changes")
                        .noneMatch(schema -> schema.startsWith("pgstream")));
    }

    @Test
    void the_engine_works_on_connections_borrowed_from_the_application() {
        shop.withPropertyValues("pg-stream.scheduler.enabled=false", "pg-stream.dedicated-pool=false")
                .run(context -> assertThat(
                                context.getBean(StreamTableOperations.class).list())
                        .hasSize(2));
    }

    @Test
    void the_engine_connects_to_the_direct_url() {
        shop.withPropertyValues("pg-stream.direct-url=" + database.url() + "?ApplicationName=around_the_pooler")
                .run(context -> assertThat(database.sql()
                                .sql("SELECT count(*) FROM pg_stat_activity WHERE application_name ="
                                        + " 'around_the_pooler'")
                                .query(Long.class)
                                .single())
                        .isPositive());
    }

    private List<BigDecimal> revenueOf(long customerId) {
        return database.sql()
                .sql("SELECT revenue FROM revenue_by_customer WHERE customer_id = ?")
                .param(customerId)
                .query(BigDecimal.class)
                .list();
    }

    private List<String> schemas() {
        return database.sql()
                .sql("SELECT nspname FROM pg_namespace")
                .query(String.class)
                .list();
    }
}
