package io.pgstream.autoconfigure;

import java.io.Closeable;
import java.io.IOException;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;

/**
 * The connections of the engine. The pool behind them is deliberately no bean of type {@link DataSource}: as one it
 * would appear in the application's health and meters, and in whatever else collects all data sources.
 */
final class EngineConnections implements DisposableBean {

    private static final Logger logger = LoggerFactory.getLogger(EngineConnections.class);

    private final DataSource dataSource;

    private final boolean owned;

    private EngineConnections(DataSource dataSource, boolean owned) {
        this.dataSource = dataSource;
        this.owned = owned;
    }

    static EngineConnections owned(DataSource pool) {
        return new EngineConnections(pool, true);
    }

    static EngineConnections shared(DataSource dataSource) {
        return new EngineConnections(dataSource, false);
    }

    DataSource dataSource() {
        return dataSource;
    }

    boolean isOwned() {
        return owned;
    }

    @Override
    public void destroy() {
        if (owned && dataSource instanceof Closeable pool) {
            try {
                pool.close();
            } catch (IOException e) {
                logger.warn("The connection pool of pg-stream could not be closed", e);
            }
        }
    }
}
