package io.pgstream.autoconfigure.documents;

import io.pgstream.StreamTableMonitor;
import io.pgstream.StreamTableOperations;
import io.pgstream.Watermarks;
import io.pgstream.autoconfigure.ReadYourWrites;
import io.pgstream.engine.StreamTableEngine;
import java.math.BigDecimal;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.transaction.support.TransactionTemplate;

/** What snippets take for granted: beans and types of the reader's application. They are compiled and not run. */
abstract class DocumentContext {

    protected StreamTableOperations streamTables;

    protected StreamTableMonitor monitor;

    protected Watermarks watermarks;

    protected StreamTableEngine engine;

    protected ReadYourWrites readYourWrites;

    protected JdbcClient jdbcClient;

    protected JdbcTemplate jdbc;

    protected TransactionTemplate transactions;

    protected TaskScheduler taskScheduler;

    protected DataSource dataSource;

    protected Orders orders;

    protected String query;

    protected final ConcurrentMap<Long, RevenueByCustomer> cache = new ConcurrentHashMap<>();

    /** Rows of the guide's first stream table. */
    protected record RevenueByCustomer(long customerId, BigDecimal revenue, long orders) {}

    /** Rows of the table of the tests. */
    protected record CustomerRevenue(long customerId, BigDecimal revenue, long orders) {}

    /** A row that is written. */
    protected record Order(long id, long customerId, BigDecimal amount) {}

    /** Settings of the application. */
    protected record RegionProperties(List<String> codes) {}

    /** A repository of the application's. */
    protected interface Orders {

        void save(Order order);
    }
}
