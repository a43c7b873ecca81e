package io.pgstream.autoconfigure;

import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.StreamTableEngine;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.beans.factory.InitializingBean;

/**
 * Creates and upgrades the catalog, among the initializers of the database. It has an engine of its own and takes a
 * plain data source: the application's engine, like every {@code JdbcTemplate}, waits for the initializers, and a bean
 * that waits for itself is a cycle.
 */
final class CatalogMigrator implements InitializingBean {

    private final DataSource dataSource;

    private final EngineSettings settings;

    CatalogMigrator(DataSource dataSource, EngineSettings settings) {
        this.dataSource = dataSource;
        this.settings = settings;
    }

    @Override
    public void afterPropertiesSet() {
        new StreamTableEngine(dataSource, settings, List.of()).migrate();
    }
}
