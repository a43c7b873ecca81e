-- @setup
CREATE TABLE ${table} WITH (fillfactor = 80) AS ${query};
ALTER TABLE ${table} ADD PRIMARY KEY (id);
-- @refresh
MERGE INTO ${table} AS t
USING (SELECT id, max(w) AS w, customer_id, quantity, amount, sold_at
         FROM (SELECT id, sum(w) AS w, customer_id, quantity, amount, sold_at
                 FROM ${sale_changes}
                WHERE status = 3
                GROUP BY id, customer_id, quantity, amount, sold_at
               HAVING sum(w) <> 0) AS n
        WHERE w > 0
        GROUP BY id, customer_id, quantity, amount, sold_at
        UNION ALL
       SELECT id, sum(w), NULL, NULL, NULL, NULL
         FROM ${sale_changes}
        WHERE status = 3
        GROUP BY id
       HAVING sum(w) < 0) AS d
   ON t.id = d.id
 WHEN MATCHED AND d.w < 0 THEN DELETE
 WHEN MATCHED THEN UPDATE
      SET customer_id = d.customer_id, quantity = d.quantity, amount = d.amount, sold_at = d.sold_at
 WHEN NOT MATCHED THEN INSERT VALUES (d.id, d.customer_id, d.quantity, d.amount, d.sold_at);
