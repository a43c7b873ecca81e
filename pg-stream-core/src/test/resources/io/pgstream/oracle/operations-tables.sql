-- those who store, ship, bill, meter and schedule, with types of their own
CREATE TYPE currency AS ENUM ('EUR', 'USD', 'GBP')

CREATE TYPE geo AS (lat numeric(8,5), lon numeric(8,5))

CREATE TYPE party AS (name text, at geo)

CREATE DOMAIN sku AS varchar(12) CHECK (VALUE ~ '^[A-Z]')

CREATE DOMAIN posamt AS numeric(12,2) CHECK (VALUE >= 0)

CREATE DOMAIN shorttags AS text[] CHECK (cardinality(VALUE) < 6)

CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)

CREATE TYPE timerange AS RANGE (subtype = time)

CREATE SCHEMA "Ops Äx"

CREATE TABLE warehouse (id smallint PRIMARY KEY, code sku NOT NULL UNIQUE, at geo, open timerange, country char(2) NOT NULL)

CREATE TABLE product (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sku sku NOT NULL, title text COLLATE nocase, price posamt, cur currency DEFAULT 'EUR', attrs jsonb DEFAULT '{}', tags shorttags, search tsvector GENERATED ALWAYS AS (to_tsvector('english', coalesce(title, ''))) STORED)

CREATE TABLE stock (warehouse smallint NOT NULL, product int NOT NULL, qty int NOT NULL DEFAULT 0, reserved int, PRIMARY KEY (warehouse, product))

CREATE TABLE movement (id bigserial PRIMARY KEY, warehouse smallint, product int, delta int, at timestamptz NOT NULL, reason text, ref uuid)

CREATE TABLE so (no int PRIMARY KEY, customer int, ordered date, status text, lines jsonb, ship party, total numeric)

CREATE TABLE sol (so int REFERENCES so ON DELETE CASCADE, pos int, product int, qty int, price numeric(10,2), PRIMARY KEY (so, pos))

CREATE TABLE customer (id int PRIMARY KEY, name text, email text COLLATE "C", segment char(1), since date, credit money, parent int, flags bit(8), note xml)

CREATE TABLE evt (stream text, version int, type text, data jsonb, at timestamptz, PRIMARY KEY (stream, version))

CREATE TABLE tick (sym text, ts timestamp, px float8, vol bigint)

CREATE TABLE shift (emp int, during tstzmultirange, day date, hrs interval)

CREATE TABLE emp (id int PRIMARY KEY, name name, boss int, pay numeric(9,2), grade "char", hired date, skills text[][], bonus float4)

CREATE TABLE "Ops Äx"."Job Log" ("Job-Id" int PRIMARY KEY, "started At" timestamptz, "took (ms)" int, "ok?" bool, "%" numeric, "from" text)

CREATE TABLE kv (k text, v text)

CREATE TABLE plog (id int, day date, lvl text, msg text) PARTITION BY HASH (id)

CREATE TABLE plog0 PARTITION OF plog FOR VALUES WITH (MODULUS 2, REMAINDER 0)

CREATE TABLE plog1 PARTITION OF plog FOR VALUES WITH (MODULUS 2, REMAINDER 1)

CREATE FUNCTION net(posamt, rate numeric DEFAULT 0.2) RETURNS numeric IMMUTABLE RETURN round($1 / (1 + rate), 2)

CREATE FUNCTION slug(VARIADIC parts text[]) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower(array_to_string(parts, '-')) $$

CREATE FUNCTION first_agg(anyelement, anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1'

CREATE AGGREGATE firstval(anyelement) (SFUNC = first_agg, STYPE = anyelement, PARALLEL = SAFE)

CREATE FUNCTION wavg_s(state numeric[], v numeric, w numeric) RETURNS numeric[] LANGUAGE sql IMMUTABLE AS 'SELECT CASE WHEN v IS NULL OR w IS NULL THEN state ELSE ARRAY[state[1] + v * w, state[2] + w] END'

CREATE FUNCTION wavg_f(state numeric[]) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT state[1] / nullif(state[2], 0)'

CREATE AGGREGATE wavg(numeric, numeric) (SFUNC = wavg_s, STYPE = numeric[], FINALFUNC = wavg_f, INITCOND = '{0,0}')

CREATE FUNCTION line_total(sol) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT $1.qty * $1.price'

CREATE FUNCTION dist(geo, geo) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT abs(($1).lat - ($2).lat) + abs(($1).lon - ($2).lon)'

CREATE OPERATOR <~> (LEFTARG = geo, RIGHTARG = geo, FUNCTION = dist)

CREATE FUNCTION cur_text(currency) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'c:' || CASE $1 WHEN 'EUR' THEN 'e' WHEN 'USD' THEN 'u' ELSE 'g' END $$

CREATE FUNCTION explode(int, OUT k int, OUT sq int) RETURNS SETOF record LANGUAGE sql IMMUTABLE AS 'SELECT i, i * i FROM generate_series(1, $1) i'

CREATE VIEW v_line AS SELECT l.*, p.sku, p.title, l.line_total AS amount FROM sol l JOIN product p ON p.id = l.product

CREATE VIEW v_order (no, n, amount) AS SELECT so, count(*), sum(amount) FROM v_line GROUP BY so HAVING count(*) > 0

CREATE VIEW v_top AS SELECT * FROM v_order ORDER BY amount DESC NULLS LAST, no FETCH FIRST 5 ROWS WITH TIES

CREATE VIEW v_all AS (TABLE v_top EXCEPT SELECT * FROM v_order WHERE n = 1) UNION ALL VALUES (0, 0::bigint, NULL::numeric)

INSERT INTO warehouse SELECT i, 'W' || i, ROW(i, i * 2)::geo, timerange(time '06:00' + i * interval '1 hour', time '18:00'), (ARRAY['DE','FR','IT'])[1 + i % 3] FROM generate_series(1, 4) i

INSERT INTO product (sku, title, price, cur, attrs, tags) SELECT 'P' || i, (ARRAY['Blue Shirt','blue shirt','Running Shoes','Coffee mugs',NULL])[1 + i % 5], CASE WHEN i % 7 > 0 THEN i * 3.5 END, (ARRAY['EUR','USD','GBP'])[1 + i % 3]::currency, jsonb_build_object('color', (ARRAY['red','blue'])[1 + i % 2], 'dims', jsonb_build_array(i, i % 3), 'spec', jsonb_build_object('w', i % 4 * 0.5, 'ok', i % 3 = 0)), CASE i % 3 WHEN 0 THEN NULL WHEN 1 THEN '{new,sale}' ELSE '{old,NULL}' END::text[] FROM generate_series(1, 15) i

INSERT INTO stock SELECT w, p, (w * p) % 17, nullif((w + p) % 4, 0) FROM generate_series(1, 4) w, generate_series(1, 15) p WHERE (w + p) % 3 > 0

INSERT INTO movement (warehouse, product, delta, at, reason, ref) SELECT 1 + i % 4, 1 + i % 15, i % 9 - 4, timestamptz '2024-03-30 22:00+00' + i * interval '41 minutes', (ARRAY['sale','return','count',NULL])[1 + i % 4], CASE WHEN i % 3 > 0 THEN ('00000000-0000-0000-0000-0000000000' || lpad((i % 12)::text, 2, '0'))::uuid END FROM generate_series(1, 50) i

INSERT INTO customer SELECT i, (ARRAY['Ann','ann','Bob','Ümit',NULL])[1 + i % 5], CASE WHEN i % 4 > 0 THEN 'U' || i || '@ex.org' END, (ARRAY['A','B','C'])[1 + i % 3], date '2023-01-15' + i * 40, (i * 100)::money, nullif(i / 3, 0), (i % 16)::bit(8), CASE WHEN i % 3 > 0 THEN xmlparse(content '<n k="' || i || '">t' || i % 2 || '</n>') END FROM generate_series(1, 12) i

INSERT INTO so SELECT i, nullif(i % 13, 0), date '2024-01-28' + i * 3, (ARRAY['open','paid','shipped','void'])[1 + i % 4], (SELECT jsonb_agg(jsonb_build_object('sku', 'P' || j, 'q', i * j % 5, 'opt', CASE WHEN j = 1 THEN NULL ELSE 'o' || j END)) FROM generate_series(1, i % 4) j), ROW('n' || i % 3, ROW(i % 5, 1)::geo)::party, CASE i % 5 WHEN 0 THEN NULL WHEN 1 THEN 10.0 WHEN 2 THEN 10.00 ELSE i * 1.5 END FROM generate_series(1, 20) i

INSERT INTO sol SELECT s, p, 1 + (s * p) % 15, 1 + (s + p) % 4, CASE WHEN (s + p) % 6 > 0 THEN s * 1.25 + p END FROM generate_series(1, 20) s, generate_series(1, 3) p WHERE (s + p) % 4 > 0

INSERT INTO evt SELECT (ARRAY['acct-','cart-'])[1 + s % 2] || s, v, (ARRAY['opened','deposited','withdrawn','closed'])[1 + (s + v) % 4], jsonb_build_object('amt', s * v, 'by', 'u' || v % 3), timestamptz '2024-05-01+00' + v * interval '1 day' + s * interval '1 hour' FROM generate_series(1, 6) s, generate_series(1, 5) v WHERE (s * v) % 7 > 0

INSERT INTO tick SELECT (ARRAY['AA','BB','CC'])[1 + i % 3], timestamp '2024-06-03 09:00' + i * interval '37 seconds', (ARRAY[10.5, 10.25, 11, NULL, 9.75])[1 + i % 5], i % 6 * 100 FROM generate_series(1, 45) i

INSERT INTO shift SELECT i % 5, tstzmultirange(tstzrange(timestamptz '2024-01-01+00' + i * interval '3 hours', timestamptz '2024-01-01+00' + i * interval '3 hours' + (1 + i % 4) * interval '90 minutes')), date '2024-01-01' + i / 8, (ARRAY['24:00','1 day','90 min',NULL])[1 + i % 4]::interval FROM generate_series(1, 16) i

INSERT INTO emp SELECT i, 'e' || i % 4, nullif(i / 2, 0), CASE WHEN i % 5 > 0 THEN 1000 + i * 50 END, (ARRAY['a','b','c'])[1 + i % 3]::"char", date '2020-02-28' + i * 111, CASE WHEN i % 3 > 0 THEN ARRAY[['sql', i::text], ['java', '2']] END, i % 4 * 0.5 FROM generate_series(1, 14) i

INSERT INTO "Ops Äx"."Job Log" SELECT i, timestamptz '2024-02-28 20:00+00' + i * interval '5 hours', i * 37 % 100, nullif(i % 3, 2) = 1, i * 0.1, (ARRAY['cron','api'])[1 + i % 2] FROM generate_series(1, 16) i

INSERT INTO kv SELECT 'k' || i % 5, CASE WHEN i % 4 > 0 THEN 'v' || i % 3 END FROM generate_series(1, 12) i

INSERT INTO plog SELECT i, date '2024-01-01' + i % 6, (ARRAY['info','warn','error'])[1 + i % 3], CASE WHEN i % 5 > 0 THEN 'msg ' || i % 4 END FROM generate_series(1, 24) i
