package io.pgstream.plan;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The aggregate functions that are maintained.
 *
 * @since 0.1.0
 */
public enum AggregateFunction {
    /** How many rows, or how many that are not NULL. */
    COUNT,
    /** The sum of what is not NULL; NULL if there is nothing. */
    SUM,
    /** The average of what is not NULL; NULL if there is nothing. */
    AVG,
    /** The smallest of what is not NULL; NULL if there is nothing. */
    MIN,
    /** The largest of what is not NULL; NULL if there is nothing. */
    MAX,
    /** Any other aggregate; the argument of its call is the text of the whole call. */
    OPAQUE;

    /** The name in SQL. */
    public String sqlName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The function of a name that is followed by its own rule; {@code null} for any other aggregate. */
    public static @Nullable AggregateFunction maintained(String name) {
        return Arrays.stream(values())
                .filter(function -> function != OPAQUE && function.sqlName().equals(name))
                .findFirst()
                .orElse(null);
    }
}
