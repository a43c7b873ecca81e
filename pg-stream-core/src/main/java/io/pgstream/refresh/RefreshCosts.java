package io.pgstream.refresh;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What refreshes of each stream table have cost, to choose the cheaper way before the work is done. Costs are averaged
 * with more weight on the newer ones, so that the choice follows the data.
 */
final class RefreshCosts {

    private static final double NEWER = 0.3;

    /** Until a differential refresh has been seen: the cost of finding and writing one row, in microseconds. */
    private static final double PRIOR_MICROS_A_CHANGE = 5;

    /**
     * By how much a change is believed to have become cheaper whenever it was not applied: otherwise a table that was full
     * once, because of a busy moment or a wrong guess, would stay so for ever.
     */
    private static final double FORGETTING = 0.97;

    private record Costs(double fullMicros, double changeMicros, double fixedMicros) {

        Costs withFull(double micros) {
            return new Costs(average(fullMicros, micros), changeMicros * FORGETTING, fixedMicros);
        }

        Costs withDifferential(double micros, long changes) {
            // Small deltas tell what every refresh costs, large ones what each change costs.
            return (changes < 500)
                    ? new Costs(fullMicros, changeMicros, average(fixedMicros, micros))
                    : new Costs(
                            fullMicros,
                            average(changeMicros, Math.max(0, micros - fixedMicros) / changes),
                            fixedMicros);
        }

        private static double average(double old, double current) {
            return Double.isNaN(old) ? current : old + NEWER * (current - old);
        }
    }

    private final Map<Long, Costs> tables = new ConcurrentHashMap<>();

    void full(long table, double micros) {
        tables.compute(table, (id, costs) -> (costs == null ? unknown() : costs).withFull(micros));
    }

    void differential(long table, double micros, long changes) {
        tables.compute(table, (id, costs) -> (costs == null ? unknown() : costs).withDifferential(micros, changes));
    }

    void forget(long table) {
        tables.remove(table);
    }

    private static Costs unknown() {
        return new Costs(Double.NaN, PRIOR_MICROS_A_CHANGE, 3_000);
    }

    /** Whether a full refresh is expected to be cheaper than applying this many changes. */
    boolean fullIsCheaper(long table, long changes) {
        Costs costs = tables.get(table);
        if (costs == null || Double.isNaN(costs.fullMicros())) {
            return false;
        }
        return costs.fixedMicros() + costs.changeMicros() * changes > costs.fullMicros();
    }
}
