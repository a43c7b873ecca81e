CREATE TEMPORARY TABLE picked ON COMMIT DROP AS
SELECT id, row_number() OVER (ORDER BY h, id) AS place
  FROM (SELECT id, hashint8extended(id, ${seed}) AS h
          FROM bench.sale
         ORDER BY h, id
         LIMIT ${updates} + ${deletes}) AS candidate;

ANALYZE picked;

UPDATE bench.sale AS s
   SET quantity    = 1 + abs(hashint8extended(s.id, ${seed} + 1) % 20),
       amount      = abs(hashint8extended(s.id, ${seed} + 2) % 100000)::numeric / 100,
       status      = CASE WHEN p.place % 4 = 0 THEN abs(hashint8extended(s.id, ${seed} + 3) % 10) ELSE s.status END,
       store_id    = CASE WHEN p.place % 4 = 1 THEN 1 + abs(hashint8extended(s.id, ${seed} + 4) % 100) ELSE s.store_id END,
       product_id  = CASE WHEN p.place % 4 = 2 THEN 1 + abs(hashint8extended(s.id, ${seed} + 5) % 10000)
                          ELSE s.product_id END,
       customer_id = CASE WHEN p.place % 4 = 3
                          THEN 1 + abs(hashint8extended(s.id, ${seed} + 6) % (SELECT max(id) FROM bench.customer))
                          ELSE s.customer_id END
  FROM picked AS p
 WHERE p.id = s.id
   AND p.place <= ${updates};

DELETE FROM bench.sale AS s
 USING picked AS p
 WHERE p.id = s.id
   AND p.place > ${updates};

INSERT INTO bench.sale
SELECT i,
       1 + abs(hashint8extended(i, 3) % last.customer),
       1 + abs(hashint8extended(i, 4) % 100),
       1 + abs(hashint8extended(i, 5) % 10000),
       abs(hashint8extended(i, 6) % 10),
       1 + abs(hashint8extended(i, 7) % 20),
       abs(hashint8extended(i, 8) % 100000)::numeric / 100,
       timestamptz '2026-01-01 00:00:00Z' + i * interval '1 second',
       'sale ' || md5(i::text)
  FROM (SELECT (SELECT max(id) FROM bench.sale) AS sale, (SELECT max(id) FROM bench.customer) AS customer) AS last,
       generate_series(last.sale + 1, last.sale + ${inserts}) AS i;
