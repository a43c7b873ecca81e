package io.pgstream.autoconfigure;

import io.pgstream.ResultColumn;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.util.ClassUtils;

/**
 * Which columns a Java type can hold, whatever their values are: what the driver or Spring's {@code JdbcClient} would refuse
 * to convert, or convert with a loss, is left out. Types of the application's own are not judged, since it may have
 * converters for them.
 */
final class RowTypes {

    private static final Set<String> NUMBERS =
            Set.of("smallint", "integer", "bigint", "numeric", "real", "double precision");

    private static final Set<String> POINTS_IN_TIME = Set.of("timestamp with time zone", "timestamp without time zone");

    private static final Map<Class<?>, Set<String>> HELD = Map.ofEntries(
            Map.entry(Short.class, Set.of("smallint")),
            Map.entry(Integer.class, Set.of("smallint", "integer")),
            Map.entry(Long.class, Set.of("smallint", "integer", "bigint", "oid")),
            Map.entry(BigInteger.class, Set.of("smallint", "integer", "bigint")),
            Map.entry(BigDecimal.class, NUMBERS),
            Map.entry(Number.class, NUMBERS),
            Map.entry(Float.class, NUMBERS),
            Map.entry(Double.class, NUMBERS),
            Map.entry(Boolean.class, Set.of("boolean")),
            Map.entry(UUID.class, Set.of("uuid")),
            Map.entry(byte[].class, Set.of("bytea")),
            Map.entry(LocalDate.class, Set.of("date")),
            Map.entry(LocalTime.class, Set.of("time without time zone")),
            Map.entry(OffsetTime.class, Set.of("time with time zone")),
            Map.entry(LocalDateTime.class, Set.of("timestamp without time zone")),
            Map.entry(OffsetDateTime.class, Set.of("timestamp with time zone")),
            Map.entry(Instant.class, Set.of("timestamp with time zone")),
            Map.entry(java.util.Date.class, Set.of("date", "timestamp with time zone", "timestamp without time zone")),
            Map.entry(java.sql.Timestamp.class, POINTS_IN_TIME),
            Map.entry(java.sql.Date.class, Set.of("date")),
            Map.entry(java.sql.Time.class, Set.of("time without time zone")));

    private static final Pattern WHOLE_NUMERIC = Pattern.compile("numeric\\((\\d+),0\\)");

    private static final int LONG_DIGITS = 18;

    private RowTypes() {}

    static boolean holds(Class<?> javaType, ResultColumn column) {
        Class<?> type = ClassUtils.resolvePrimitiveIfNecessary(javaType);
        Set<String> held = HELD.get(type);
        return held == null || held.contains(column.baseType()) || holdsWholeNumeric(type, column.type());
    }

    private static boolean holdsWholeNumeric(Class<?> type, String text) {
        Matcher whole = WHOLE_NUMERIC.matcher(text);
        return whole.matches()
                && (type == BigInteger.class
                        || (type == Long.class && Integer.parseInt(whole.group(1)) <= LONG_DIGITS));
    }
}
