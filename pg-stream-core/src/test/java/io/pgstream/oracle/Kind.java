package io.pgstream.oracle;

import java.util.List;
import java.util.Random;

/** The types of columns, each with so few values that duplicates and matches are frequent. */
enum Kind {
    INT("int", "0", "1", "2", "3", "4", "5", "-3"),
    SMALLINT("smallint", "0::smallint", "1::smallint", "2::smallint", "7::smallint"),
    BIGINT("bigint", "0::bigint", "1::bigint", "2::bigint", "3000000000"),
    MONEY("numeric(10,2)", "0.00::numeric(10,2)", "1.50::numeric(10,2)", "2.25::numeric(10,2)", "-3.10::numeric(10,2)"),
    NUMERIC("numeric", "1::numeric", "1.0", "1.00", "2.5", "0.333", "-7.25", "100::numeric", "'NaN'::numeric"),
    TEXT("text", "'a'", "'b'", "'ab'", "'A'", "''", "'x%y'", "'it''s'", "'ü?'", "'a b'"),
    BOOLEAN("boolean", "true", "false"),
    DATE("date", "date '2024-01-01'", "date '2024-01-31'", "date '2024-02-29'", "date '2023-12-31'"),
    TIMESTAMPTZ(
            "timestamptz",
            "timestamptz '2024-01-01 00:00:00+00'",
            "timestamptz '2024-01-01 23:30:00+00'",
            "timestamptz '2024-03-31 01:30:00+00'"),
    FLOAT("float8", "0.25::float8", "1.5::float8", "-2::float8", "0.1::float8", "'NaN'::float8", "'Infinity'::float8"),
    JSONB("jsonb", "'{\"a\": 1}'::jsonb", "'{\"a\": \"x\"}'::jsonb", "'[1, 2]'::jsonb", "'null'::jsonb", "'{}'::jsonb"),
    JSON("json", "'{\"a\":  1}'::json", "'{\"a\": \"x\", \"b\": 2}'::json", "'[1,2]'::json"),
    ARRAY("text[]", "array['a', 'b']", "array[]::text[]", "array[NULL, 'a']", "array['x']"),
    CHAR("char(4)", "'a'::char(4)", "'ab'::char(4)", "'b  '::char(4)", "''::char(4)"),
    VARCHAR("varchar(6)", "'a'::varchar(6)", "'ab'::varchar(6)", "'abcdef'::varchar(6)"),
    DOMAIN("small", "1::small", "2::small", "3::small"),
    ENUM("mood", "'sad'::mood", "'ok'::mood", "'happy'::mood"),
    UUID("uuid", "'00000000-0000-0000-0000-000000000001'::uuid", "'00000000-0000-0000-0000-00000000000a'::uuid"),
    BYTES("bytea", "'\\x00'::bytea", "'\\xff01'::bytea"),
    XML("xml", "'<a>1</a>'::xml", "'<a> 1</a>'::xml", "'<b/>'::xml"),
    POINT("point", "point '(1,2)'", "point '(1.0,2.0)'", "point '(0,0)'"),
    CASH("money", "'1.50'::money", "'2.25'::money", "'-3.10'::money"),
    BITS("bit(3)", "B'101'", "B'000'", "B'110'"),
    VARBITS("bit varying", "B'101'::bit varying", "B''::bit varying", "B'1'::bit varying"),
    RANGE("int4range", "'[1,3)'::int4range", "'[2,5]'::int4range", "'empty'::int4range", "'(,3)'::int4range"),
    MULTIRANGE("int4multirange", "'{[1,3),[5,8)}'::int4multirange", "'{}'::int4multirange"),
    COMPOSITE("pair", "ROW(1, 'a')::pair", "ROW(2, 'b')::pair", "ROW(NULL, NULL)::pair", "ROW(1, NULL)::pair"),
    NUMBERS_ARRAY("int[]", "array[1, 2]", "array[2, NULL]", "'{}'::int[]", "array[[1, 2], [3, 4]]"),
    INTERVAL("interval", "interval '1 day'", "interval '24 hours'", "interval '1 month'", "interval '90 minutes'"),
    TIME("time", "time '12:00'", "time '00:00'", "time '23:59:59.5'"),
    TIMESTAMP("timestamp", "timestamp '2024-01-01 00:00'", "timestamp '2024-02-29 12:30'", "'infinity'::timestamp"),
    INET("inet", "inet '10.0.0.1'", "inet '10.0.0.0/8'", "inet '::1'"),
    WORDS("tsvector", "to_tsvector('simple', 'a b a')", "''::tsvector", "to_tsvector('simple', 'b')");

    static final List<Kind> NUMBERS = List.of(INT, SMALLINT, BIGINT, MONEY, NUMERIC, FLOAT, DOMAIN);

    static final List<Kind> INTEGERS = List.of(INT, SMALLINT, BIGINT, DOMAIN);

    /** Those that most columns have, so that columns often match. */
    static final List<Kind> FREQUENT = List.of(values()).subList(0, BYTES.ordinal() + 1);

    /** Those without an equality. */
    private static final List<Kind> WITHOUT_EQUALITY = List.of(JSON, XML, POINT);

    /** Those of which equal values can look different. */
    private static final List<Kind> LOOSE = List.of(NUMERIC, FLOAT, INTERVAL);

    static final List<Kind> STRINGS = List.of(TEXT, VARCHAR, CHAR);

    private final String sql;

    private final List<String> values;

    Kind(String sql, String... values) {
        this.sql = sql;
        this.values = List.of(values);
    }

    /** The type as SQL writes it. */
    String sql() {
        return sql;
    }

    /** A kind for a column. */
    static Kind any(Random random) {
        return random.nextInt(4) > 0
                ? FREQUENT.get(random.nextInt(FREQUENT.size()))
                : values()[random.nextInt(values().length)];
    }

    /** A constant; the last values of a list are rare. */
    String literal(Random random) {
        int bound = (random.nextInt(8) == 0) ? values.size() : Math.min(values.size(), 4);
        return values.get(random.nextInt(bound));
    }

    /** Whether there is an equality. */
    boolean comparable() {
        return !WITHOUT_EQUALITY.contains(this);
    }

    /** Whether equal values always look the same. */
    boolean exact() {
        return comparable() && !LOOSE.contains(this);
    }

    boolean number() {
        return NUMBERS.contains(this);
    }

    boolean integer() {
        return INTEGERS.contains(this);
    }

    /** Whether min() and max() exist on all versions. */
    boolean extreme() {
        return number() || STRINGS.contains(this) || this == DATE || this == TIMESTAMPTZ || this == ENUM;
    }
}
