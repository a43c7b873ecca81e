package io.pgstream.autoconfigure.example;

import io.pgstream.DiamondConsistency;
import io.pgstream.DiamondPolicy;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTable;
import org.springframework.context.annotation.Profile;

final class Markers {

    private Markers() {}

    @StreamTable(
            name = "reporting.\"Top\"",
            queryResource = "classpath:example/top.sql",
            mode = RefreshMode.FULL,
            diamondConsistency = DiamondConsistency.NONE,
            diamondPolicy = DiamondPolicy.SLOWEST)
    private interface Top {}

    @Profile("reporting")
    @StreamTable(query = "SELECT 1 AS one")
    static class OnlyForReporting {}

    static class Unmarked {}
}
