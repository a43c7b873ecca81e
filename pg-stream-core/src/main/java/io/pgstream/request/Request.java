package io.pgstream.request;

import io.pgstream.catalog.Environment;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work that somebody waits for.
 *
 * @param id its number
 * @param action what to do
 * @param arguments what the caller said, and the settings of the caller's session
 */
record Request(long id, String action, Map<String, String> arguments) {

    /** An argument that may be missing. */
    @Nullable
    String argument(String name) {
        return arguments.get(name);
    }

    boolean flag(String name) {
        return Boolean.parseBoolean(arguments.get(name));
    }

    /** What names and literals in the caller's query mean. */
    Environment environment() {
        return new Environment(
                arguments.getOrDefault("search_path", ""),
                arguments.getOrDefault("time_zone", "UTC"),
                arguments.getOrDefault("date_style", "ISO, MDY"),
                arguments.getOrDefault("interval_style", "postgres"));
    }
}
