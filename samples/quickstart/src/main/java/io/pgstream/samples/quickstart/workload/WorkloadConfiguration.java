package io.pgstream.samples.quickstart.workload;

import io.pgstream.samples.quickstart.QuickstartProperties;
import java.util.Random;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

@Configuration(proxyBeanMethods = false)
class WorkloadConfiguration {

    @Bean
    OrderEntry orderEntry(JdbcClient jdbc, TransactionOperations transactions) {
        return new OrderEntry(jdbc, transactions, new Random());
    }

    @Bean
    Workload workload(OrderEntry orderEntry, QuickstartProperties properties) {
        return new Workload(orderEntry::runOne, properties.writers(), properties.rate(), properties.maximumRate());
    }
}
