package io.pgstream.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.reflection;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.resource;

import io.pgstream.autoconfigure.shop.ShopApplication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.TypeReference;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.core.io.InputStreamSource;
import org.springframework.javapoet.ClassName;

/** What ahead-of-time processing makes of an application with stream tables. */
class AheadOfTimeTest {

    @Test
    void the_declarations_are_written_down_and_not_searched_for_again() throws Exception {
        InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            TestPropertyValues.of("spring.datasource.url=jdbc:postgresql://localhost:1/unreachable")
                    .applyTo(context);
            context.register(
                    ShopApplication.class,
                    DataSourceAutoConfiguration.class,
                    PgStreamAutoConfiguration.class,
                    PgStreamSchedulingAutoConfiguration.class);
            DefaultGenerationContext generation =
                    new DefaultGenerationContext(new ClassNameGenerator(ClassName.get(ShopApplication.class)), files);

            new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
            generation.writeGeneratedContent();
            assertThat(generation.getRuntimeHints())
                    .matches(resource().forResource("io/pgstream/catalog/migration/V1__catalog.sql"))
                    .matches(resource().forResource("shop/sql/large_orders.sql"))
                    .matches(reflection()
                            .onType(TypeReference.of(ShopApplication.class.getName() + "$RevenueByCustomer")));
        }

        StringBuilder sources = new StringBuilder();
        files.getGeneratedFiles(Kind.SOURCE).values().forEach(file -> append(sources, file));
        assertThat(sources)
                .contains("revenue_by_customer", "classpath:shop/sql/large_orders.sql")
                .contains("getPgStreamCatalogMigrator", "getStreamTableEngine")
                .doesNotContain("ClassPathScanningCandidateComponentProvider");
    }

    private static void append(StringBuilder sources, InputStreamSource file) {
        try {
            sources.append(new String(file.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
