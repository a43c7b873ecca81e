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

SELECT a, count(ROW(a, b)) AS c, count((b, t)) FILTER (WHERE b > 1) AS c2 FROM l GROUP BY a

SELECT tenant_id, array_to_json(array_agg(ROW(id, role) ORDER BY id)) AS us FROM users GROUP BY tenant_id

SELECT array_to_json(array_agg(q ORDER BY q.id)) AS us, coalesce(to_jsonb(array_agg(q ORDER BY q.id DESC) FILTER (WHERE q.id > 10)), '[]') AS e FROM (SELECT id, role FROM users WHERE active) q

SELECT t.id, array_to_json(array_agg(q ORDER BY q.id)) AS us, count(q) AS c FROM tenants t LEFT JOIN (SELECT id, tenant_id FROM users WHERE active) q ON q.tenant_id = t.id GROUP BY t.id

SELECT q.a FROM (SELECT a, b FROM l) q ORDER BY q LIMIT 3

SELECT k, q.a FROM n LEFT JOIN (SELECT a, b FROM l) q ON n.k = q.a ORDER BY q DESC, k LIMIT 5

SELECT k, q.a FROM n LEFT JOIN (SELECT a, b FROM l) q ON n.k = q.a ORDER BY q DESC NULLS LAST, k DESC LIMIT 5

SELECT k, q.a FROM n LEFT JOIN (SELECT a, b FROM l) q ON n.k = q.a ORDER BY q NULLS FIRST, k LIMIT 6

SELECT a, b, t FROM l ORDER BY ROW(b, a) DESC, t LIMIT 6

SELECT DISTINCT ON ((a, b)) a, b, t FROM l ORDER BY (a, b), t

SELECT DISTINCT ON (q) q::text, x.k, x.v FROM (SELECT a, b FROM l) q LEFT JOIN n x ON x.k = q.a ORDER BY q, x.k

SELECT id, rank() OVER (PARTITION BY (currency, tenant_id) ORDER BY issued, id) AS r, sum(amount) OVER (PARTITION BY currency ORDER BY (issued, id) DESC) AS s FROM invoices

SELECT id, rank() OVER w AS r FROM invoices WINDOW w AS (PARTITION BY (currency) ORDER BY (amount, id) DESC)

SELECT k, row_number() OVER (PARTITION BY q ORDER BY k) AS rn, dense_rank() OVER (ORDER BY q) AS dr FROM n LEFT JOIN (SELECT DISTINCT a, b FROM l) q ON n.k = q.a

SELECT count(*) AS c, sum(q.a) AS s FROM (SELECT a, b FROM l) q GROUP BY q

SELECT q::text AS w, count(*) AS c FROM (SELECT a, b FROM l) q GROUP BY q

SELECT x.w, x.c FROM (SELECT (q).*, q::text AS w, count(*) AS c FROM (SELECT a, b FROM l) q GROUP BY q, q.a, q.b) x

SELECT row_to_json(q) AS w, count(*) AS c, count(q) AS d FROM n LEFT JOIN (SELECT a, b FROM l) q ON n.k = q.a GROUP BY q

SELECT q::text AS w, count(*) AS c FROM (SELECT a, b FROM l) q GROUP BY q::text HAVING q::text > '(1'

SELECT count(*) AS c FROM l GROUP BY ROW(a, b), t

SELECT id FROM users WHERE tenant_id = ANY ((SELECT array_agg(id) FROM tenants WHERE plan = 'pro')::int[])

SELECT id FROM users u WHERE role = ANY ((SELECT array_agg(m.role) FROM users m WHERE m.manager_id = u.id)::text[])

SELECT id, id <> ALL ((SELECT array_agg(m.manager_id) FROM users m WHERE m.tenant_id = u.tenant_id)::int[]) AS al FROM users u

SELECT id FROM users u WHERE NOT (id = ANY (((SELECT '{' || string_agg(m.manager_id::text, ',') || '}' FROM users m))::int[]))

SELECT l.a, l.b FROM l WHERE l.a IN (VALUES (l.b), (2))

SELECT l.a, l.b FROM l WHERE l.a NOT IN (VALUES (l.b), (3))

SELECT l.a, l.b, (l.a, l.b) IN (VALUES (l.b, l.a), (1, 1)) AS i FROM l

SELECT l.a, l.b, l.a > ALL (VALUES (l.b), (2)) AS i, l.a = ANY (VALUES (1), (l.b + 1)) AS j FROM l

SELECT i.id FROM invoices i WHERE i.tenant_id IN (VALUES (i.sub_id), (i.id))

SELECT l.a FROM l WHERE EXISTS (VALUES (l.a))

SELECT l.a, ARRAY(VALUES (l.a), (l.b)) AS arr FROM l

SELECT l.a, (VALUES (l.b)) AS v FROM l

SELECT n.k, (VALUES (l.b), (l.a) ORDER BY 1 LIMIT 1) AS v FROM l JOIN n ON n.k = l.a

SELECT l.a, (VALUES (l.b)) AS v, (VALUES (l.b + 1)) + 1 AS w FROM l

SELECT j.a, j.v FROM (l JOIN n ON l.a = n.k) AS j

SELECT j.a, j.v, r.t FROM (l LEFT JOIN n ON l.a = n.k) AS j JOIN r ON r.a = j.a

SELECT j.x, j.y, j.z FROM (l JOIN n ON l.a = n.k) AS j (x, y, z)

SELECT j.a, j.t2, r.t FROM (l FULL JOIN r USING (a, b)) AS j (a, b, t1, t2) LEFT JOIN r ON r.a = j.a

SELECT n.k, j.a, j.t2 FROM n LEFT JOIN (l RIGHT JOIN r USING (a)) AS j (a, b1, t1, b2, t2) ON j.a = n.k

SELECT u.a, l.b AS lb, r.b AS rb FROM l JOIN r USING (a) AS u

SELECT u.a, count(*) AS c, max(u.b) AS m FROM l FULL JOIN r USING (a, b) AS u GROUP BY u.a

SELECT a, u.b FROM l LEFT JOIN r USING (a, b) AS u WHERE u.a > 1

SELECT j.k, (SELECT count(*) FROM r WHERE r.a = j.k) AS c FROM (n JOIN l ON l.a = n.k) AS j

SELECT k, (SELECT count(*) FROM (l JOIN r USING (a) AS u) AS j (a) WHERE j.a = n.k) AS c FROM n

SELECT j.name, j.total FROM ((tenants t LEFT JOIN (SELECT tenant_id, sum(amount) AS total FROM invoices GROUP BY tenant_id) i ON i.tenant_id = t.id) AS k JOIN config c ON c.v = k.seats) AS j

SELECT * FROM (l JOIN r ON l.a = r.a) AS j (a, b, t, a2, b2, t2) WHERE (j.a, j.b) IN (SELECT k, v FROM n)

SELECT x.a, d.w FROM l x, ((n JOIN config c ON c.v = n.k) AS d CROSS JOIN LATERAL (SELECT d.w + 1 AS w2) e) WHERE d.w = x.a

SELECT q.a FROM l q, LATERAL (SELECT j.w FROM (n JOIN config c ON c.v > n.k AND n.k <= q.a) AS j (k, v)) z

SELECT id FROM users u WHERE EXISTS (SELECT FROM (tenants t JOIN subs s ON s.tenant_id = t.id) AS j (tid, name) WHERE j.tid = u.tenant_id AND j.status = 'active')

SELECT id, label FROM nodes ORDER BY id LIMIT (SELECT v FROM config WHERE k = 'min')

SELECT id, label FROM nodes ORDER BY id OFFSET (SELECT v FROM config WHERE k = 'min')

SELECT id, label FROM nodes ORDER BY id DESC OFFSET (SELECT v FROM config WHERE k = 'off') LIMIT (SELECT max(v) / 4 FROM config)

SELECT label FROM nodes ORDER BY weight DESC NULLS LAST, id LIMIT (SELECT sum(v) / 5 FROM config) OFFSET (SELECT count(*) - 1 FROM config)

SELECT id, weight FROM nodes ORDER BY weight DESC NULLS LAST, id FETCH FIRST (SELECT greatest(max(v), 1) FROM config) ROWS WITH TIES

SELECT weight FROM nodes ORDER BY weight DESC NULLS LAST OFFSET (SELECT count(*) FROM config) FETCH FIRST (SELECT 1 + count(*) / 5 FROM nodes) ROWS WITH TIES

SELECT a, count(*) AS c FROM l GROUP BY a ORDER BY c DESC, a LIMIT (SELECT count(DISTINCT a) / 2 FROM r)

SELECT DISTINCT a FROM l ORDER BY a DESC LIMIT (SELECT count(*) FROM config)

SELECT DISTINCT ON (label) label, id FROM nodes ORDER BY label, id DESC LIMIT (SELECT v FROM config WHERE k = 'min')

SELECT x.id, n.v FROM (SELECT id FROM nodes ORDER BY weight, id LIMIT (SELECT max(seats) FROM tenants)) x LEFT JOIN n ON n.k = x.id

SELECT id FROM nodes ORDER BY id LIMIT (SELECT v FROM config WHERE k = 'min') + 1 OFFSET (2 - 1)

SELECT t.id, x.id AS uid FROM tenants t, LATERAL (SELECT u.id FROM users u WHERE u.tenant_id = t.id ORDER BY u.id LIMIT t.seats) x

SELECT t.id, ARRAY(SELECT u.id FROM users u WHERE u.tenant_id = t.id ORDER BY u.id OFFSET t.seats - 3 LIMIT (SELECT v FROM config WHERE k = 'min')) AS us FROM tenants t WHERE t.seats > 3

SELECT t.id, x.score FROM tenants t LEFT JOIN LATERAL (SELECT u.score FROM users u WHERE u.tenant_id = t.id AND u.score IS NOT NULL ORDER BY u.score DESC FETCH FIRST (greatest(t.seats, 1)) ROWS WITH TIES) x ON true

SELECT id FROM nodes ORDER BY id LIMIT 10 * 2 / 4 OFFSET 1 + 1

SELECT id FROM nodes ORDER BY id LIMIT greatest(3, 2)

SELECT id FROM nodes ORDER BY id FETCH FIRST ((SELECT count(*) FROM config) - 1) ROWS ONLY

(SELECT id FROM nodes UNION SELECT v FROM config) ORDER BY 1 LIMIT (2 + 3)

WITH RECURSIVE t(id, parent) AS (SELECT id, parent FROM nodes WHERE parent IS NULL UNION ALL SELECT n.id, n.parent FROM nodes n JOIN t ON n.parent = t.id) SEARCH DEPTH FIRST BY id SET o SELECT id, parent FROM t ORDER BY o

WITH RECURSIVE t(id, parent) AS (SELECT id, parent FROM nodes WHERE parent IS NULL UNION ALL SELECT n.id, n.parent FROM nodes n JOIN t ON n.parent = t.id) SEARCH DEPTH FIRST BY id SET o SELECT id, parent, row_number() OVER (ORDER BY o) AS pos, cardinality(o) AS depth FROM t

WITH RECURSIVE t AS (SELECT id, parent, label FROM nodes WHERE parent IS NULL UNION ALL SELECT n.id, n.parent, n.label FROM nodes n JOIN t ON n.parent = t.id) SEARCH DEPTH FIRST BY label, id SET o SELECT id, parent, label FROM t ORDER BY o

WITH RECURSIVE t(id, parent) AS (SELECT id, parent FROM nodes WHERE parent IS NULL UNION ALL SELECT n.id, n.parent FROM nodes n JOIN t ON n.parent = t.id) SEARCH BREADTH FIRST BY id SET o SELECT id, parent, row_number() OVER (ORDER BY o) AS pos, o::text AS o FROM t

WITH RECURSIVE t AS (SELECT id, parent, weight FROM nodes WHERE parent IS NULL UNION ALL SELECT n.id, n.parent, n.weight FROM nodes n JOIN t ON n.parent = t.id) SEARCH BREADTH FIRST BY weight, id SET o SELECT id, parent FROM t ORDER BY o LIMIT 7

WITH RECURSIVE t(src, dst) AS (SELECT src, dst FROM edges WHERE src = 1 UNION ALL SELECT t.src, e.dst FROM edges e JOIN t ON e.src = t.dst) CYCLE dst SET c USING path SELECT src, dst, c, cardinality(path) AS len FROM t

WITH RECURSIVE t(src, dst) AS (SELECT src, dst FROM edges WHERE src = 1 UNION SELECT t.src, e.dst FROM edges e JOIN t ON e.src = t.dst) CYCLE dst SET c TO 'Y' DEFAULT 'N' USING path SELECT src, dst, c FROM t WHERE c = 'N'

WITH RECURSIVE t AS (SELECT a, b FROM l WHERE t IS NOT NULL UNION ALL SELECT r.a, r.b FROM r, t WHERE r.a = t.b) CYCLE a, b SET looped USING way SELECT a, b, looped, count(*) AS c FROM t GROUP BY a, b, looped

WITH RECURSIVE t(id, parent) AS (SELECT id, parent FROM nodes WHERE id < 3 UNION ALL SELECT n.id, n.parent FROM nodes n JOIN t x ON n.id = x.parent OR n.parent = x.id WHERE n.id < 6) SEARCH DEPTH FIRST BY id SET o CYCLE id SET c USING path SELECT id, c, dense_rank() OVER (ORDER BY o) AS r FROM t WHERE NOT c

WITH RECURSIVE s(c) AS (SELECT parent FROM nodes WHERE id = 9 UNION ALL SELECT m.parent FROM nodes m JOIN s ON m.id = s.c) CYCLE c SET lo USING way, t(id) AS (SELECT id FROM nodes WHERE parent IS NULL UNION ALL SELECT m.id FROM nodes m JOIN t ON m.parent = t.id) SEARCH BREADTH FIRST BY id SET o SELECT t.id, s.lo FROM t LEFT JOIN s ON s.c = t.id

WITH RECURSIVE t AS (SELECT tx, ch, 1 AS d FROM zoo WHERE id < 4 UNION ALL SELECT z.tx, z.ch, t.d + 1 FROM zoo z JOIN t ON z.tx = t.tx AND t.d < 4) CYCLE tx, ch SET lo USING way SELECT tx, ch, lo, d, count(*) AS c FROM t GROUP BY 1, 2, 3, 4

WITH RECURSIVE t(src, dst, c, path) AS (SELECT src, dst, 'N', ARRAY[dst] FROM edges WHERE src = 1 UNION SELECT s.src, s.dst, CASE WHEN array_position(s.path, s.dst) IS NOT NULL THEN 'Y' ELSE 'N' END, array_append(s.path, s.dst) FROM (SELECT t.src, e.dst, t.c, t.path FROM edges e JOIN t ON e.src = t.dst) s WHERE s.c <> 'Y') SELECT src, dst, c FROM t WHERE c = 'N'
