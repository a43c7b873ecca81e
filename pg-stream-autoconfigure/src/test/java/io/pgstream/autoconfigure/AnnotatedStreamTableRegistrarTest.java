package io.pgstream.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.DiamondConsistency;
import io.pgstream.DiamondPolicy;
import io.pgstream.QualifiedName;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTableDefinition;
import io.pgstream.autoconfigure.example.ExampleApplication;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.PropertySourcesPlaceholderConfigurer;
import org.springframework.core.io.ResourceLoader;

class AnnotatedStreamTableRegistrarTest {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withUserConfiguration(ExampleApplication.class, ScanConfiguration.class)
            .withBean(PropertySourcesPlaceholderConfigurer.class);

    @Test
    void finds_annotated_records_and_nested_interfaces_of_the_application() {
        application.run(context -> assertThat(definitions(context.getBean(StreamTableDefinitions.class)))
                .containsExactlyInAnyOrder(
                        StreamTableDefinition.of(
                                        "daily_sales",
                                        "SELECT sold_on, sum(amount) AS amount FROM sales GROUP BY sold_on")
                                .withSchedule("30s"),
                        new StreamTableDefinition(
                                new QualifiedName("reporting", "Top"),
                                "SELECT name FROM products ORDER BY sold DESC LIMIT 10\n",
                                StreamTableDefinition.of("a", "SELECT 1").schedule(),
                                RefreshMode.FULL,
                                DiamondConsistency.NONE,
                                DiamondPolicy.SLOWEST)));
    }

    @Test
    void honours_conditions_on_the_annotated_type() {
        application
                .withInitializer(context -> context.getEnvironment().addActiveProfile("reporting"))
                .run(context -> assertThat(definitions(context.getBean(StreamTableDefinitions.class)))
                        .extracting(definition -> definition.name().toString())
                        .contains("only_for_reporting"));
    }

    @Test
    void resolves_placeholders_in_the_annotation() {
        application
                .withPropertyValues("example.schedule=2h")
                .run(context -> assertThat(definitions(context.getBean(StreamTableDefinitions.class)))
                        .extracting(definition -> definition.schedule().text())
                        .contains("2h"));
    }

    @Test
    void makes_no_beans_of_the_annotated_types() {
        application.run(
                context -> assertThat(context.getBeanNamesForType(Record.class)).isEmpty());
    }

    @Test
    void finds_nothing_where_the_application_has_no_packages() {
        new ApplicationContextRunner()
                .withUserConfiguration(ScanConfiguration.class)
                .run(context -> assertThat(definitions(context.getBean(StreamTableDefinitions.class)))
                        .isEmpty());
    }

    @Test
    void registers_the_annotations_as_bean_definitions_that_ahead_of_time_processing_can_write_down() {
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            context.register(ExampleApplication.class, ScanConfiguration.class);
            context.refreshForAotProcessing(new RuntimeHints());

            assertThat(context.getBeanNamesForType(AnnotatedStreamTable.class)).hasSize(2);
            assertThat(context.getBeanFactory()
                            .getBeanDefinition(context.getBeanNamesForType(AnnotatedStreamTable.class)[0])
                            .getConstructorArgumentValues()
                            .getIndexedArgumentValues()
                            .values())
                    .allSatisfy(argument -> assertThat(argument.getValue()).isInstanceOf(String.class));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "com.example.RevenueByCustomer, revenue_by_customer",
        "com.example.Reports$TopTen, top_ten",
        "com.example.SQLStatistics, sql_statistics",
        "com.example.Q4Sales, q4_sales",
        "com.example.Umsätze, umsätze",
        "Sales, sales",
    })
    void names_a_table_after_its_type_in_snake_case(String className, String name) {
        assertThat(AnnotatedStreamTableRegistrar.snakeCase(className)).isEqualTo(name);
    }

    private static List<StreamTableDefinition> definitions(StreamTableDefinitions definitions) {
        return definitions.collect();
    }

    @Configuration(proxyBeanMethods = false)
    @Import(AnnotatedStreamTableRegistrar.class)
    static class ScanConfiguration {

        @Bean
        StreamTableDefinitions definitions(
                ObjectProvider<AnnotatedStreamTable> annotated, ResourceLoader resourceLoader) {
            return new StreamTableDefinitions(annotated.stream().toList(), Map.of(), List.of(), resourceLoader);
        }
    }
}
