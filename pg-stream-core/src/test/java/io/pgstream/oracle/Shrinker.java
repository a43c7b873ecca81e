package io.pgstream.oracle;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes a failing scenario smaller for as long as it fails, within a time limit. */
final class Shrinker {

    /** Plays a scenario; what went wrong, or {@code null}. */
    @FunctionalInterface
    interface Player {

        Oracle.@Nullable Failure play(Scenario scenario) throws SQLException;
    }

    private static final Pattern ROWS = Pattern.compile("(INSERT INTO .*? VALUES )(\\(.*\\))", Pattern.DOTALL);

    private final Player player;

    private final long deadline;

    Shrinker(Oracle oracle, long seconds) {
        this(scenario -> oracle.play(scenario).failure(), seconds);
    }

    Shrinker(Player player, long seconds) {
        this.player = player;
        this.deadline = System.nanoTime() + seconds * 1_000_000_000L;
    }

    /**
     * A smaller scenario that fails in the same table, and as early: a creation stays one, and fails with the same words, because any does that
     * lacks a table.
     */
    Scenario shrink(Scenario scenario, Oracle.Failure failure) throws SQLException {
        Predicate same = candidate -> {
            Oracle.Failure found = player.play(candidate);
            return found != null
                    && found.table().equals(failure.table())
                    && (found.cycle() < 0) == (failure.cycle() < 0)
                    && (found.cycle() >= 0 || words(found).equals(words(failure)));
        };
        Scenario smallest = scenario.withCycles(scenario.cycles().subList(0, failure.cycle() + 1));
        Scenario before;
        do {
            before = smallest;
            smallest = pass(before, failure.table(), same);
        } while (!smallest.equals(before) && System.nanoTime() < deadline);
        return smallest;
    }

    private static String words(Oracle.Failure failure) {
        return failure.message().replaceAll("\\d+", "");
    }

    private Scenario pass(Scenario scenario, String table, Predicate same) throws SQLException {
        Scenario smaller = scenario;
        smaller = smaller.withStreamTables(fewer(
                smaller.streamTables(),
                fewer -> fewer.stream().anyMatch(it -> it.name().equals(table)),
                with(smaller::withStreamTables, same)));
        smaller = smaller.withCycles(fewer(smaller.cycles(), fewer -> true, with(smaller::withCycles, same)));
        for (int i = smaller.cycles().size() - 1; i >= 0; i--) {
            Scenario current = smaller;
            int cycle = i;
            Function<List<String>, Scenario> replaced =
                    statements -> current.withCycles(replaced(current, cycle, statements));
            smaller = replaced.apply(fewer(current.cycles().get(cycle), fewer -> true, with(replaced, same)));
        }
        smaller = smaller.withSetup(fewer(smaller.setup(), fewer -> true, with(smaller::withSetup, same)));
        return rows(smaller, same);
    }

    private static List<List<String>> replaced(Scenario scenario, int cycle, List<String> statements) {
        List<List<String>> cycles = new ArrayList<>(scenario.cycles());
        cycles.set(cycle, statements);
        return cycles;
    }

    /** Fewer rows in the statements that load the tables. */
    private Scenario rows(Scenario scenario, Predicate same) throws SQLException {
        Scenario smaller = scenario;
        for (int i = 0; i < scenario.setup().size(); i++) {
            Matcher insert = ROWS.matcher(smaller.setup().get(i));
            if (insert.matches()) {
                Scenario current = smaller;
                int at = i;
                Function<List<String>, Scenario> loaded = rows -> {
                    List<String> setup = new ArrayList<>(current.setup());
                    setup.set(at, insert.group(1) + String.join(", ", rows));
                    return current.withSetup(setup);
                };
                List<String> all = List.of(insert.group(2).split("(?<=\\)), (?=\\()"));
                smaller = loaded.apply(fewer(all, rows -> !rows.isEmpty(), with(loaded, same)));
            }
        }
        return smaller;
    }

    private static <T> Fails<T> with(Function<List<T>, Scenario> scenario, Predicate same) {
        return list -> same.test(scenario.apply(list));
    }

    /** Leaves out halves, quarters and so on, and then elements, from the last to the first. */
    private <T> List<T> fewer(List<T> all, java.util.function.Predicate<List<T>> allowed, Fails<T> fails)
            throws SQLException {
        List<T> smallest = all;
        for (int size = Math.max(1, all.size() / 2); size > 0; size /= 2) {
            for (int end = smallest.size(); end > 0; end -= size) {
                List<T> attempt = new ArrayList<>(smallest);
                attempt.subList(Math.max(0, end - size), Math.min(end, smallest.size()))
                        .clear();
                if (System.nanoTime() < deadline
                        && attempt.size() < smallest.size()
                        && allowed.test(attempt)
                        && fails.test(attempt)) {
                    smallest = List.copyOf(attempt);
                }
            }
        }
        return smallest;
    }

    @FunctionalInterface
    private interface Predicate {

        boolean test(Scenario scenario) throws SQLException;
    }

    @FunctionalInterface
    private interface Fails<T> {

        boolean test(List<T> list) throws SQLException;
    }
}
