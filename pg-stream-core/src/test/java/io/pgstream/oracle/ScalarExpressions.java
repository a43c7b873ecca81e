package io.pgstream.oracle;

import java.util.ArrayList;
import java.util.List;

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

    /** One expression a line; a number in front is the version that brought it. */
    private static final String TEXTS = """
            i + b - s * 2 / 3 % 5
            - i
            -(-i)
            +i
            @ i
            |/ abs(d)
            ||/ d
            i ^ 2
            n * (1 - m)
            i & 12 | 3 # 5
            ~ i
            i << 2 >> 1
            NOT f AND i > 3 OR f IS NULL
            (i + 1) * (i - 1)
            (n + m)::numeric(10,2)
            (i || t) || vc || c
            t || 'x' || i::text
            'lit''eral' || E'tab\\there\\\\ \\u00e9' || $q$dollar 'quoted' $$ $q$ || U&'\\00e4'
            'C:\\path\\?' || t
            t IN ('a') IS NULL
            16 0x1F + i
            16 0b101 + 0o17 + 1_000 + i
            1e3 * i + .5 + 2.
            9223372036854775000 - i
            '-5'::int + i
            2147483648 + -9223372036854775808
            B'101' || vb
            X'1F'::bit(8) & '10101010'
            bi & B'1100'
            bi | '0001' # B'1111'
            ~ bi
            bi << 1
            bi::int
            i::bit(4)
            vb::bit varying(3)
            substring(vb FROM 2 FOR 2)
            get_bit(bi, 1)
            j -> 'a'
            j ->> 'a'
            j -> 0
            j #> '{a,b}'
            j #>> '{a,b,0}'
            (j -> 'a' -> 'b' -> 1)::int
            (j ->> 'k') IS NULL
            js -> 'a'
            js ->> 'a'
            js #>> '{1,k}'
            j ? 'a'
            j ?| array['a', 'z']
            j ?& array['a', 'k']
            j @> '{"k": null}'
            '{"a": 1}' <@ j
            j @? '$.a.b[*] ? (@ > 2)'
            j @@ '$.a.b[0] == 1'
            j || '{"n": 1}'
            j - 'a'
            j - array['a']
            jsonb_strip_nulls(j) #- '{0,b}'
            j['a']['b'][1]
            (j -> 'a')['b']
            jsonb_path_query_first(j, '$.a.b[*] ? (@ > $x)', '{"x": 1}')
            jsonb_path_exists(j, jp)
            jsonb_path_query_array(j, '$.**{2}')
            jsonb_path_query_first(j, '$.a ? (exists (@.b))', silent => true)
            jsonb_set('{"a": 2}', '{a}', j, false)
            jsonb_build_object('i', i, 't', t)
            jsonb_build_array(VARIADIC ta)
            to_jsonb(a)
            row_to_json(ROW(i, t))
            jsonb_typeof(j)
            a[1]
            a[i]
            a[2:3]
            a[:2]
            a[2:]
            a[:]
            a2[1][2]
            a2[1:2][1:1]
            (array[i, s, 3])[2]
            (string_to_array(t, ' '))[1]
            ARRAY[i, s]
            ARRAY[[i, 1], [2, 3]]
            '{}'::int[]
            ARRAY[]::text[]
            a || 4
            a || ARRAY[1, 2]
            1 || a
            a && '{1,9}'
            a @> ARRAY[1]
            a <@ ARRAY[1, 2, 3]
            a = '{1,2,3}'
            a < ARRAY[5]
            array_length(a, 1)
            cardinality(a)
            array_position(ta, 'c')
            array_to_string(ta, ',', '*')
            array_remove(a, 2)
            i = ANY (a)
            i <> ALL (a)
            i > ANY (ARRAY[1, 2])
            t LIKE ANY (ARRAY['a%', 'H%'])
            t ~~* ALL (ta)
            i IN (1, 2, 6)
            i NOT IN (1, 2)
            t IN ('a', vc)
            ip << ANY (ARRAY['10.0.0.0/8'::inet])
            f = ANY (ARRAY[true, NULL])
            ROW(i, t) = ROW(6, 'x')
            (i, s) < (6, 4)
            (i, s, b) >= (n, 1, 2)
            (i, s) <> (1, 2)
            ROW(i, t) IS NULL
            ROW(i, t) IS DISTINCT FROM ROW(6, 'q')
            (i, s) IN ((6, 3), (7, 8))
            ROW(i, t)::text
            ROW(i)::text
            CASE WHEN i > 3 THEN 'big' WHEN i < 0 THEN 'neg' ELSE t END
            CASE i WHEN 1 THEN 'one' WHEN 6 THEN 'six' END
            CASE WHEN f THEN i END
            CASE WHEN f THEN CASE s WHEN 2 THEN a[1] ELSE 5 END ELSE -1 END
            CASE t WHEN 'a' THEN 1 ELSE 2 END = 2
            CASE WHEN i IS NULL THEN NULL ELSE NULL END
            COALESCE(i, s, 0)
            NULLIF(i, 6)
            GREATEST(i, s, b)
            LEAST(n, m, 1.5)
            t COLLATE "C"
            t COLLATE "C" < vc
            t || vc COLLATE "POSIX" > 'a'
            upper(t COLLATE "C")
            ts AT TIME ZONE 'Europe/Berlin'
            tsz AT TIME ZONE 'UTC'
            timezone('UTC', ts)
            ttz AT TIME ZONE INTERVAL '-02:00'
            17 ts AT LOCAL
            EXTRACT(year FROM ts)
            EXTRACT(epoch FROM tsz - '2000-01-01'::timestamptz)
            EXTRACT(EPOCH FROM iv)
            date_part('dow', dt)
            date_trunc('month', ts)
            ts + iv
            ts - '1 day'::interval
            ts - INTERVAL '1' DAY
            INTERVAL '1-2' YEAR TO MONTH + iv
            iv * 2.5
            dt - 5
            dt - '2020-01-01'
            dt + tm
            '2020-01-01'::date + i
            DATE '2020-01-01' > dt
            TIMESTAMP WITH TIME ZONE '2020-01-01 00:00+00' < tsz
            TIME '10:00' < tm
            ts::timestamp(0)
            ts::time(1) without time zone
            tsz::timestamptz(0)
            iv::interval(0)
            iv::interval day to second(1)
            (dt, iv) OVERLAPS ('2024-01-01'::date, '2024-12-31'::date)
            (ts, ts + iv) OVERLAPS (dt, dt + 1)
            make_interval(days => i)
            make_date(2020, month => 2, day => 3)
            isfinite(dt)
            age(ts, '2020-01-01'::timestamp)
            to_char(ts, 'YYYY-MM-DD "at" HH24:MI')
            to_char(n, '999D9')
            OVERLAY(t PLACING 'XX' FROM 2)
            OVERLAY(t PLACING vc FROM 2 FOR 1)
            SUBSTRING(t FROM 2 FOR 3)
            SUBSTRING(t FROM 2)
            SUBSTRING(t FOR 3)
            SUBSTRING(t FROM '[a-z]+')
            SUBSTRING(t SIMILAR '%#"o_#"%' ESCAPE '#')
            substring(t, 2, 3)
            substr(t, 2)
            TRIM(t)
            TRIM(LEADING 'H' FROM t)
            TRIM(TRAILING FROM t)
            TRIM(BOTH 'a' FROM t)
            btrim(t, 'Ha')
            POSITION('o' IN t)
            strpos(t, 'o')
            NORMALIZE(t, NFC)
            normalize(t)
            t IS NORMALIZED
            t IS NOT NFKD NORMALIZED
            char_length(t)
            format('%s-%I-%L', i, coalesce(t, 'T t'), vc)
            concat_ws('-', i, t, f)
            concat(VARIADIC ta)
            t ^@ 'He'
            lower(t) || initcap(t)
            left(t, -1) || right(t, 2) || repeat(t, 2)
            md5(t)
            encode(y, 'hex')
            decode('ff', 'hex') || y
            y || '\\x00'::bytea
            convert_from(y, 'LATIN1')
            chr(65) || ascii(t)
            t::varchar(3)
            t::char(3)
            c::text || '|'
            q::text
            'a'::"char"
            t::name
            i::numeric(5,1)
            CAST(i AS double precision)
            d::int
            r::float8
            i::bool
            n::text::varchar(2)
            (i + s)::text
            (-i)::text
            -i::text::int
            f::int::text
            i BETWEEN 1 AND 6
            i NOT BETWEEN 1 AND 6
            i BETWEEN SYMMETRIC 6 AND 1
            i NOT BETWEEN SYMMETRIC 6 AND s
            f IS TRUE
            f IS NOT TRUE
            f IS FALSE
            f IS NOT FALSE
            f IS UNKNOWN
            (i > 3) IS NOT UNKNOWN
            i IS NULL
            t NOTNULL
            i IS DISTINCT FROM s
            i IS NOT DISTINCT FROM s
            i IS DISTINCT FROM NULL
            NULL::int IS NULL AND i > 0
            t LIKE 'H%'
            t NOT LIKE '%\\?%'
            t LIKE '%\\\\%' ESCAPE '|'
            t LIKE 'a|_%' ESCAPE '|'
            t LIKE '%' || vc || '%'
            t ILIKE 'HE%'
            t NOT ILIKE 'x%'
            t NOT ILIKE 'x!%' ESCAPE '!'
            t SIMILAR TO '(H|a)%'
            t NOT SIMILAR TO 'x' ESCAPE '#'
            t ~ '^[Ha]'
            t ~* '^h'
            t !~ 'z+'
            t !~* '\\mworld\\M'
            t ~>~ 'a'
            t ~<=~ 'a'
            c LIKE 'ab%'
            nm = 'nm'
            nm LIKE 'n%'
            y LIKE '\\xde25'::bytea
            regexp_replace(t, 'l+', '[\\&]', 'g')
            regexp_match(t, '(.)(.)')
            (regexp_match(t, '(.)(.)'))[2]
            split_part(t, ' ', 1)
            t < 'b'
            e = 'sad'
            e > 'sad'::"My Mood"
            e::text
            'happy'::"My Mood"
            enum_range(e)
            p
            (p).x
            (p)."the y"
            (p).z[1]
            ((p).z)[1:1]
            p = ROW(1, 'y"y', '{4,5}')::point3
            p IS NULL
            p IS NOT NULL
            ROW(i, t, a)::point3
            (ROW(i, t, a)::point3)."the y"
            ir @> 3
            ir @> i
            3 <@ ir
            ir && '[4,10)'
            ir << '[10,20)'
            ir -|- '[5,7)'
            ir * '[2,3)'
            ir + '[4,9)'
            ir &< '[1,9)'
            lower(ir)
            isempty(ir)
            int4range(i, i + 3, '[]')
            tr @> '2024-03-01'::timestamptz
            mr @> 2
            mr || '{[20,30)}' IS NULL OR mr + '{[20,30)}' @> 21
            mr @> ir
            ir::text
            range_merge(ir, '[20,30)')
            ip << '10.0.0.0/8'
            ip <<= '10.0.0.0/8'
            ip && '192.168.0.0/16'
            ip + 5
            ~ ip
            host(ip)
            masklen(ip)
            mac < '10:00:2b:01:02:03'
            pt <-> '(0,0)'
            pt + '(1,1)'
            pt << '(5,5)'
            pt[0]
            bx && '((0,0),(3,3))'
            bx @> pt
            # '((1,0),(2,2),(0,1))'::path
            @@ bx
            ?- lseg '((-1,0),(1,0))'
            pt ~= '(1,2)'
            bx ?# '((0,0),(1,1))'
            box(pt, '(3,3)')
            area(bx)
            lsn - '0/0'::pg_lsn
            lsn > '0/1'
            u = '00000000-0000-0000-0000-00000000000b'
            u::text
            o = 42
            o::int
            mo * 2
            mo > 1::money
            mo::numeric
            tv @@ tq
            tv @@ to_tsquery('simple', 'fat & cat')
            tv @@@ tq
            tq && 'dog'
            tq || 'dog'::tsquery
            !! tq
            'fat'::tsquery <-> tq
            to_tsvector('english', t) @@ 'hello'
            to_tsvector('english', j)
            ts_rank(tv, 'fat')
            tv || 'z:1'
            strip(tv)
            setweight(tv, 'A')
            x::text
            xmlelement(name foo, i)
            xmlelement(name "fo o", xmlattributes(i AS a, t AS "b c"), 'content', xmlelement(name bar))
            xmlforest(i, t AS "the t")
            xmlconcat(x, '<q/>')
            xmlparse(document '<a>1</a>')
            xmlparse(content t || '<a/>' PRESERVE WHITESPACE)
            xmlpi(name php, 'echo')
            xmlroot(x, version '1.0', standalone yes)
            xmlserialize(content x AS text)
            16 xmlserialize(document x AS text NO INDENT)
            xpath('/a/b/text()', x)
            xmlexists('//b' PASSING BY VALUE x)
            x IS DOCUMENT
            x IS NOT DOCUMENT
            xmlcomment(vc)
            16 t IS JSON
            16 js::text IS JSON OBJECT
            16 js IS JSON ARRAY WITH UNIQUE KEYS
            16 t IS NOT JSON SCALAR
            16 JSON_OBJECT('i' : i, 't' : t)
            16 JSON_OBJECT('i' VALUE i, id::text : t NULL ON NULL WITH UNIQUE KEYS RETURNING jsonb)
            16 JSON_OBJECT('a' : js::json FORMAT JSON ABSENT ON NULL)
            16 JSON_ARRAY(i, t, NULL NULL ON NULL)
            16 JSON_ARRAY(i, a RETURNING jsonb)
            16 JSON_ARRAY()
            16 JSON_OBJECT()
            json_object('{a,1,b,2}')
            17 JSON('{"a": 1}')
            17 JSON_SCALAR(i)
            17 JSON_SERIALIZE(j RETURNING text)
            17 JSON_SERIALIZE(js)
            17 JSON_EXISTS(j, '$.a.b[*] ? (@ > $x)' PASSING i AS x)
            17 JSON_EXISTS(j, '$.a' TRUE ON ERROR)
            17 JSON_VALUE(j, '$.a.b[0]' RETURNING int)
            17 JSON_VALUE(coalesce(j, '{}'), '$.a.b[0]' RETURNING int DEFAULT 1 + 1 ON EMPTY DEFAULT -1 ON ERROR)
            17 JSON_VALUE(j, 'strict $.a.b' NULL ON EMPTY NULL ON ERROR)
            17 JSON_QUERY(j, '$.a.b[*]' WITH CONDITIONAL WRAPPER)
            17 JSON_QUERY(coalesce(j, '{}'), '$.a' RETURNING text OMIT QUOTES EMPTY ARRAY ON EMPTY NULL ON ERROR)
            17 JSON_QUERY(coalesce(j, '{}'), '$.a[$n]' PASSING i AS n, t AS "the t" WITH WRAPPER DEFAULT '[]' ON ERROR)
            17 JSON_QUERY(js, '$.a' RETURNING jsonb KEEP QUOTES)
            i OPERATOR(pg_catalog.+) 3
            i OPERATOR("Other Schema".+%) s
            i <~> s
            i OPERATOR(pg_catalog.=) ANY (a)
            OPERATOR(pg_catalog.-) i
            "Other Schema".plus(i, s)
            "Other Schema".scaled(i, "and More" => 5)
            "Other Schema".scaled(factor => s, base => i)
            longest(t, vc, 'zz')
            longest(VARIADIC ta)
            "long" + 1
            "Weird.Name ""q"" ☃" + "select"
            "date" + 1
            "date"::text
            EXTRACT(day FROM "date")
            "ünïcode" * 2
            a_name_that_is_exactly_as_long_as_the_server_allows_it_to_be____x
            'emoji 🐘 ünï' || t
            hashtext(t)
            width_bucket(d, 0, 10, 5)
            round(n, 1) + trunc(m) + ceil(d)::numeric
            power(i, 2) + sqrt(abs(i)) + mod(i, 3)
            num_nulls(i, t, f)
            num_nonnulls(VARIADIC a)
            bool 'true' AND f
            int '5' + i
            float8 '1.5' * d
            numeric '3' + m
            json '{"a":1}' ->> 'a'
            point '(1,2)' <-> pt
            """;

    private ScalarExpressions() {}

    /** The expressions that a version accepts. */
    static List<Case> of(int version) {
        List<Case> cases = new ArrayList<>();
        TEXTS.lines().forEach(line -> {
            boolean later = line.matches("1[678] .*");
            int since = later ? Integer.parseInt(line.substring(0, 2)) : 15;
            if (since <= version) {
                cases.add(new Case(since, later ? line.substring(3) : line));
            }
        });
        return cases;
    }
}
