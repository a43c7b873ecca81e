CREATE TEMPORARY TABLE picked ON COMMIT DROP AS
SELECT id, row_number() OVER (ORDER BY h, id) AS place
  FROM (SELECT id, hashint8extended(id, ${seed}) AS h
          FROM bench.customer
         ORDER BY h, id
         LIMIT ${updates} + ${deletes}) AS candidate;

ANALYZE picked;

UPDATE bench.customer AS c
   SET name      = 'Customer ' || c.id || ' of ' || ${seed},
       region_id = CASE WHEN p.place % 4 = 0 THEN 1 + abs(hashint8extended(c.id, ${seed} + 1) % 100) ELSE c.region_id END
  FROM picked AS p
 WHERE p.id = c.id
   AND p.place <= ${updates};

DELETE FROM bench.customer AS c
 USING picked AS p
 WHERE p.id = c.id
   AND p.place > ${updates};

INSERT INTO bench.customer
SELECT i, 1 + abs(hashint8extended(i, 1) % 100), 'Customer ' || i, 'BUILDING'
  FROM (SELECT max(id) AS customer FROM bench.customer) AS last,
       generate_series(last.customer + 1, last.customer + ${inserts}) AS i;
