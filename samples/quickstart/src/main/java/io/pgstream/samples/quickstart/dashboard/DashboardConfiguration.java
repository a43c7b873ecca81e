package io.pgstream.samples.quickstart.dashboard;

import io.pgstream.StreamTableOperations;
import io.pgstream.samples.quickstart.QuickstartProperties;
import io.pgstream.samples.quickstart.database.DatabaseInspector;
import io.pgstream.samples.quickstart.workload.Workload;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@Configuration(proxyBeanMethods = false)
class DashboardConfiguration {

    @Bean
    RefreshLog refreshLog() {
        return new RefreshLog();
    }

    @Bean
    RecomputeMeter recomputeMeter(
            StreamTableOperations streamTables,
            JdbcOperations jdbc,
            PlatformTransactionManager transactionManager,
            QuickstartProperties properties) {
        TransactionTemplate readOnly = new TransactionTemplate(transactionManager);
        readOnly.setReadOnly(true);
        return new RecomputeMeter(streamTables, jdbc, readOnly, properties.recomputeInterval());
    }

    @Bean
    Dashboard dashboard(
            StreamTableOperations streamTables,
            RefreshLog refreshLog,
            RecomputeMeter recomputeMeter,
            JdbcOperations jdbc,
            Workload workload,
            DatabaseInspector databaseInspector) {
        return new Dashboard(
                streamTables, refreshLog, recomputeMeter, new RowReader(jdbc), workload, databaseInspector);
    }

    @Bean
    SnapshotPublisher snapshotPublisher(Dashboard dashboard) {
        return new SnapshotPublisher(dashboard);
    }
}
