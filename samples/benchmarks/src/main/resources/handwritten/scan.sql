-- @setup
CREATE TABLE ${table} WITH (fillfactor = 80) AS ${query};
ALTER TABLE ${table} ADD PRIMARY KEY (id);
-- @refresh
MERGE INTO ${table} AS t
USING (SELECT k.id AS changed_id, s.*
         FROM (SELECT DISTINCT id FROM ${sale_changes}) AS k
         LEFT JOIN bench.sale AS s ON s.id = k.id) AS d
   ON t.id = d.changed_id
 WHEN MATCHED AND d.id IS NULL THEN DELETE
 WHEN MATCHED THEN UPDATE
      SET customer_id = d.customer_id, store_id = d.store_id, product_id = d.product_id, status = d.status,
          quantity = d.quantity, amount = d.amount, sold_at = d.sold_at, note = d.note
 WHEN NOT MATCHED AND d.id IS NOT NULL THEN INSERT
      VALUES (d.id, d.customer_id, d.store_id, d.product_id, d.status, d.quantity, d.amount, d.sold_at, d.note);
