-- The events from a number (the first parameter) to below another, all of them functions of their numbers and of ${seed}. Of 50 events one is a person,
-- three are auctions and 46 are bids, as in Nexmark's generator, and so are the shares of the hot ones: half of the bids go
-- to the newest auction of a hundred, three bids of four come from the newest person of a hundred, and three auctions of
-- four are theirs. There are ${rate} events in a second of event time.
INSERT INTO person
SELECT 1000 + e.n / 50,
       (ARRAY['Peter', 'Paul', 'Luke', 'John', 'Saul', 'Vicky', 'Kate', 'Julie', 'Sarah', 'Deiter', 'Walter'])[1 + r.a % 11] || ' '
           || (ARRAY['Shultz', 'Abrams', 'Spencer', 'White', 'Bartels', 'Walton', 'Smith', 'Jones', 'Noris'])[1 + r.b % 9],
       md5(r.a::text) || '@' || r.b % 1000 || '.com',
       lpad((r.a % 10000)::text, 4, '0') || ' ' || lpad((r.b % 10000)::text, 4, '0') || ' 0000 0000',
       (ARRAY['Phoenix', 'Los Angeles', 'San Francisco', 'Boise', 'Portland', 'Bend', 'Redmond', 'Seattle', 'Kent', 'Cheyenne'])[1 + r.c % 10],
       (ARRAY['AZ', 'CA', 'ID', 'OR', 'WA', 'WY'])[1 + r.c / 10 % 6],
       timestamp '2025-01-01' + e.n * interval '1 second' / ${rate},
       md5(r.c::text)
  FROM generate_series(?::bigint, ?::bigint - 1) AS e (n)
 CROSS JOIN LATERAL (SELECT hashint8extended(e.n, ${seed}) & 2147483647, hashint8extended(e.n, ${seed} + 1) & 2147483647,
                            hashint8extended(e.n, ${seed} + 2) & 2147483647) AS r (a, b, c)
 WHERE e.n % 50 = 0;

INSERT INTO auction
SELECT 1000 + e.n / 50 * 3 + e.n % 50 - 1,
       'item ' || r.a % 1000,
       md5(r.a::text) || ' ' || md5(r.b::text),
       p.price, p.price + 100 + r.b % 10000,
       t.at,
       -- An auction is open until about a hundred more have begun.
       t.at + (1 + r.c % 3333) * interval '1 second' / ${rate},
       CASE WHEN r.b % 4 > 0 THEN 1000 + e.n / 50 / 100 * 100 ELSE 1000 + greatest(0, e.n / 50 - r.c % 1000) END,
       10 + r.c / 1000 % 5,
       md5(r.c::text)
  FROM generate_series(?::bigint, ?::bigint - 1) AS e (n)
 CROSS JOIN LATERAL (SELECT hashint8extended(e.n, ${seed}) & 2147483647, hashint8extended(e.n, ${seed} + 1) & 2147483647,
                            hashint8extended(e.n, ${seed} + 2) & 2147483647) AS r (a, b, c)
 CROSS JOIN LATERAL (SELECT timestamp '2025-01-01' + e.n * interval '1 second' / ${rate}) AS t (at)
 CROSS JOIN LATERAL (SELECT round(100 * 10 ^ (r.a % 100000 / 16666.7))::bigint) AS p (price)
 WHERE e.n % 50 BETWEEN 1 AND 3;

INSERT INTO bid
SELECT CASE WHEN r.a % 2 = 0 THEN 1000 + e.n / 50 * 3 / 100 * 100 ELSE 1000 + greatest(0, e.n / 50 * 3 + 10 - r.b % 110) END,
       CASE WHEN r.c % 4 > 0 THEN 1000 + e.n / 50 / 100 * 100 + 1 ELSE 1000 + greatest(0, e.n / 50 + 10 - r.c / 4 % 1010) END,
       round(100 * 10 ^ (r.b / 128 % 100000 / 16666.7))::bigint,
       coalesce((ARRAY['Google', 'Facebook', 'Baidu', 'Apple'])[1 + r.c / 16 % 8], 'channel-' || r.a % 10000),
       'https://www.nexmark.com/' || substr(md5(r.a::text), 1, 5) || '/' || substr(md5(r.b::text), 1, 5) || '/'
           || substr(md5(r.c::text), 1, 5) || '/item.htm?query=1'
           || CASE WHEN r.c / 16 % 10 > 0 THEN '&channel_id=' || r.a % 10000 ELSE '' END,
       timestamp '2025-01-01' + e.n * interval '1 second' / ${rate},
       md5(r.a::text) || md5(r.b::text)
  FROM generate_series(?::bigint, ?::bigint - 1) AS e (n)
 CROSS JOIN LATERAL (SELECT hashint8extended(e.n, ${seed}) & 2147483647, hashint8extended(e.n, ${seed} + 1) & 2147483647,
                            hashint8extended(e.n, ${seed} + 2) & 2147483647) AS r (a, b, c)
 WHERE e.n % 50 > 3;
