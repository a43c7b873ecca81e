package io.pgstream.autoconfigure;

import io.pgstream.StreamTableOperations;
import io.pgstream.engine.EngineSettings;
import io.pgstream.engine.StreamTableEngine;
import io.pgstream.feed.ChangeFeeds;
import io.pgstream.feed.FeedSettings;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the change feed, which calls {@link io.pgstream.StreamTableListener} methods.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = PgStreamAutoConfiguration.class)
@ConditionalOnBean(StreamTableEngine.class)
@ConditionalOnBooleanProperty(name = "pg-stream.change-feed.enabled", matchIfMissing = true)
public final class PgStreamChangeFeedAutoConfiguration {

    PgStreamChangeFeedAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    ChangeFeeds pgStreamChangeFeeds(
            EngineConnections connections, EngineSettings settings, PgStreamProperties properties) {
        return new ChangeFeeds(
                connections.dataSource(),
                new FeedSettings(
                        settings.catalogSchema(),
                        settings.stateSchema(),
                        settings.application(),
                        settings.lockTimeout(),
                        properties.changeFeed().retention(),
                        properties.changeFeed().resetAbove()));
    }

    @Bean
    static ListenerMethods pgStreamListenerMethods() {
        return new ListenerMethods();
    }

    @Bean
    RefreshSignal pgStreamRefreshSignal() {
        return new RefreshSignal();
    }

    @Bean
    ChangeFeedLifecycle pgStreamChangeFeedLifecycle(
            ChangeFeeds feeds,
            ListenerMethods methods,
            StreamTableOperations operations,
            StreamTableSynchronizer synchronizer,
            RefreshSignal signal,
            PgStreamProperties properties) {
        return new ChangeFeedLifecycle(feeds, methods, operations, synchronizer, signal, properties);
    }

    @Bean
    static LazyInitializationExcludeFilter pgStreamChangeFeedLazyInitializationExcludeFilter() {
        return (beanName, definition, beanType) ->
                beanType == ChangeFeedLifecycle.class || ListenerMethods.listens(beanType);
    }
}
