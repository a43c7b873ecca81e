package io.pgstream.test;

import java.util.List;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What tests can have the engine do with few rows that it does with many. They are properties of the process, and a class must not find those that the
 * class before it has left behind: this is registered for all of them.
 */
public final class TestChoices implements BeforeAllCallback {

    private static final List<String> NAMES = List.of(
            "smallDelta",
            "worthAChoice",
            "keepFilters",
            "branches",
            "loadBeside",
            "reductions",
            "references",
            "sortedLookups",
            "oneSegment");

    /** Has the engine choose by what it knows. */
    public static void clear() {
        NAMES.forEach(name -> System.clearProperty("pgstream.test." + name));
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        clear();
    }
}
