package io.pgstream.samples.benchmarks;

import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Order statistics of a few measurements. */
final class Statistics {

    private Statistics() {}

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return (sorted.size() % 2 == 1) ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    static double quantile(List<Double> values, double share) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.min(sorted.size() - 1L, Math.round(share * (sorted.size() - 1))));
    }

    /** The smallest value that this share of the weights does not exceed; 0 if nothing weighs anything. */
    static double quantile(List<Double> values, double[] weights, double share) {
        List<Integer> order = IntStream.range(0, values.size())
                .boxed()
                .sorted(Comparator.comparing(values::get))
                .toList();
        double total = DoubleStream.of(weights).sum();
        double sum = 0;
        for (int i : order) {
            sum += weights[i];
            if (sum > 0 && sum >= share * total) {
                return values.get(i);
            }
        }
        return 0;
    }
}
