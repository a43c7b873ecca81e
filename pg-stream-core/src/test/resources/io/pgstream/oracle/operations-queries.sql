-- what these ask, in as many spellings as the grammar has
SELECT * FROM (VALUES (1, 'x'), (2, NULL)) v(a, b) FULL JOIN kv ON kv.v = 'v' || v.a

SELECT id, title = 'BLUE SHIRT' AS same, title COLLATE "C" < 'a' AS lt, lower(title) AS l FROM product

SELECT w.code, p.sku, coalesce(s.qty, 0) AS qty FROM warehouse w CROSS JOIN product p LEFT JOIN stock s ON (s.warehouse, s.product) = (w.id, p.id)

SELECT warehouse, product, (qty, reserved) < (5, 2) AS lt, (qty, reserved) IS NULL AS n, ROW(qty, reserved) IS NOT DISTINCT FROM ROW(3, NULL) AS same, (warehouse, product) IN ((1, 2), (2, 2), (3, NULL)) AS inn FROM stock

SELECT warehouse, sum(delta) FILTER (WHERE reason IS DISTINCT FROM 'count') OVER w AS a, count(*) OVER (w ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) AS b, first_value(id) OVER (w RANGE BETWEEN '2 hours' PRECEDING AND CURRENT ROW) AS c, nth_value(delta, 2) OVER (w GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING EXCLUDE TIES) AS d, ntile(3) OVER w AS e, cume_dist() OVER w AS f8, percent_rank() OVER w AS f8b, id FROM movement WINDOW w0 AS (PARTITION BY warehouse), w AS (w0 ORDER BY at)

SELECT reason, mode() WITHIN GROUP (ORDER BY delta) AS m, percentile_cont(ARRAY[0.25, 0.5]) WITHIN GROUP (ORDER BY delta) AS q, percentile_disc(0.9) WITHIN GROUP (ORDER BY at DESC) AS t, rank(2) WITHIN GROUP (ORDER BY delta) AS r, dense_rank(2, 3) WITHIN GROUP (ORDER BY delta, product) AS dr, cume_dist(1) WITHIN GROUP (ORDER BY delta) AS cd, percent_rank(1) WITHIN GROUP (ORDER BY delta DESC) AS pr FROM movement GROUP BY reason

SELECT cur, count(*), sum(net(price)) AS n, sum(net(price, rate => 0.1)) AS n2, slug(VARIADIC ARRAY['A', 'b']) AS s, firstval(sku ORDER BY id) AS f, wavg(price, id) AS w FROM product GROUP BY cur

SELECT l.so, l.pos, l.line_total, line_total(l) AS t2, (l).qty AS q FROM sol l

SELECT w.id, v.id AS other, w.at <~> v.at AS d FROM warehouse w JOIN warehouse v ON w.id <> v.id AND w.at OPERATOR(o.<~>) v.at < 4

SELECT c.id, x.n, x.a, x.b FROM customer c, ROWS FROM (generate_series(1, c.id % 3), unnest(ARRAY['a','b']), explode(2)) WITH ORDINALITY AS x(n, a, k, b, ord) WHERE ord < 3

SELECT id, skills[1][2] AS s, skills[1:2][1:1] AS sl, skills[2:] AS sl2, array_dims(skills) AS dm, cardinality(skills) AS c, 'sql' = ANY (skills) AS has, array_upper(skills, 1) AS up FROM emp

SELECT day, count(*), range_agg(during) AS busy, range_intersect_agg(during) AS common, sum(hrs) AS s, max(hrs) AS m FROM shift GROUP BY day

SELECT id, attrs @> '{"color": "red"}' AS red, attrs ? 'color' AS c, attrs ?| ARRAY['x','spec'] AS o, attrs ?& '{color,spec}' AS al, attrs -> 'dims' -> -1 AS l, attrs #> '{spec,w}' AS w, attrs - 'color' - '{dims}'::text[] AS less, attrs #- '{spec,ok}' AS del, attrs['spec']['w'] AS sub, attrs @? '$.dims[*] ? (@ > 7)' AS jp, attrs @@ '$.spec.ok == true' AS jm FROM product

SELECT s.no, t.* FROM so s, JSON_TABLE(s.lines, '$[*]' COLUMNS (ord FOR ORDINALITY, sku text PATH '$.sku' DEFAULT '?' ON EMPTY, q int PATH '$.q' ERROR ON ERROR, has bool EXISTS PATH '$.opt', raw jsonb FORMAT JSON PATH '$.opt')) t

SELECT segment, xmlagg(note ORDER BY id)::text AS x, string_agg(DISTINCT name, '/' ORDER BY name DESC) AS n, array_agg(name ORDER BY id) FILTER (WHERE parent IS NOT NULL) AS a FROM customer GROUP BY segment

SELECT id, ts_rank(search, q)::numeric(6,4) AS rank, ts_headline('english', title, q) AS h FROM product, to_tsquery('english', 'shoe | shirt') AS q WHERE search @@ q

SELECT sym, date_trunc('minute', ts) AS m, (array_agg(px ORDER BY ts, vol))[1] AS open, max(px) AS high, min(px) AS low, (array_agg(px ORDER BY ts DESC, vol DESC))[1] AS close, sum(vol) AS vol, sum(px * vol) / nullif(sum(vol), 0) AS f8 FROM tick GROUP BY 1, 2

SELECT ("started At" AT TIME ZONE 'America/New_York')::date AS d, overlay("from" PLACING 'X' FROM 1 FOR 1) AS o, substring("from" FROM 2) AS s, substring("from" FROM '(.)r') AS r, position('r' IN "from") AS p, trim(BOTH 'c' FROM "from") AS t, normalize("from", NFC) AS n, "from" IS NFC NORMALIZED AS nn, (date '2024-01-01', interval '40 days') OVERLAPS ("started At"::date, "started At"::date + 1) AS ov FROM "Ops Äx"."Job Log"

SELECT status, ordered, count(*), grouping(status), GROUPING(ordered, status) AS g FROM so GROUP BY GROUPING SETS (CUBE (status, ordered), ROLLUP (status), ())

SELECT l.* FROM v_line l WHERE EXISTS (TABLE v_top) AND l.amount > ALL (SELECT n FROM v_order o WHERE o.no < l.so - 10)

WITH RECURSIVE r AS (SELECT id, boss, pay FROM emp UNION SELECT e.id, b.boss, e.pay FROM r e JOIN emp b ON b.id = e.boss), tot AS MATERIALIZED (SELECT boss, sum(pay) AS p FROM r GROUP BY boss) SELECT e.id, tot.p FROM emp e LEFT JOIN tot ON tot.boss = e.id

(SELECT k FROM kv ORDER BY k, v LIMIT 4) UNION ALL (SELECT v FROM kv ORDER BY v DESC NULLS LAST OFFSET 2 ROWS FETCH NEXT 3 ROWS ONLY)

TABLE v_all

SELECT extract(epoch from (ARRAY[at, at + interval '1 day'])[2] - at) AS e, (ARRAY[at, NULL])[1] AT TIME ZONE 'UTC' AS z, (at AT TIME ZONE 'UTC')::date AS d FROM movement

SELECT substring(string_agg(k, '/' ORDER BY k) from 2 for 1) AS c1, v FROM kv GROUP BY v

SELECT replace(substring(string_agg(k, '/' ORDER BY k) FILTER (WHERE v > 'v') from 2 for 1), 'a', 'c') AS c1, v FROM kv GROUP BY v

SELECT id, date_part('year', age(hired))::int AS years FROM emp

SELECT no, now() - ordered > interval '30 days' AS overdue FROM so

SELECT d::date AS day, count(s.no) FROM generate_series(current_date - 6, current_date, interval '1 day') d LEFT JOIN so s ON s.ordered = d::date GROUP BY 1

SELECT q.total, q.n, (SELECT count(*) FROM so t WHERE t.total <> q.total) AS below FROM (SELECT total, count(*) AS n FROM so GROUP BY total) q

SELECT warehouse, product, qty FROM stock ORDER BY qty DESC, warehouse, product LIMIT NULL OFFSET 3

SELECT k, (k, v) >= ANY (SELECT k, v FROM kv x WHERE x.k <> kv.k) AS g FROM kv

SELECT unnest(ARRAY[id, boss]) AS x, count(*) FROM emp GROUP BY 1

SELECT U&'d\0061t\+000061' AS u, E'a\tb' AS e, $$it's$$ AS d, B'101' AS b, X'1F' AS x, 1e3 AS n, .5 AS h, k FROM kv

SELECT title, min(sku) AS s FROM product GROUP BY title HAVING title LIKE '%s%' COLLATE "C" OR title IS NULL

SELECT e.stream, e.at AS opened, c.at AS closed, c.at - e.at AS took FROM evt e LEFT JOIN LATERAL (SELECT at FROM evt c WHERE c.stream = e.stream AND c.version > e.version AND c.type IN ('closed', 'withdrawn') ORDER BY c.version LIMIT 1) c ON true WHERE e.type = 'opened'

SELECT sym, time_slot, count(*) AS n FROM tick, LATERAL (VALUES (date_trunc('hour', ts)), (date_trunc('minute', ts))) AS s(time_slot) GROUP BY 1, 2

SELECT tbl, n FROM (SELECT 'kv' AS tbl, count(*) AS n FROM kv UNION ALL SELECT 'emp', count(*) FROM emp UNION ALL SELECT 'so', count(*) FROM so) t WHERE n > 3

SELECT a.k, w.id, f.n FROM kv a JOIN (warehouse w LEFT JOIN LATERAL (SELECT count(*) AS n FROM stock s WHERE s.warehouse = w.id) f ON f.n > 3) ON length(a.k) = w.id

SELECT k, v, extract(epoch from lag(at) OVER (PARTITION BY k ORDER BY at, v)) AS before, trim(both 'k' from mode() WITHIN GROUP (ORDER BY k)) AS m FROM kv CROSS JOIN (SELECT at FROM movement WHERE id < 4) AS x GROUP BY k, v, at

SELECT array_position(ARRAY[id, (id + 1)], 2) AS a, id = ANY (ARRAY[1, id - 1]) AS b, ROW(ARRAY[id, id + 1], 1)::text AS c FROM emp

VALUES ((SELECT count(*) FROM kv), (SELECT max(k) FROM kv)), (NULL, 'z')

WITH k(n, v) AS (VALUES ('a', (SELECT sum(qty) FROM stock)), ('b', (SELECT count(*) FROM so))) SELECT n, v, v * 100 / sum(v) OVER () AS pct FROM k

SELECT id IN (VALUES ((SELECT max(id) FROM emp)), (2)) AS i, id FROM emp
