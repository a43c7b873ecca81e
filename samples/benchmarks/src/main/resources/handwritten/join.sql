-- @setup
CREATE TABLE ${table} WITH (fillfactor = 80) AS ${query};
ALTER TABLE ${table} ADD PRIMARY KEY (id);
-- @refresh
MERGE INTO ${table} AS t
USING (WITH k AS (SELECT id FROM ${sale_changes}
                   UNION
                  SELECT s.id
                    FROM (SELECT DISTINCT id FROM ${customer_changes}) AS c
                    JOIN bench.sale AS s ON s.customer_id = c.id)
       SELECT k.id AS changed_id, n.*
         FROM k
         LEFT JOIN (SELECT s.id, s.customer_id, s.quantity, s.amount, s.sold_at, c.name, c.region_id
                      FROM bench.sale AS s
                      JOIN bench.customer AS c ON c.id = s.customer_id) AS n ON n.id = k.id) AS d
   ON t.id = d.changed_id
 WHEN MATCHED AND d.id IS NULL THEN DELETE
 WHEN MATCHED THEN UPDATE
      SET customer_id = d.customer_id, quantity = d.quantity, amount = d.amount, sold_at = d.sold_at, name = d.name,
          region_id = d.region_id
 WHEN NOT MATCHED AND d.id IS NOT NULL THEN INSERT
      VALUES (d.id, d.customer_id, d.quantity, d.amount, d.sold_at, d.name, d.region_id);
