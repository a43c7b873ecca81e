package io.pgstream.samples.benchmarks;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Predicate;

/** The measurements of one part, with the questions that tables ask. */
final class Cells {

    private final List<Measurement> measurements;

    Cells(List<Measurement> measurements) {
        this.measurements = List.copyOf(measurements);
    }

    static Cells of(List<Run> runs, String part) {
        return new Cells(runs.stream()
                .flatMap(run -> run.measurements().stream())
                .filter(measurement -> measurement.part().equals(part))
                .toList());
    }

    Cells where(Predicate<Measurement> condition) {
        return new Cells(measurements.stream().filter(condition).toList());
    }

    Cells subject(String subject) {
        return where(measurement -> measurement.subject().equals(subject));
    }

    Cells rows(long rows) {
        return where(measurement -> measurement.rows() == rows);
    }

    Cells changed(double changed) {
        return where(measurement -> measurement.changed() == changed);
    }

    Cells writers(int writers) {
        return where(measurement -> measurement.writers() == writers);
    }

    boolean isEmpty() {
        return measurements.isEmpty();
    }

    <T extends Comparable<T>> List<T> distinct(Function<Measurement, T> property) {
        return measurements.stream().map(property).distinct().sorted().toList();
    }

    /** The shapes that were measured, in the order of their declaration. */
    List<Shape> shapes() {
        List<String> subjects = distinct(Measurement::subject);
        return List.of(Shape.values()).stream()
                .filter(shape -> subjects.contains(shape.label()))
                .toList();
    }

    OptionalDouble median(String contender) {
        return measurements.stream()
                .filter(measurement -> measurement.contender().equals(contender))
                .mapToDouble(Measurement::median)
                .findFirst();
    }

    /** How often in a second what takes this long can happen. */
    OptionalDouble perSecond(String contender) {
        OptionalDouble time = median(contender);
        return time.isPresent() ? OptionalDouble.of(1000 / time.getAsDouble()) : time;
    }

    /** How many times slower the first contender is than the second. */
    OptionalDouble ratio(String contender, String reference) {
        OptionalDouble time = median(contender);
        OptionalDouble other = median(reference);
        return time.isPresent() && other.isPresent()
                ? OptionalDouble.of(time.getAsDouble() / other.getAsDouble())
                : OptionalDouble.empty();
    }

    List<Measurement> all() {
        return measurements;
    }
}
