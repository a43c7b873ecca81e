package io.pgstream.samples.quickstart;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the quickstart can be told.
 *
 * @param scale scale factor of the TPC-H data; 1 is 6 million order lines
 * @param rate transactions a second that the order entry starts with; 0 starts it paused
 * @param maximumRate highest rate that can be asked for
 * @param writers how many transactions of the order entry run at a time
 * @param recomputeInterval how often each defining query is run in full, to compare refreshes with
 */
@ConfigurationProperties("quickstart")
public record QuickstartProperties(
        @DefaultValue("0.1") double scale,
        @DefaultValue("20") int rate,
        @DefaultValue("500") int maximumRate,
        @DefaultValue("4") int writers,
        @DefaultValue("30s") Duration recomputeInterval) {

    public QuickstartProperties {
        check(scale > 0 && scale <= 100, "quickstart.scale", scale, "above 0 and at most 100");
        check(maximumRate > 0, "quickstart.maximum-rate", maximumRate, "positive");
        check(rate >= 0 && rate <= maximumRate, "quickstart.rate", rate, "from 0 to quickstart.maximum-rate");
        check(writers > 0 && writers <= 32, "quickstart.writers", writers, "from 1 to 32");
        check(
                recomputeInterval.toMillis() >= 1000,
                "quickstart.recompute-interval",
                recomputeInterval,
                "at least a second");
    }

    private static void check(boolean valid, String property, Object value, String range) {
        if (!valid) {
            throw new IllegalArgumentException(property + " is " + value + "; it has to be " + range + ".");
        }
    }
}
