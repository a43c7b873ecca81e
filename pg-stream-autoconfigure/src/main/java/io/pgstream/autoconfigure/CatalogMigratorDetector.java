package io.pgstream.autoconfigure;

import java.util.Set;
import org.springframework.boot.sql.init.dependency.AbstractBeansOfTypeDatabaseInitializerDetector;
import org.springframework.core.Ordered;

/** Puts the catalog's migration after the application's own initializers: Flyway, Liquibase, scripts. */
final class CatalogMigratorDetector extends AbstractBeansOfTypeDatabaseInitializerDetector {

    private static final int ORDER = Ordered.LOWEST_PRECEDENCE - 40;

    @Override
    protected Set<Class<?>> getDatabaseInitializerBeanTypes() {
        return Set.of(CatalogMigrator.class);
    }

    @Override
    public int getOrder() {
        return ORDER;
    }
}
