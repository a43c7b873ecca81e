SELECT si, jsonb_object_agg(id, jb) AS o, json_agg(js ORDER BY id) AS j FROM zoo GROUP BY si

SELECT i.id, i.amount, x.s, i.amount IS DISTINCT FROM x.s AS mismatch FROM invoices i LEFT JOIN (SELECT invoice_id, sum(qty * unit)::numeric(12,2) s FROM invoice_lines GROUP BY 1) x ON x.invoice_id = i.id

SELECT settings->'flags'->>'beta' AS beta, settings #>> '{limits,0}' AS l0, count(*) FROM tenants GROUP BY 1, 2

SELECT id, x FROM zoo, unnest(mr) x

SELECT dm AS k, count(*) FROM (SELECT dm FROM zoo UNION ALL SELECT k FROM n) x GROUP BY dm

SELECT id, da + iv AS d, ts - ts::date AS since, age(ts, timestamp '2000-01-01') AS ag, justify_hours(iv) AS j, extract(epoch FROM iv) AS e FROM zoo WHERE isfinite(da) AND isfinite(ts)

SELECT props->>'page' AS page, count(*), avg((props->>'ms')::numeric) FILTER (WHERE jsonb_typeof(props->'ms') = 'number') AS ms, bool_or((props->>'ok')::bool) AS ok FROM events GROUP BY 1

SELECT ts::timestamptz AS z, count(*) FROM zoo GROUP BY 1

SELECT si, b, count(*) FILTER (WHERE b), bool_and(b), bool_or(b IS NULL) FROM zoo GROUP BY si, b

SELECT f8, count(*) FROM zoo GROUP BY f8

SELECT iv, count(*) FROM zoo GROUP BY iv

SELECT room, range_agg(slot) AS busy, int4multirange(int4range(0, 20)) - range_agg(slot) AS free FROM seats GROUP BY room

SELECT id FROM zoo WHERE ci = 'abc' OR ci IN ('ABD')

SELECT id, n2 BETWEEN 2 AND 9 AS b, n2 BETWEEN SYMMETRIC 9 AND 2 AS s, n2 NOT BETWEEN 1 AND 3 AS nb, si IN (1, NULL) AS i, si NOT IN (1, 2) AS ni, greatest(n2, nu) AS g, least(f4, f8) AS l, nullif(si, 2) AS nf, b IS NOT UNKNOWN AS k, num_nulls(si, tx, b) AS nn FROM zoo

SELECT a.id, b.id AS bid FROM zoo a JOIN zoo b ON a.ci = b.ci AND a.id < b.id

SELECT count(z) FROM zoo z

SELECT t.plan, count(DISTINCT t.id) AS tenants, count(DISTINCT u.id) FILTER (WHERE u.active) AS active, sum(DISTINCT t.seats) AS seats FROM tenants t LEFT JOIN users u ON u.tenant_id = t.id GROUP BY t.plan

SELECT nu, count(*), sum(nu) FROM zoo GROUP BY nu

SELECT id, pt <-> point(0, 0) AS d, pt[0] AS x, cr, area(cr) AS ar, bx @> pt AS inn, pt ~= point(0, 0) AS same FROM zoo

SELECT z.si, l.t FROM zoo z JOIN l ON z.si = l.a AND z.bi > l.b

SELECT l.a, n.k FROM l JOIN n ON l.a = n.k::bigint AND l.b = n.w::numeric

SELECT l.a, r.b FROM l JOIN r ON l.a OPERATOR(o.===) r.a

SELECT bx, id % 2 AS p FROM zoo WHERE bx IS NOT NULL

SELECT i.tenant_id, il.sku, sum(il.qty * il.unit) AS s FROM invoices i JOIN invoice_lines il ON il.invoice_id = i.id GROUP BY CUBE (i.tenant_id, il.sku)

SELECT a, grouping(a) FROM l GROUP BY GROUPING SETS (a, ())

SELECT x.a1, x.b1 FROM (SELECT a, b FROM l) AS x (a1, b1) JOIN (VALUES (1, 'one'), (2, 'two')) AS v (k, nm) ON v.k = x.a1

WITH RECURSIVE w(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM w WHERE n < 5) SELECT w.n, count(l.a) FROM w LEFT JOIN l ON l.a = w.n GROUP BY w.n

SELECT * FROM (SELECT a, b, t FROM l ORDER BY a, b, t OFFSET 3) x

SELECT * FROM l WHERE a = (SELECT a FROM l l2 WHERE l2.a = l.a GROUP BY a HAVING count(*) > 2)

SELECT ROW(a, b) = ROW(b, a) AS e, ROW(a, b) < ROW(b, a) AS lt, ROW(a, b) IS NULL AS n, (a, b) IS DISTINCT FROM (b, a) AS d, ROW(a, b)::text AS r FROM l

SELECT a FROM l WHERE a = ANY (ARRAY(SELECT k FROM n WHERE w = l.b))

SELECT o."group", o."desc", w."select", o."limit" FROM "order" o LEFT JOIN "Weird Table" w ON w."Group" = o."group" AND w."x""y" > 1

SELECT * FROM (SELECT sym, ts, bid, bid IS DISTINCT FROM lag(bid) OVER (PARTITION BY sym ORDER BY ts) AS chg FROM quotes) x WHERE chg

SELECT a, (SELECT max(b) FROM r WHERE r.a = l.a) AS mx, (SELECT string_agg(t, ',' ORDER BY t) FROM r WHERE r.b = l.b AND r.a < l.a) AS ts FROM l

SELECT count(*) FROM l WHERE b = (SELECT min(b) FROM r WHERE r.a > (SELECT avg(k) FROM n WHERE n.w = l.a))

SELECT coalesce((SELECT r.t FROM r WHERE r.a = l.a ORDER BY r.t, r.b LIMIT 1), l.t, '-') AS tt, a FROM l

SELECT u.id, (SELECT count(*) + 1 FROM users v WHERE v.tenant_id = u.tenant_id AND v.signup < u.signup) AS pos, row_number() OVER (PARTITION BY tenant_id ORDER BY signup, id) AS rn FROM users u

SELECT a, b FROM l WHERE a > 0 OFFSET 0

SELECT n.k, c.* FROM n CROSS JOIN LATERAL (SELECT l.b, count(*) FROM l WHERE l.a <= n.w GROUP BY ROLLUP (l.b)) c

SELECT l.t, x.c FROM l JOIN LATERAL (SELECT count(*) c FROM r WHERE r.t = l.t UNION ALL SELECT count(*) FROM n WHERE n.w = l.b) x ON true

VALUES (1, 'a'), (2, NULL)

WITH x AS (SELECT * FROM l WHERE b > 0), y AS (SELECT x.a, r.t FROM x JOIN r ON r.a = x.a), z AS (SELECT t, count(*) n FROM y GROUP BY t) SELECT x.a, z.n FROM x LEFT JOIN z USING (t) WHERE EXISTS (SELECT FROM y WHERE y.a = x.a)
