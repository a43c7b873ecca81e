package io.pgstream.autoconfigure.page;

import io.pgstream.StreamTableMonitor;
import io.pgstream.StreamTableOperations;
import io.pgstream.autoconfigure.PgStreamAutoConfiguration;
import io.pgstream.autoconfigure.StreamTableSynchronizer;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;

/**
 * Auto-configuration of the page that shows stream tables in a browser. It is off unless {@code pg-stream.page.enabled} says
 * otherwise, and secured by whatever secures the application.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = PgStreamAutoConfiguration.class)
@ConditionalOnWebApplication
@ConditionalOnBooleanProperty("pg-stream.page.enabled")
@ConditionalOnBean({StreamTableOperations.class, StreamTableMonitor.class, StreamTableSynchronizer.class})
@EnableConfigurationProperties(PgStreamPageProperties.class)
@ImportRuntimeHints(PgStreamPageAutoConfiguration.Files.class)
@Import({ServletPageConfiguration.class, ReactivePageConfiguration.class})
public final class PgStreamPageAutoConfiguration {

    PgStreamPageAutoConfiguration() {}

    @Bean
    PageHandler pgStreamPageHandler(
            StreamTableOperations operations,
            StreamTableMonitor monitor,
            StreamTableSynchronizer synchronizer,
            PgStreamPageProperties properties) {
        return new PageHandler(new PageContent(operations, monitor, synchronizer), properties);
    }

    /** The files of the page in a native image. */
    static final class Files implements RuntimeHintsRegistrar {

        @Override
        public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
            hints.resources().registerPattern("io/pgstream/autoconfigure/page/*");
        }
    }
}
