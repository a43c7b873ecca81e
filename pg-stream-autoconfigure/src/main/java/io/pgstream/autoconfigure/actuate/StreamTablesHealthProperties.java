package io.pgstream.autoconfigure.actuate;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the health says if something is wrong with a stream table.
 *
 * @param errorStatus Status of the health while a stream table is in ERROR or could not be loaded.
 * @param staleStatus Status of the health while the data of a stream table is older than its schedule allows.
 * @param driftStatus Status of the health while a stream table differs from its query, as its last verification has found.
 * @since 0.1.0
 */
@ConfigurationProperties("pg-stream.health")
public record StreamTablesHealthProperties(
        @DefaultValue("UP") String errorStatus,
        @DefaultValue("UP") String staleStatus,
        @DefaultValue("UP") String driftStatus) {}
