package io.pgstream.samples.benchmarks;

import java.util.List;
import java.util.Map;

/**
 * What one run measured, and where.
 *
 * @param measuredAt when it ended, in UTC
 * @param machine the machine of the client, which is the server's where the server is embedded
 * @param arguments the command line
 * @param settings what the server says about itself
 * @param measurements what no later run has measured again
 */
record Run(
        String measuredAt,
        String machine,
        String arguments,
        Map<String, String> settings,
        List<Measurement> measurements) {

    Run {
        measurements = List.copyOf(measurements);
    }

    /** This run without the cells that another run has measured again. */
    Run without(List<Measurement> newer) {
        return new Run(
                measuredAt,
                machine,
                arguments,
                settings,
                measurements.stream()
                        .filter(old -> newer.stream().noneMatch(old::sameCell))
                        .toList());
    }
}
