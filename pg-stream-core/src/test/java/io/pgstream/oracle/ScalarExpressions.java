package io.pgstream.oracle;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Scalar expressions of every kind that PostgreSQL has, over one table with a column of almost every type. */
final class ScalarExpressions {

    /**
     * An expression over the table.
     *
     * @param since the first version that accepts it
     */
    record Case(int since, String text) {

        @Override
        public String toString() {
            return text;
        }
    }

    static final List<String> SCHEMA = List.of(
            "CREATE SCHEMA \"Other Schema\"",
            "CREATE TYPE point3 AS (x int, \"the y\" text, z int[])",
            "CREATE TYPE \"My Mood\" AS ENUM ('sad', 'it''s ok', 'happy')",
            "CREATE FUNCTION \"Other Schema\".plus(int, int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 + $2 * 10'",
            "CREATE OPERATOR \"Other Schema\".+% (LEFTARG = int, RIGHTARG = int, FUNCTION = \"Other Schema\".plus)",
            "CREATE OPERATOR <~> (LEFTARG = int, RIGHTARG = int, FUNCTION = \"Other Schema\".plus)",
            "CREATE FUNCTION \"Other Schema\".scaled(base int, factor int DEFAULT 3, \"and More\" int DEFAULT 1) RETURNS int"
                    + " IMMUTABLE LANGUAGE sql AS 'SELECT $1 * $2 + $3'",
            "CREATE FUNCTION longest(VARIADIC texts text[]) RETURNS text IMMUTABLE LANGUAGE sql"
                    + " AS 'SELECT max(t) FROM unnest($1) t'",
            "CREATE TABLE v (id int PRIMARY KEY, i int, s smallint, b bigint, n numeric, m numeric(10,2), d float8, r real,"
                    + " t text, vc varchar(10), c char(5), q \"char\", f boolean, dt date, tm time, ttz timetz, ts timestamp,"
                    + " tsz timestamptz(3), iv interval, j jsonb, js json, jp jsonpath, a int[], ta text[], a2 int[][], u uuid,"
                    + " y bytea, ip inet, ir int4range, tr tstzrange, mr int4multirange, bi bit(4), vb bit varying(8),"
                    + " pt point, bx box, lsn pg_lsn, tv tsvector, tq tsquery, x xml, o oid, e \"My Mood\", p point3,"
                    + " mo money, nm name, mac macaddr, \"long\" int, \"Weird.Name \"\"q\"\" ☃\" int, \"select\" int, \"date\" date,"
                    + " \"ünïcode\" int, a_name_that_is_exactly_as_long_as_the_server_allows_it_to_be____x int)",
            insert(1, false),
            insert(2, true),
            insert(3, false),
            "INSERT INTO v (id) VALUES (4)");

    static final List<List<String>> CHANGES = List.of(
            List.of(
                    insert(5, true),
                    "UPDATE v SET i = 7, t = 'it''s a \\ new%text', j = '{\"b\": [1, {\"c\": 2}]}' WHERE id = 1"),
            List.of(
                    "DELETE FROM v WHERE id = 2",
                    "UPDATE v SET a = '{9,8,NULL}', p = ROW(5, 'p', '{1}'), f = NOT f, e = 'happy', dt = dt + 40, tsz = tsz + '1 year',"
                            + " \"long\" = 12, \"select\" = 3, ir = '[3,9)', bi = B'0001', iv = '3 days', mo = 4"));

    private static String insert(int id, boolean other) {
        return "INSERT INTO v VALUES (" + id
                + (other
                        ? ", -5, 2, 5000000000, 2.50, -1.25, -0.5, 1.5, 'Hello ''World''?', 'abc', 'ab', 'q', false, '2024-02-29',"
                                + " '10:30', '10:30+02', '2024-05-05 05:05:05.55', '2024-03-31 01:30+00', '1 mon 2 days', '{\"a\": {\"b\": [1,2,3]}, \"k\": null}',"
                                + " '{\"a\": 1, \"a\": 2}', '$.a.b[*] ? (@ > 1)', '{1,2,3}', '{a,NULL,c}', '{{1,2},{3,4}}',"
                                + " '00000000-0000-0000-0000-00000000000b', '\\xdeadbeef', '10.0.0.1/8', '[1,5)', '[2024-01-01,2024-06-01)',"
                                + " '{[1,3),[7,9)}', B'1010', B'10101', '(1,2)', '((0,0),(1,1))', '16/B374D848', 'fat:2 cat:3', 'fat & cat',"
                                + " '<a><b>1</b></a>', 42, 'it''s ok', ROW(1, 'y\"y', '{4,5}'), 12.34, 'nm', '08:00:2b:01:02:03', 3, 4, 5, '2020-02-02', 6, 7)"
                        : ", 6, 3, 9, 'NaN', 7.75, 2.5, -3, 'a\\b?c', 'xyz', 'x', NULL, true, '2023-12-31', '23:59:59', '00:00+00', '2020-01-01',"
                                + " '2020-06-15 12:00+00', '-1 day 3 hours', '[1, \"two\", {\"a\": \"x\"}]', '[1,{\"k\":\"v\"}]', '$[*]', '{}', '{x}', NULL,"
                                + " NULL, '', '192.168.1.5', 'empty', NULL, '{}', B'0110', B'', '(-1.5,0)', '((2,2),(0,0))', '0/0', 'dog:1A', '!cat',"
                                + " '<z/>', 7, 'sad', ROW(NULL, NULL, NULL), -5, 'other', NULL, -1, 2, 1, '1999-12-31', -6, NULL)");
    }

    private ScalarExpressions() {}

    /** The expressions that a version accepts. */
    static List<Case> of(int version) {
        List<Case> cases = new ArrayList<>();
        texts().lines().forEach(line -> {
            boolean later = line.matches("1[678] .*");
            int since = later ? Integer.parseInt(line.substring(0, 2)) : 15;
            if (since <= version) {
                cases.add(new Case(since, later ? line.substring(3) : line));
            }
        });
        return cases;
    }

    /** One expression a line; a number in front is the version that brought it. */
    private static String texts() {
        try (InputStream file = ScalarExpressions.class.getResourceAsStream("scalar-expressions.txt")) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
