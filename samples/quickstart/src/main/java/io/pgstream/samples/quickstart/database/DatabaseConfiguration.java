package io.pgstream.samples.quickstart.database;

import io.pgstream.samples.quickstart.QuickstartProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {

    /** As connection details it takes the place of {@code spring.datasource.url} and outlives every connection pool. */
    @Bean
    @Conditional(NoDatabaseUrl.class)
    EmbeddedServer embeddedServer() {
        return new EmbeddedServer();
    }

    @Bean
    LoadTpchData loadTpchData(QuickstartProperties properties) {
        return new LoadTpchData(properties.scale());
    }

    @Bean
    DatabaseInspector databaseInspector(JdbcClient jdbc, ObjectProvider<EmbeddedServer> embeddedServer) {
        return new DatabaseInspector(jdbc, embeddedServer.getIfAvailable() != null);
    }
}
