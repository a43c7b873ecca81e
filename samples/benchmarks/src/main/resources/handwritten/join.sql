-- @setup
CREATE TABLE ${table} WITH (fillfactor = 80) AS ${query};
ALTER TABLE ${table} ADD PRIMARY KEY (id);
CREATE INDEX ON ${table} (customer_id);
-- @refresh-sales-only
MERGE INTO ${table} AS t
USING (SELECT s.*, c.id AS found, c.name, c.region_id
         FROM (SELECT DISTINCT ON (id) *
                 FROM ${sale_changes}
                ORDER BY id, seq DESC) AS s
         LEFT JOIN bench.customer AS c ON c.id = s.customer_id AND s.w > 0) AS d
   ON t.id = d.id
 WHEN MATCHED AND d.found IS NULL THEN DELETE
 WHEN MATCHED THEN UPDATE
      SET customer_id = d.customer_id, quantity = d.quantity, amount = d.amount, sold_at = d.sold_at, name = d.name,
          region_id = d.region_id
 WHEN NOT MATCHED AND d.found IS NOT NULL THEN INSERT
      VALUES (d.id, d.customer_id, d.quantity, d.amount, d.sold_at, d.name, d.region_id);
-- @refresh
-- Changed sales first, with the customers as they are now; then what changed customers do to all other sales.
MERGE INTO ${table} AS t
USING (SELECT s.*, c.id AS found, c.name, c.region_id
         FROM (SELECT DISTINCT ON (id) *
                 FROM ${sale_changes}
                ORDER BY id, seq DESC) AS s
         LEFT JOIN bench.customer AS c ON c.id = s.customer_id AND s.w > 0) AS d
   ON t.id = d.id
 WHEN MATCHED AND d.found IS NULL THEN DELETE
 WHEN MATCHED THEN UPDATE
      SET customer_id = d.customer_id, quantity = d.quantity, amount = d.amount, sold_at = d.sold_at, name = d.name,
          region_id = d.region_id
 WHEN NOT MATCHED AND d.found IS NOT NULL THEN INSERT
      VALUES (d.id, d.customer_id, d.quantity, d.amount, d.sold_at, d.name, d.region_id);
DELETE FROM ${table} AS t
 USING (SELECT DISTINCT ON (id) id, w
          FROM ${customer_changes}
         ORDER BY id, seq DESC) AS c
 WHERE t.customer_id = c.id
   AND c.w < 0;
UPDATE ${table} AS t
   SET name = c.name, region_id = c.region_id
  FROM (SELECT DISTINCT ON (id) *
          FROM ${customer_changes}
         ORDER BY id, seq DESC) AS c
 WHERE t.customer_id = c.id
   AND c.w > 0
   AND (t.name, t.region_id) <> (c.name, c.region_id);
INSERT INTO ${table}
SELECT s.id, s.customer_id, s.quantity, s.amount, s.sold_at, c.name, c.region_id
  FROM (SELECT id
          FROM ${customer_changes}
         GROUP BY id
        HAVING sum(w) > 0) AS inserted
  JOIN bench.customer AS c ON c.id = inserted.id
  JOIN bench.sale AS s ON s.customer_id = c.id
    ON CONFLICT DO NOTHING;
