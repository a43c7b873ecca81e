UPDATE deals SET stage = 'won', closed = opened + 50, value = ROW((value).amount + 1, 'EUR')::money_amt WHERE id % 5 = 0

INSERT INTO deals VALUES (30, 2, 3, 'lead', NULL, NULL, '2024-05-01', NULL, '{}'), (31, 9, 3, 'won', ROW(NULL, 'USD'), 5, '2024-05-02', '2024-05-09', '{t1,NULL}')

DELETE FROM members WHERE user_id = 3

UPDATE members SET left_at = '2024-04-01', home.city = 'Bern' WHERE user_id = 2

INSERT INTO readings VALUES ('00000000-0000-0000-0000-000000000001', '2024-01-01 00:10', 'temp', 2.25, '{2}'), ('00000000-0000-0000-0000-000000000001', '2025-01-01 00:10', 'hum', 'NaN', NULL)

UPDATE readings SET at = at + interval '1 year' WHERE value = 1

UPDATE postings SET amount = amount * 2.000 WHERE txn < 4

INSERT INTO group_members VALUES (4, 3, NULL), (4, NULL, 7)

DELETE FROM follows WHERE follower = 3

UPDATE posts SET visibility = 'public', body = body || ' @u9' WHERE id % 6 = 1

UPDATE orgs SET settings = settings || '{"features": ["sso"]}', name = name || ' X' WHERE id > 2

INSERT INTO activities (deal_id, kind, at, payload) VALUES (3, 'meet', '2024-06-01', '{"mins": 90, "with": ["a9"]}'), (NULL, 'call', NULL, '{}')

INSERT INTO likes VALUES (2, 6, '2024-03-01'), (24, 5, NULL) ON CONFLICT DO NOTHING

COMMIT

DELETE FROM deals WHERE id % 7 = 1

UPDATE deals SET tags = tags || 't2'::text, org_id = 1, discount = NULL WHERE stage = 'lost'

DELETE FROM group_members WHERE member_group = 3

UPDATE ledger_accounts SET parent = 4 WHERE id = 2

DELETE FROM postings WHERE txn % 4 = 0

UPDATE rates SET rate = 0.91 WHERE ccy = 'USD'

DELETE FROM readings WHERE metric = 'hum' AND value < 1

DELETE FROM posts WHERE id IN (5, 8)

UPDATE posts SET reply_to = 2 WHERE id = 21

INSERT INTO follows VALUES (1, 2, '2024-05-01'), (2, 4, '2024-05-01') ON CONFLICT DO NOTHING

UPDATE devices SET installed = tstzrange('2024-01-02', NULL), ip = '10.0.1.77' WHERE model = 'm1'

DELETE FROM orgs WHERE id = 4

UPDATE activities SET payload = jsonb_set(payload, '{mins}', '3') WHERE id % 4 = 0

COMMIT

TRUNCATE likes

UPDATE members SET user_id = user_id + 10 WHERE org_id = 2

DELETE FROM activities WHERE kind = 'call'

INSERT INTO posts VALUES (40, 2, 'again @u1 @u2', '2024-02-08', 'followers', 21), (41, NULL, NULL, '2024-02-01', NULL, 40)

UPDATE deals SET id = id + 100, owner_id = NULL WHERE id < 6

MERGE INTO grants g USING (VALUES (3, 'srv'), (4, 'x')) v(g, r) ON g.group_id = v.g WHEN MATCHED THEN UPDATE SET verbs = '{read,exec}' WHEN NOT MATCHED THEN INSERT VALUES (v.g, v.r, '{read}')

COMMIT
