UPDATE events SET id = id + 200 WHERE id = 39

UPDATE quotes SET bid = bid + 0.25, ask = ask - 0.25 WHERE ts < timestamptz '2024-01-02 09:00+00' + 196 * interval '1 minute' AND sym = 'SAP'

INSERT INTO trades SELECT 36 + 4 + i, 'A0', 'IBM', 'B', NULL, NULL, timestamptz '2024-01-02 09:00+00' + 317 * interval '1 minute' FROM generate_series(1, 2) i ON CONFLICT DO NOTHING

UPDATE events SET props = NULL, kind = 'view' WHERE id % 7 = 4

INSERT INTO "order" VALUES (1, 'd8', 20) ON CONFLICT ("group", "desc") DO UPDATE SET "limit" = excluded."limit", "desc" = excluded."desc" || 'x'

DELETE FROM "Weird Table" WHERE "Id" = 1

INSERT INTO colours VALUES ('ok', '#600') ON CONFLICT (c) DO UPDATE SET hex = NULL

INSERT INTO hits SELECT NULL, NULL, timestamp '2024-02-01' + 8 * interval '7 minutes', '10.0.1.0' FROM generate_series(1, 2)

UPDATE edges SET dst = 4, cost = cost + 1 WHERE src = 5 AND dst > 7

INSERT INTO l SELECT 5, NULL, NULL FROM generate_series(1, 2)

INSERT INTO quotes SELECT 'X', timestamptz '2024-01-02 08:00+00' + 85 * interval '5 minutes', 11.5, 11 ON CONFLICT (sym, ts) DO UPDATE SET bid = excluded.bid

INSERT INTO accounts VALUES ('A5', 'own0', 'GBP', '2024-01-03') ON CONFLICT (acc) DO UPDATE SET owner = excluded.owner

UPDATE zoo SET nu = 1.000, n2 = n2 + 0.01, f4 = NULL, f8 = f8 + 1 WHERE id % 5 = 4

DELETE FROM invoices WHERE id % 8 = 4

UPDATE zoo SET ir = 'empty', mr = '{}', nr = NULL, dr = NULL, ia = '[0:1]={7,8}', ta = NULL, aa = '{{1,2}}' WHERE id % 4 = 0

DELETE FROM zoo WHERE id = 15

INSERT INTO docs VALUES (7, NULL, NULL, '{"sections": [{"h": "H1", "words": 5}], "lang": "en"}', NULL, '2024-05-02+00') ON CONFLICT DO NOTHING

INSERT INTO edges SELECT NULL, 5, NULL FROM generate_series(1, 1)

UPDATE invoices SET amount = NULL, issued = issued + 14 - 15 WHERE id % 6 = 0

UPDATE config SET v = NULL WHERE k = 'max'

UPDATE n SET k = 100 - k WHERE k = 4 OR k > 90

DELETE FROM hits WHERE ctid IN (SELECT ctid FROM hits ORDER BY path, ms, at, ip LIMIT 3 OFFSET 5)

DELETE FROM l WHERE a IS NULL OR t IS NULL

INSERT INTO seats VALUES ('room3', int4range(9, 12), NULL)

UPDATE trades SET qty = 0, px = px * 1.10, side = 'S' WHERE tid % 7 = 4

UPDATE zoo SET da = da + 1, ts = NULL, tt = NULL, iv = '1 mon', ti = ti + interval '3 minutes' WHERE id % 4 = 3

DELETE FROM events WHERE id % 11 = 9

UPDATE n SET v = v + 20, w = 3 WHERE k % 4 = 1

COMMIT

UPDATE accounts SET ccy = 'EUR', owner = 'own1' WHERE acc = 'A4'

UPDATE events SET user_id = 4, at = at + interval '11 minutes' WHERE id % 9 = 2

DELETE FROM subs WHERE id % 7 = 5

DELETE FROM trades WHERE tid % 10 = 0

MERGE INTO subs s USING (SELECT i AS id, 'ent' AS plan FROM generate_series(7, 16) i) x ON s.id = x.id WHEN MATCHED AND s.status = 'canceled' THEN DELETE WHEN MATCHED THEN UPDATE SET plan = x.plan, mrr = s.mrr + 1 WHEN NOT MATCHED THEN INSERT (id, tenant_id, plan, starts, mrr, status) VALUES (x.id, 4, 'pro', date '2024-03-01' + x.id::int, 15.50, 'active')

DELETE FROM l WHERE ctid IN (SELECT ctid FROM l ORDER BY a, b, t LIMIT 3 OFFSET 0)

DELETE FROM config WHERE k = 'max'

DELETE FROM "order" WHERE "group" = 0

UPDATE hits SET ms = ms + 10, path = path WHERE ctid IN (SELECT ctid FROM hits ORDER BY ms, at, path, ip LIMIT 1 OFFSET 10)

UPDATE docs SET parent_id = 4 WHERE id = 7

INSERT INTO metrics_2a SELECT 45, date '2024-02-01' + 14, 'h1', 4.5 ON CONFLICT DO NOTHING

UPDATE users SET active = NOT active, manager_id = 12 WHERE id % 4 = 0

INSERT INTO fx SELECT 'USD', date '2024-01-01' + i, 1.2 FROM generate_series(20, 25) i ON CONFLICT DO NOTHING

INSERT INTO n VALUES (5, 71, 2) ON CONFLICT DO NOTHING

DELETE FROM nothing

UPDATE gen SET w = NULL, h = NULL WHERE id % 3 = 2

UPDATE docs SET body = body - 'sections', rev = rev + 1, updated = updated + interval '41 hours' WHERE id % 4 = 3

DELETE FROM edges WHERE ctid IN (SELECT ctid FROM edges ORDER BY src, dst, cost LIMIT 1 OFFSET 2)

DELETE FROM fx WHERE ccy = 'GBP' AND day > date '2024-01-01' + 16

DELETE FROM r WHERE a IS NULL OR b IS NULL

DELETE FROM quotes WHERE extract(minute FROM ts)::int % 3 = 0 AND sym = 'X'

DELETE FROM n WHERE k % 5 = 2

UPDATE r SET a = NULL, b = b, t = NULL WHERE ctid IN (SELECT ctid FROM r ORDER BY t, a, b LIMIT 3 OFFSET 10)

UPDATE metrics SET val = NULL WHERE id % 6 = 1

INSERT INTO users VALUES (18, NULL, 'z1@x.org', 'member', NULL, true, timestamptz '2024-03-31 00:00+00' + 1 * interval '30 minutes', 'Infinity', '{a,c}') ON CONFLICT (id) DO NOTHING

UPDATE users SET score = NULL, tags = NULL WHERE id BETWEEN 4 AND 11

UPDATE subs SET status = 'canceled', ends = starts + 19 WHERE id % 5 = 2

INSERT INTO "Weird Table" VALUES (9, 'sel1', 1, 6.5, 1, 'ñ1', NULL, 4) ON CONFLICT ("Id") DO UPDATE SET "Group" = 2

COMMIT
