INSERT INTO accounts VALUES (6, 'acme1', 'team', NULL, '2024-01-26 10:10:00+00', '{"tz": "UTC", "flags": ["a", "b"]}', NULL), (2, 'acme6', 'pro', 6, '2024-01-07 08:20:00+00', '{"tz": "UTC", "flags": ["a", "b"]}', '2024-01-14 01:20:00+00'), (31, 'acme5', 'ent', NULL, '2024-03-28 16:30:00+00', '{"limits": {"seats": 5}, "flags": []}', NULL) ON CONFLICT DO NOTHING

INSERT INTO devices VALUES (12, NULL, 'fan', '{"loc": {"x": null}}', '2024-01-21') ON CONFLICT DO NOTHING

UPDATE subs SET ended = '2024-05-18' WHERE id % 5 = 2

COMMIT

DELETE FROM staff WHERE id % 7 = 0

INSERT INTO ev VALUES (5, 'purchase', '2024-03-08 03:00:00+00', '{"utm": {"src": "mail"}, "items": [{"sku": "x", "n": 2}, {"sku": "y", "n": 1}]}', '00000000-0000-0000-0000-000000000002'), (NULL, 'signup', '2024-03-09 08:30:00+00', '{"ms": 12, "utm": {"src": "ad"}}', '00000000-0000-0000-0000-000000000004'), (3, 'churn', '2024-01-24 23:45:00+00', '{"ms": 12, "utm": {"src": "ad"}}', '00000000-0000-0000-0000-000000000002'), (6, 'activate', '2024-02-17 08:10:00+00', '{}', '00000000-0000-0000-0000-000000000003'), (5, 'purchase', '2024-03-25 06:10:00+00', '{"ms": 12, "utm": {"src": "ad"}}', '00000000-0000-0000-0000-000000000001')

UPDATE bank SET amount = 10 WHERE amount IS NULL

DELETE FROM ledger WHERE entry_id = 5

COMMIT

UPDATE accounts SET deleted_at = NULL WHERE id % 5 = 3

UPDATE staff SET boss = nullif(3, id) WHERE id % 5 = 4

INSERT INTO likes VALUES (11, 6, '2024-02-16 03:45:00+00') ON CONFLICT DO NOTHING

UPDATE bom SET qty = qty + 1 WHERE child = 'p5'

DELETE FROM ledger WHERE entry_id = 6

DELETE FROM sales WHERE id % 7 = 5

UPDATE follows SET since = since + interval '2 days' WHERE b = 7

COMMIT

DELETE FROM ev WHERE uid = 4 AND name <> 'visit'

DELETE FROM subs WHERE id % 7 = 4

INSERT INTO bom VALUES ('p1', 'p2', 2) ON CONFLICT DO NOTHING

COMMIT
