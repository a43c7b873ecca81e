package io.pgstream.samples.quickstart.database;

import java.time.Instant;
import java.util.Map;

/**
 * The server that the application runs on, and the data that was loaded into it.
 *
 * @param embedded whether the server is part of this process
 * @param version the version of PostgreSQL
 * @param settings the server's settings that decide about times, in a fixed order
 * @param scale the scale factor of the data
 * @param rowsLoaded the rows of all tables after the load
 * @param loadSeconds how long the load took
 * @param loadedAt when it ended
 */
public record DatabaseInfo(
        boolean embedded,
        String version,
        Map<String, String> settings,
        double scale,
        long rowsLoaded,
        double loadSeconds,
        Instant loadedAt) {}
