-- what happens to them; a COMMIT ends a cycle
INSERT INTO stock VALUES (1 + 2, 5, 6, nullif(0, 0)) ON CONFLICT (warehouse, product) DO UPDATE SET qty = excluded.qty + stock.qty, reserved = NULL

MERGE INTO stock s USING (SELECT 3 AS p, 1 + 0 AS w, 5 AS q) x ON s.product = x.p AND s.warehouse = x.w WHEN MATCHED AND s.qty > 10 THEN DELETE WHEN MATCHED THEN UPDATE SET qty = x.q WHEN NOT MATCHED THEN INSERT VALUES (x.w, x.p, x.q, NULL)

DELETE FROM movement WHERE id % 9 = 0

UPDATE so SET lines = NULL, ordered = ordered + 8, ship = NULL WHERE no = 7

INSERT INTO sol SELECT no, 0 + 4, 3, 2, 9.99 FROM so WHERE no % 6 = 3 ON CONFLICT DO NOTHING

INSERT INTO product (sku, title, price, cur, attrs, tags) VALUES ('Z6', (ARRAY['BLUE SHIRT','New running shoe'])[1 + 0], 3, 'GBP', '{"color": "red", "dims": [1, 1], "spec": {"w": 1.50}}', '{sale}')

DELETE FROM product WHERE id % 7 = 4

DELETE FROM customer WHERE id = 1 + 6

DELETE FROM evt WHERE version = 1 + 0

DELETE FROM tick WHERE vol = 4 * 100 AND sym = 'AA'

DELETE FROM shift WHERE emp = 0 AND day = date '2024-01-01' + 0

UPDATE emp SET grade = 'b', skills = ARRAY[['go', '9']], hired = hired + 0 WHERE id % 4 = 3

UPDATE "Ops Äx"."Job Log" SET "took (ms)" = "took (ms)" + 1, "ok?" = NOT "ok?", "%" = "%" * 10, "from" = 'c%o' WHERE "Job-Id" % 5 = 0

DELETE FROM kv WHERE ctid IN (SELECT ctid FROM kv WHERE k = 'k1' LIMIT 1)

DELETE FROM plog WHERE id % 7 = 0

DELETE FROM warehouse WHERE id = 1 + 8

COMMIT

UPDATE stock SET qty = qty - 1, reserved = CASE WHEN reserved IS NULL THEN 1 END WHERE product = 1 + 4

INSERT INTO movement (warehouse, product, delta, at, reason) SELECT 1 + 3, 5, 8 - 4, timestamptz '2024-03-31+00' + i * interval '1 hours', 'sale' FROM generate_series(1, 3) i

UPDATE so SET status = (ARRAY['open','paid','shipped','void'])[1 + 2], total = total + 4 - 2, lines = lines || '[{"sku": "P2", "q": 5}]' WHERE no % 5 = 1

INSERT INTO so VALUES (20 + 4, 9, date '2024-02-01' + 9, 'paid', '[{"sku": "P1", "q": 3, "opt": "z"}]', NULL, 10.00) ON CONFLICT (no) DO UPDATE SET total = excluded.total, status = NULL

UPDATE sol SET qty = qty + 1, price = nullif(price, 3.25) + 0.5 WHERE product = 1 + 3

UPDATE product SET title = CASE WHEN title = 'blue shirt' THEN 'BLUE shirt' ELSE 'coffee' END, price = price + 2, tags = array_append(tags, 'n') WHERE id % 5 = 0

UPDATE customer SET parent = nullif(8, 0), segment = (ARRAY['A','B','D'])[1 + 2], flags = (~ flags), credit = credit + '1.5' WHERE id % 4 = 0

INSERT INTO customer VALUES (1 + 9, 'New', NULL, 'A', '2024-01-01', 5, 1, B'00000001', '<n k="9">q</n>') ON CONFLICT DO NOTHING

UPDATE evt SET type = 'opened', data = data || '{"amt": 0}' WHERE version = 1 + 4 AND stream LIKE 'acct%'

UPDATE tick SET px = px + 0.25, ts = ts + '10 seconds' WHERE vol = 1 * 100

INSERT INTO shift VALUES (3, '{}', '2024-01-01'::date + 2, '24:00'), (4, NULL, '2024-01-02', NULL)

DELETE FROM emp WHERE id = 14

DELETE FROM "Ops Äx"."Job Log" WHERE "Job-Id" = 25

UPDATE kv SET v = 'v2', k = 'k3' WHERE k = 'k4'

INSERT INTO plog SELECT 30 + i, date '2024-01-04', 'info', 'msg 3' FROM generate_series(1, 3) i

INSERT INTO warehouse VALUES (1 + 2, 'N4', NULL, NULL, 'XX') ON CONFLICT DO NOTHING

COMMIT

DELETE FROM stock WHERE (warehouse + product) % 5 = 1

UPDATE movement SET product = product % 15 + 1, reason = CASE WHEN reason IS NULL THEN 'sale' END WHERE id % 7 = 6

UPDATE so SET total = CASE WHEN total IS NULL THEN 10.000 WHEN total = 10 THEN 10 END, customer = nullif(2, 0), ship = ROW('n9', ROW(1, 1)::geo)::party WHERE no % 4 = 0

DELETE FROM so WHERE no % 8 = 4

DELETE FROM sol WHERE pos = 1 + 2 AND so % 4 = 3

UPDATE product SET cur = 'USD', attrs = jsonb_set(attrs, '{dims}', '[5, 7]'), tags = NULL WHERE id % 6 = 2

UPDATE customer SET name = CASE WHEN name IS NULL THEN 'Zed' END, note = NULL WHERE id % 5 = 4

INSERT INTO evt SELECT stream, max(version) + 1, (ARRAY['deposited','withdrawn','closed'])[1 + 0], '{"amt": 1, "by": "u2"}', timestamptz '2024-06-01+00' FROM evt WHERE stream LIKE '%-' || 1 + 3 GROUP BY stream

INSERT INTO tick SELECT (ARRAY['AA','BB','DD'])[1 + 0], timestamp '2024-06-03 09:00' + 25 * interval '53 seconds', 10 + 2 * 0.25, 1 * 100 FROM generate_series(1, 2)

UPDATE shift SET during = during + tstzmultirange(tstzrange('2024-01-01 07:00+00', '2024-01-02 12:00+00')), hrs = '1 day' WHERE emp = 3

UPDATE emp SET boss = nullif(0, id), pay = CASE WHEN pay IS NULL THEN 999 ELSE pay + 1 END WHERE id = 1 + 8

INSERT INTO emp VALUES (19, 'n', 5, 1234.5, 'c', '2021-05-05', NULL, NULL) ON CONFLICT DO NOTHING

INSERT INTO kv VALUES ('k2', 'v2'), ('k4', NULL), (NULL, 'v1')

UPDATE plog SET id = id + 1, lvl = 'warn' WHERE id % 6 = 4

UPDATE warehouse SET at = ROW(3, 2)::geo, open = timerange('07:00', '11:00') WHERE id = 1 + 0

COMMIT
