-- @setup
CREATE TABLE ${table} WITH (fillfactor = 80) AS ${query};
ALTER TABLE ${table} ADD PRIMARY KEY (id);
-- @refresh
-- As for the scan, over the images that pass: the last one of a row that left the filter is an old one.
MERGE INTO ${table} AS t
USING (SELECT DISTINCT ON (id) *
         FROM ${sale_changes}
        WHERE status = 3
        ORDER BY id, seq DESC) AS d
   ON t.id = d.id
 WHEN MATCHED AND d.w < 0 THEN DELETE
 WHEN MATCHED THEN UPDATE
      SET customer_id = d.customer_id, quantity = d.quantity, amount = d.amount, sold_at = d.sold_at
 WHEN NOT MATCHED AND d.w > 0 THEN INSERT VALUES (d.id, d.customer_id, d.quantity, d.amount, d.sold_at);
