package io.pgstream.engine;

import io.pgstream.DiamondConsistency;
import io.pgstream.DiamondPolicy;
import io.pgstream.catalog.DiamondOptions;
import java.util.Collection;
import java.util.Map;

/** What holds for a diamond whose tables do not all say the same: the strictest. */
final class DiamondRules {

    private final GraphSettings settings;

    private final Map<Long, DiamondOptions> options;

    /** @param options what tables say, by their numbers */
    DiamondRules(GraphSettings settings, Map<Long, DiamondOptions> options) {
        this.settings = settings;
        this.options = Map.copyOf(options);
    }

    /** Whether tables are refreshed together. */
    boolean atomic(Collection<Long> members) {
        return members.stream()
                .map(member -> options.getOrDefault(member, DiamondOptions.NONE).consistency())
                .anyMatch(said -> (said == DiamondConsistency.DEFAULT)
                        ? settings.diamondConsistency() == GraphSettings.Consistency.ATOMIC
                        : said == DiamondConsistency.ATOMIC);
    }

    /** Whether tables that are refreshed together wait until all of them are due. */
    boolean slowest(Collection<Long> members) {
        return members.stream()
                .map(member -> options.getOrDefault(member, DiamondOptions.NONE).policy())
                .anyMatch(said -> (said == DiamondPolicy.DEFAULT)
                        ? settings.diamondPolicy() == GraphSettings.Policy.SLOWEST
                        : said == DiamondPolicy.SLOWEST);
    }
}
