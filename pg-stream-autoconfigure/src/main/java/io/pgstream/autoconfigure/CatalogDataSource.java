package io.pgstream.autoconfigure;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import javax.sql.DataSource;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/**
 * The connections that the catalog is created and upgraded with, where they are not the engine's: for applications whose
 * own role has no right to create schemas and tables.
 */
final class CatalogDataSource {

    private CatalogDataSource() {}

    static DataSource create(PgStreamProperties properties, DataSource applicationDataSource) {
        PgStreamProperties.Catalog catalog = properties.catalog();
        String url = (catalog.url() != null) ? catalog.url() : properties.directUrl();
        boolean complete = url != null && catalog.user() != null;
        try {
            // No pool: a few connections, once.
            DataSourceBuilder<SimpleDriverDataSource> builder = (complete
                            ? DataSourceBuilder.create()
                            : DataSourceBuilder.derivedFrom(applicationDataSource))
                    .type(SimpleDriverDataSource.class);
            if (url != null) {
                builder.url(url);
            }
            if (catalog.user() != null) {
                builder.username(catalog.user());
                builder.password(catalog.password());
            }
            return builder.build();
        } catch (RuntimeException e) {
            throw new InvalidDefinitionException(
                    ErrorCode.INVALID_OPTION,
                    "The data source of the application does not tell how it connects, so pg-stream.catalog.* is not"
                            + " enough to connect to the server.",
                    "Set all of pg-stream.catalog.url, pg-stream.catalog.user and pg-stream.catalog.password.",
                    e);
        }
    }
}
