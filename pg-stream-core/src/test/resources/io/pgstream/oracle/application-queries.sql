SELECT o.slug, o.settings #>> '{limits,seats}' AS seats, count(m) FILTER (WHERE m.left_at IS NULL) AS active, (o.settings -> 'features') ? 'sso' AS sso FROM orgs o LEFT JOIN members m ON m.org_id = o.id GROUP BY o.id

SELECT m.org_id, (m.home).city, array_agg(DISTINCT (m.home).zip ORDER BY (m.home).zip) AS zips, string_agg(m.email, ';' ORDER BY m.joined DESC, m.email) FROM members m GROUP BY 1, 2

SELECT d.stage, sum((d.value).amount) FILTER (WHERE (d.value).ccy = 'EUR') AS eur, avg(d.discount), percentile_disc(0.5) WITHIN GROUP (ORDER BY (d.value).amount) AS median, range_agg(d.during) AS covered FROM deals d GROUP BY d.stage

SELECT stage, count(*) AS n, round(100.0 * count(*) / sum(count(*)) OVER (), 2) AS pct, lag(count(*)) OVER (ORDER BY stage) AS before FROM deals GROUP BY stage

SELECT d.id, d.during * daterange('2024-02-01', '2024-03-01') AS february, upper(d.during) - lower(d.during) AS days, d.tags && ARRAY['t1'] AS t1, isempty(d.during) AS none FROM deals d WHERE d.during && daterange('2024-02-01', '2024-04-01')

SELECT t.tag, count(*) AS deals, count(DISTINCT d.org_id) AS orgs FROM deals d CROSS JOIN LATERAL unnest(d.tags) WITH ORDINALITY AS t(tag, pos) WHERE t.pos = 1 GROUP BY t.tag HAVING count(*) > 1

SELECT a.deal_id, sum((a.payload ->> 'mins')::int) AS mins, jsonb_agg(DISTINCT w.who ORDER BY w.who) AS people FROM activities a, jsonb_array_elements_text(a.payload -> 'with') AS w(who) GROUP BY a.deal_id

SELECT d.id, l.kind, l.at FROM deals d CROSS JOIN LATERAL (SELECT a.kind, a.at, a.id FROM activities a WHERE a.deal_id = d.id ORDER BY a.at DESC, a.id DESC LIMIT 2) l

SELECT date_trunc('month', d.opened)::date AS cohort, extract(month FROM age(d.closed, d.opened)) AS months, count(*) FROM deals d WHERE d.stage = 'won' GROUP BY CUBE (1, 2)

SELECT org_id, owner_id, count(*), GROUPING(org_id, owner_id) AS g FROM deals GROUP BY GROUPING SETS ((org_id, owner_id), (org_id), ()) HAVING count(*) > 1

SELECT r.device_id, time_bucket.b, avg(r.value), max(r.value) - min(r.value) AS spread, count(*) FILTER (WHERE 2 = ANY (r.flags)) AS flagged FROM readings r CROSS JOIN LATERAL (SELECT date_bin('2 hours', r.at, timestamptz '2024-01-01') AS b) time_bucket WHERE r.metric = 'temp' GROUP BY 1, 2

SELECT d.model, d.meta ->> 'fw' AS fw, count(DISTINCT r.metric) AS metrics, bool_or(r.value > 1.5) AS hot, host(d.ip) AS host, d.ip << inet '10.0.1.0/24' AS lan FROM devices d LEFT JOIN readings r ON r.device_id = d.id AND r.at <@ d.installed GROUP BY d.id

WITH gaps AS (SELECT device_id, at, at - lag(at) OVER (PARTITION BY device_id, metric ORDER BY at) > interval '5 hours' AS gap, metric FROM readings), runs AS (SELECT *, count(*) FILTER (WHERE gap) OVER (PARTITION BY device_id, metric ORDER BY at) AS run FROM gaps) SELECT device_id, metric, run, min(at), max(at), count(*) FROM runs GROUP BY device_id, metric, run

SELECT a.code, p.ccy, sum(p.amount) AS balance, sum(sum(p.amount)) OVER (PARTITION BY p.ccy ORDER BY a.code) AS running FROM postings p JOIN ledger_accounts a ON a.id = p.account GROUP BY a.code, p.ccy

SELECT date_trunc('month', p.booked) AS month, sum(p.amount * r.rate) AS base FROM postings p JOIN rates r ON r.ccy = p.ccy AND r.valid @> p.booked GROUP BY 1

WITH RECURSIVE tree AS (SELECT id, code, ARRAY[id] AS path FROM ledger_accounts WHERE parent IS NULL UNION ALL SELECT c.id, c.code, t.path || c.id FROM tree t JOIN ledger_accounts c ON c.parent = t.id) SELECT t.code, cardinality(t.path) AS depth, coalesce(sum(p.amount), 0) AS total FROM tree t LEFT JOIN tree s ON t.id = ANY (s.path) LEFT JOIN postings p ON p.account = s.id GROUP BY t.id, t.code, t.path

WITH RECURSIVE eff AS (SELECT group_id, user_id, member_group FROM group_members UNION SELECT e.group_id, m.user_id, m.member_group FROM eff e JOIN group_members m ON m.group_id = e.member_group) CYCLE member_group SET looped USING path SELECT DISTINCT user_id, group_id FROM eff WHERE user_id IS NOT NULL AND NOT looped

WITH RECURSIVE eff AS (SELECT group_id, user_id, member_group FROM group_members UNION SELECT e.group_id, m.user_id, m.member_group FROM eff e JOIN group_members m ON m.group_id = e.member_group) SELECT u.user_id, g.resource, v.verb FROM eff u JOIN grants g ON g.group_id = u.group_id AND NOT g.denied CROSS JOIN unnest(g.verbs) v(verb) WHERE u.user_id IS NOT NULL EXCEPT SELECT u.user_id, g.resource, v.verb FROM eff u JOIN grants g ON g.group_id = u.group_id AND g.denied CROSS JOIN unnest(g.verbs) v(verb)

SELECT f.follower, p.id, p.body, p.at FROM follows f JOIN posts p ON p.author = f.followee WHERE p.visibility <> 'private' AND p.id IN (SELECT q.id FROM posts q WHERE q.author = f.followee ORDER BY q.at DESC LIMIT 3)

SELECT p.id, p.body, (SELECT count(*) FROM likes l WHERE l.post_id = p.id) AS likes, (SELECT json_agg(r.id ORDER BY r.at) FROM posts r WHERE r.reply_to = p.id) AS replies, EXISTS (SELECT FROM likes l JOIN follows f ON f.followee = l.user_id AND f.follower = p.author WHERE l.post_id = p.id) AS liked_by_friend FROM posts p WHERE p.reply_to IS NULL

SELECT user_id, post_id, at, rank() OVER (PARTITION BY user_id ORDER BY at DESC) AS nth FROM likes ORDER BY user_id, at DESC, post_id FETCH FIRST 10 ROWS WITH TIES

SELECT d.org_id, jsonb_build_object('won', count(*) FILTER (WHERE stage = 'won'), 'value', sum((value).amount), 'owners', jsonb_agg(DISTINCT owner_id ORDER BY owner_id)) AS report FROM deals d GROUP BY d.org_id

SELECT jt.* FROM activities a, JSON_TABLE(a.payload, '$' COLUMNS (mins int PATH '$.mins', NESTED PATH '$.with[*]' COLUMNS (who text PATH '$'))) AS jt WHERE jt.mins > 5

SELECT org_id, JSON_ARRAYAGG(JSON_OBJECT('u' VALUE user_id, 'r' VALUE role ABSENT ON NULL) ORDER BY user_id) AS members FROM members GROUP BY org_id

SELECT m.org_id, m.user_id, e.d FROM members m JOIN (deals d JOIN activities a ON a.deal_id = d.id AND a.kind = 'meet') AS e(d, o, w) ON e.w = m.user_id AND e.o = m.org_id

SELECT org_id, user_id, count(*) AS n FROM members JOIN deals USING (org_id) AS k GROUP BY k.org_id, user_id, members.org_id

SELECT d.id, (d.value).*, d.value = ROW(100.5, 'USD')::money_amt AS same FROM deals d

SELECT owner_id, sum(amount) FROM (SELECT owner_id, (value).amount * CASE (value).ccy WHEN 'USD' THEN 0.9 ELSE 1 END AS amount FROM deals) x GROUP BY ROLLUP (owner_id) ORDER BY sum(amount) DESC NULLS LAST LIMIT (SELECT count(*) / 2 FROM members)

SELECT device_id, metric, first.value AS first, latest.value AS latest FROM (SELECT DISTINCT device_id, metric FROM readings) k CROSS JOIN LATERAL (SELECT value FROM readings r WHERE r.device_id = k.device_id AND r.metric = k.metric ORDER BY at LIMIT 1) first CROSS JOIN LATERAL (SELECT value FROM readings r WHERE r.device_id = k.device_id AND r.metric = k.metric ORDER BY at DESC LIMIT 1) latest

SELECT p.id, (WITH RECURSIVE up AS (SELECT q.id, q.reply_to FROM posts q WHERE q.id = p.reply_to UNION SELECT q.id, q.reply_to FROM up JOIN posts q ON q.id = up.reply_to) SELECT count(*) FROM up) AS ancestors FROM posts p
