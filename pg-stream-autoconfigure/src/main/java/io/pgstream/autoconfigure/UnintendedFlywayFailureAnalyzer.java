package io.pgstream.autoconfigure;

import java.io.IOException;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * Explains why Flyway runs in an application that has no migrations. pg-stream brings Flyway's library; an application
 * that has every auto-configuration, as one on {@code spring-boot-starter-classic}, then migrates its own schema with it.
 */
final class UnintendedFlywayFailureAnalyzer extends AbstractFailureAnalyzer<FlywayException> {

    private static final String DEFAULT_LOCATION = "classpath*:db/migration/**/*.*";

    private final Environment environment;

    UnintendedFlywayFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, FlywayException cause) {
        if (cause.getErrorCode() != CoreErrorCode.NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE || hasMigrations()) {
            return null;
        }
        return new FailureAnalysis(
                "Flyway migrates the schema of this application, which is not empty and which Flyway does not know,"
                        + " although the application has no migrations. Flyway is on the class path because pg-stream"
                        + " maintains its own catalog with it, and the auto-configuration of Flyway (for example in"
                        + " spring-boot-starter-classic) applies it to the application too.",
                "Set spring.flyway.enabled=false; pg-stream does not need it. If the application is to use Flyway from"
                        + " now on, set spring.flyway.baseline-on-migrate=true instead.",
                cause);
    }

    private boolean hasMigrations() {
        if (environment.containsProperty("spring.flyway.locations")) {
            return true;
        }
        try {
            return new PathMatchingResourcePatternResolver().getResources(DEFAULT_LOCATION).length > 0;
        } catch (IOException e) {
            return true;
        }
    }
}
