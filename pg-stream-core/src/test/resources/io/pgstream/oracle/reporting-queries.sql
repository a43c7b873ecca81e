-- what people report on, over subscriptions, ledgers, devices, people and events


SELECT m.month::date AS month, coalesce(sum(s.mrr), 0) AS mrr, count(s.id) AS subs FROM generate_series(date '2024-01-01', date '2024-09-01', interval '1 month') AS m(month) LEFT JOIN subs s ON s.started <= m.month AND (s.ended IS NULL OR s.ended > m.month) GROUP BY m.month

SELECT m.month, s.plan, sum(s.mrr) AS mrr, sum(sum(s.mrr)) OVER (PARTITION BY s.plan ORDER BY m.month) AS running FROM generate_series(timestamptz '2024-01-01 00:00+00', timestamptz '2024-09-01 00:00+00', interval '1 month') AS m(month) JOIN subs s ON s.started <= m.month GROUP BY m.month, s.plan

WITH months AS (SELECT generate_series(date '2024-01-01', date '2024-06-01', interval '1 month')::date AS m), act AS (SELECT m.m, s.account_id, sum(s.mrr) AS mrr FROM months m JOIN subs s ON s.started < m.m + interval '1 month' AND coalesce(s.ended, 'infinity') >= m.m GROUP BY 1, 2) SELECT coalesce(c.m, (p.m + interval '1 month')::date) AS month, sum(CASE WHEN p.account_id IS NULL THEN c.mrr ELSE 0 END) AS new, sum(CASE WHEN c.account_id IS NULL THEN -p.mrr ELSE 0 END) AS churn, sum(CASE WHEN c.mrr > p.mrr THEN c.mrr - p.mrr ELSE 0 END) AS expansion FROM act c FULL JOIN act p ON p.account_id = c.account_id AND p.m + interval '1 month' = c.m GROUP BY 1

SELECT a.id, a.name, a.plan, s.mrr, s.started FROM accounts a LEFT JOIN LATERAL (SELECT * FROM subs s WHERE s.account_id = a.id ORDER BY s.started DESC, s.id DESC LIMIT 1) s ON true WHERE a.deleted_at IS NULL

SELECT account_id, CASE WHEN date '2024-07-01' - issued <= 30 THEN '0-30' WHEN date '2024-07-01' - issued <= 60 THEN '31-60' WHEN date '2024-07-01' - issued <= 90 THEN '61-90' ELSE '90+' END AS bucket, sum(amount) AS due FROM invoices WHERE status IN ('open', 'overdue') GROUP BY 1, 2

SELECT id, issued, amount, avg(amount) OVER (ORDER BY issued RANGE BETWEEN interval '30 days' PRECEDING AND CURRENT ROW) AS ma30, sum(amount) OVER (ORDER BY issued RANGE BETWEEN interval '7 days' PRECEDING AND interval '7 days' FOLLOWING EXCLUDE CURRENT ROW) AS near FROM invoices

SELECT a.plan, date_trunc('quarter', i.issued)::date AS q, sum(i.amount) AS rev, lag(sum(i.amount)) OVER (PARTITION BY a.plan ORDER BY date_trunc('quarter', i.issued)) AS prev FROM invoices i JOIN accounts a ON a.id = i.account_id GROUP BY 1, 2, date_trunc('quarter', i.issued)

SELECT id, name FROM accounts WHERE id NOT IN (SELECT account_id FROM invoices)

SELECT id, name FROM accounts a WHERE NOT EXISTS (SELECT FROM invoices i WHERE i.account_id = a.id AND i.status = 'paid' AND i.issued > a.created_at::date)

SELECT f.flag, count(*) AS n, string_agg(a.name, ', ' ORDER BY a.name, a.id) AS who FROM accounts a CROSS JOIN LATERAL jsonb_array_elements_text(coalesce(a.settings -> 'flags', '[]')) AS f(flag) GROUP BY f.flag

SELECT entry_id, sum(debit) AS d, sum(credit) AS c FROM ledger GROUP BY entry_id HAVING sum(debit) IS DISTINCT FROM sum(credit)

SELECT d.day::date AS day, x.acct, coalesce(sum(l.debit - l.credit), 0) AS bal FROM generate_series(date '2024-01-01', date '2024-03-31', '1 day') AS d(day) CROSS JOIN (SELECT DISTINCT acct FROM ledger) x LEFT JOIN ledger l ON l.acct = x.acct AND l.posted <= d.day GROUP BY 1, 2

SELECT l.entry_id, b.ref, l.net, b.amount, CASE WHEN l.entry_id IS NULL THEN 'missing in ledger' WHEN b.ref IS NULL THEN 'missing in bank' WHEN l.net <> b.amount THEN 'differs' ELSE 'ok' END AS verdict FROM (SELECT entry_id, sum(debit) - sum(credit) AS net FROM ledger WHERE acct = 'cash' GROUP BY entry_id) l FULL OUTER JOIN bank b ON b.ref = l.entry_id::text

SELECT coalesce(l.posted, b.value_date) AS day, coalesce(l.amt, 0) AS ledger, coalesce(b.amt, 0) AS bank FROM (SELECT posted, sum(debit) AS amt FROM ledger GROUP BY posted) l FULL JOIN (SELECT value_date, sum(amount) AS amt FROM bank GROUP BY value_date) b ON l.posted = b.value_date WHERE coalesce(l.amt, 0) <> coalesce(b.amt, 0)

SELECT ref, amount FROM bank EXCEPT ALL SELECT entry_id::text, debit FROM ledger

SELECT acct, to_char(posted, 'YYYY-MM') AS m, sum(debit) AS debit, sum(credit) AS credit, sum(sum(debit - credit)) OVER (PARTITION BY acct ORDER BY to_char(posted, 'YYYY-MM')) AS closing FROM ledger GROUP BY 1, 2

SELECT date_bin('15 minutes', ts, timestamptz '2024-01-01 00:00+00') AS bucket, device_id, name, count(*) AS n, min(val) AS lo, max(val) AS hi FROM metrics GROUP BY 1, 2, 3

SELECT d.id, d.site, m.name, m.val, m.ts FROM devices d LEFT JOIN LATERAL (SELECT m.name, m.val, m.ts FROM metrics m WHERE m.device_id = d.id ORDER BY m.ts DESC, m.name, m.val, m.q LIMIT 3) m ON true

SELECT device_id, grp, min(ts) AS from_ts, max(ts) AS to_ts, count(*) AS n FROM (SELECT device_id, ts, count(*) FILTER (WHERE gap IS NULL OR gap > interval '2 days') OVER (PARTITION BY device_id ORDER BY ts) AS grp FROM (SELECT DISTINCT device_id, ts, ts - lag(ts) OVER (PARTITION BY device_id ORDER BY ts) AS gap FROM metrics) g) s GROUP BY device_id, grp

SELECT m.device_id, m.ts, m.name, m.val FROM metrics m JOIN (SELECT device_id, name, avg(val) AS mu, stddev_pop(val) AS sd FROM metrics GROUP BY 1, 2) s USING (device_id, name) WHERE abs(m.val - s.mu) > 1.5 * s.sd

SELECT d.id, t.fw, p.x, p.y FROM devices d, jsonb_to_record(d.meta) AS t(fw text, loc jsonb), LATERAL (SELECT (t.loc ->> 'x')::int AS x, (t.loc ->> 'y')::int AS y) p(x, y) WHERE true

SELECT f1.a AS person, f2.b AS suggestion, count(*) AS mutual FROM follows f1 JOIN follows f2 ON f2.a = f1.b WHERE f2.b <> f1.a AND NOT EXISTS (SELECT 1 FROM follows x WHERE x.a = f1.a AND x.b = f2.b) GROUP BY 1, 2

SELECT p.id, (SELECT count(*) FROM likes l WHERE l.post_id = p.id) AS likes, (SELECT count(*) FROM posts r WHERE r.parent = p.id) AS replies, ARRAY(SELECT l.person FROM likes l WHERE l.post_id = p.id ORDER BY l.person) AS fans FROM posts p

SELECT a.tag AS t1, b.tag AS t2, count(*) AS n FROM posts p, unnest(p.tags) AS a(tag), unnest(p.tags) AS b(tag) WHERE a.tag < b.tag GROUP BY 1, 2

SELECT author, id, likes FROM (SELECT p.author, p.id, count(l.person) AS likes, row_number() OVER (PARTITION BY p.author ORDER BY count(l.person) DESC, p.id) AS rn FROM posts p LEFT JOIN likes l ON l.post_id = p.id GROUP BY p.author, p.id) t WHERE rn <= 2

WITH RECURSIVE thread AS (SELECT id, parent, id AS root, 0 AS depth, ARRAY[id] AS path FROM posts WHERE parent IS NULL UNION ALL SELECT p.id, p.parent, t.root, t.depth + 1, t.path || p.id FROM posts p JOIN thread t ON p.parent = t.id WHERE NOT p.id = ANY (t.path)) SELECT root, count(*) - 1 AS replies, max(depth) AS depth FROM thread GROUP BY root

WITH RECURSIVE reach(src, dst, hops) AS (SELECT a, b, 1 FROM follows UNION SELECT r.src, f.b, r.hops + 1 FROM reach r JOIN follows f ON f.a = r.dst WHERE r.hops < 3) SELECT src, dst, min(hops) AS hops FROM reach WHERE src <> dst GROUP BY src, dst

WITH f AS (SELECT uid, min(ts) FILTER (WHERE name = 'visit') AS v, min(ts) FILTER (WHERE name = 'signup') AS s, min(ts) FILTER (WHERE name = 'purchase') AS b FROM ev WHERE uid IS NOT NULL GROUP BY uid) SELECT count(v) AS visited, count(s) FILTER (WHERE s >= v) AS signed, count(b) FILTER (WHERE b >= s AND s >= v) AS bought, avg(s - v) AS tts FROM f

WITH c AS (SELECT uid, date_trunc('week', min(ts)) AS cohort FROM ev WHERE uid IS NOT NULL GROUP BY uid) SELECT c.cohort, floor(extract(epoch FROM e.ts - c.cohort) / 604800)::int AS week, count(DISTINCT e.uid) AS users, first_value(count(DISTINCT e.uid)) OVER (PARTITION BY c.cohort ORDER BY floor(extract(epoch FROM e.ts - c.cohort) / 604800)::int) AS size FROM c JOIN ev e ON e.uid = c.uid GROUP BY 1, 2

WITH s AS (SELECT uid, ts, name, sum(CASE WHEN ts - prev > interval '30 minutes' OR prev IS NULL THEN 1 ELSE 0 END) OVER (PARTITION BY uid ORDER BY ts, name) AS sid FROM (SELECT uid, ts, name, lag(ts) OVER (PARTITION BY uid ORDER BY ts, name) AS prev FROM (SELECT DISTINCT uid, ts, name FROM ev) q) e) SELECT uid, sid, min(ts) AS start, max(ts) - min(ts) AS dur, count(*) AS events, (array_agg(name ORDER BY ts, name))[1] AS landing, string_agg(name, '>' ORDER BY ts, name) AS path FROM s GROUP BY uid, sid

SELECT e.uid, i.sku, sum(i.n) AS n FROM ev e CROSS JOIN LATERAL jsonb_to_recordset(e.props -> 'items') AS i(sku text, n int) GROUP BY 1, 2

SELECT uid, day, count(*) OVER (PARTITION BY uid, isl) AS streak FROM (SELECT uid, day, day - (row_number() OVER (PARTITION BY uid ORDER BY day))::int AS isl FROM (SELECT DISTINCT uid, ts::date AS day FROM ev) d) i

SELECT d.day::date AS day, count(DISTINCT e.uid) AS dau, (SELECT count(DISTINCT w.uid) FROM ev w WHERE w.ts >= d.day - interval '6 days' AND w.ts < d.day + interval '1 day') AS wau FROM generate_series(timestamptz '2024-01-01 00:00+00', timestamptz '2024-01-31 00:00+00', '1 day') AS d(day) LEFT JOIN ev e ON e.ts >= d.day AND e.ts < d.day + interval '1 day' GROUP BY d.day

WITH RECURSIVE x AS (SELECT code AS root, code AS part, 1::bigint AS qty FROM parts WHERE kind = 'made' UNION ALL SELECT x.root, b.child, x.qty * b.qty FROM x JOIN bom b ON b.parent = x.part) SELECT x.root, sum(x.qty * p.cost) AS cost FROM x JOIN parts p ON p.code = x.part WHERE p.kind = 'raw' GROUP BY x.root

WITH RECURSIVE under AS (SELECT id AS top, id FROM staff UNION SELECT u.top, s.id FROM under u JOIN staff s ON s.boss = u.id) SELECT u.top, count(*) - 1 AS reports, sum(s.salary) AS payroll FROM under u JOIN staff s ON s.id = u.id GROUP BY u.top

SELECT x.id, x.sku, x.qty, p.price, x.qty * p.price AS amount FROM sales x LEFT JOIN prices p ON p.sku = x.sku AND x.sold >= p.valid_from AND (p.valid_to IS NULL OR x.sold < p.valid_to)

SELECT sku, q, cum, CASE WHEN cum <= 0.8 * tot THEN 'A' WHEN cum <= 0.95 * tot THEN 'B' ELSE 'C' END AS cls FROM (SELECT sku, sum(qty) AS q, sum(sum(qty)) OVER (ORDER BY sum(qty) DESC, sku) AS cum, sum(sum(qty)) OVER () AS tot FROM sales WHERE sku IS NOT NULL GROUP BY sku) t

SELECT r.region, m.m, coalesce(sum(s.qty), 0) AS q FROM (VALUES ('north'), ('south'), ('east')) AS r(region) CROSS JOIN generate_series(1, 6) AS m(m) LEFT JOIN sales s ON s.region = r.region AND extract(month FROM s.sold) = m.m GROUP BY r.region, m.m

SELECT s.sku, s.region FROM sales s WHERE (s.region, s.sku) NOT IN (SELECT x.region, x.sku FROM sales x WHERE x.qty > 2)

SELECT id, sold, qty, sum(qty) OVER (PARTITION BY sku ORDER BY sold GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES) AS g, count(*) OVER (PARTITION BY sku ORDER BY sold RANGE BETWEEN '10 days' PRECEDING AND '10 days' FOLLOWING EXCLUDE GROUP) AS near FROM sales

SELECT account_id, range_agg(daterange(started, ended)) AS covered FROM subs WHERE ended IS NULL OR ended > started GROUP BY account_id

SELECT t.plan, t.k, t.v FROM (SELECT plan, count(*) AS n, count(deleted_at) AS gone FROM accounts GROUP BY plan) a CROSS JOIN LATERAL (VALUES ('n', a.n), ('gone', a.gone)) AS t0(k, v) CROSS JOIN LATERAL (SELECT a.plan, t0.k, t0.v) t

SELECT a.id, to_jsonb(a) || jsonb_build_object('subs', (SELECT coalesce(jsonb_agg(s ORDER BY s.id), '[]') FROM subs s WHERE s.account_id = a.id)) AS doc FROM accounts a

SELECT a.plan, json_agg(a ORDER BY a.id) AS rows FROM accounts a GROUP BY a.plan

WITH RECURSIVE cal(d) AS (SELECT date '2024-01-01' UNION ALL SELECT d + 7 FROM cal WHERE d < date '2024-06-01') SELECT cal.d, count(s.id) AS n FROM cal LEFT JOIN sales s ON s.sold >= cal.d AND s.sold < cal.d + 7 GROUP BY cal.d

SELECT s.id, s.account_id, s.started, lead(s.started) OVER (PARTITION BY s.account_id ORDER BY s.started, s.id) AS next_start, s.ended > lead(s.started) OVER (PARTITION BY s.account_id ORDER BY s.started, s.id) AS overlaps FROM subs s

SELECT w.word, count(*) AS n FROM posts p, regexp_split_to_table(lower(p.body), '\s+') AS w(word) GROUP BY w.word HAVING count(*) > 1

SELECT name, uid, n FROM (SELECT name, uid, count(*) AS n, rank() OVER (PARTITION BY name ORDER BY count(*) DESC) AS r FROM ev GROUP BY name, uid) t WHERE r <= 2

SELECT md5(string_agg(id::text || ':' || amount::text, ',' ORDER BY id)) AS checksum, count(*) AS n FROM invoices

WITH w AS (SELECT acct, posted, sum(debit - credit) AS net FROM ledger GROUP BY acct, posted) SELECT w.acct, w.posted, w.net, (SELECT sum(x.net) FROM w x WHERE x.acct = w.acct AND x.posted <= w.posted) AS bal FROM w

SELECT i.id, row_to_json(x) AS sub FROM invoices i LEFT JOIN LATERAL (SELECT s.id, s.plan FROM subs s WHERE s.account_id = i.account_id ORDER BY s.id LIMIT 1) x ON true

SELECT i.id, to_jsonb(x) AS sub FROM invoices i CROSS JOIN LATERAL (SELECT s.id, s.plan FROM subs s WHERE s.account_id = i.account_id AND s.mrr > 5) x

SELECT i.id, to_jsonb(x) AS sub, x.* FROM invoices i LEFT JOIN LATERAL (SELECT s.id AS sid, s.plan || 'x' AS pl FROM subs s WHERE s.account_id = i.account_id AND s.mrr > 5) x ON x.pl <> 'prox'

SELECT a.id, json_agg(x ORDER BY x.issued, x.id) FILTER (WHERE x.id IS NOT NULL) AS latest FROM accounts a LEFT JOIN LATERAL (SELECT id, amount, issued FROM invoices i WHERE i.account_id = a.id ORDER BY issued DESC, id LIMIT 2) x ON true GROUP BY a.id

SELECT row_to_json(x) AS x FROM LATERAL (SELECT plan, count(*) AS n FROM accounts GROUP BY plan) x

SELECT row_to_json(a) AS doc, json_agg(s ORDER BY s.id) FILTER (WHERE s.id IS NOT NULL) AS subs FROM accounts a LEFT JOIN subs s ON s.account_id = a.id GROUP BY a.id
