-- @setup
CREATE TABLE ${table} WITH (fillfactor = 80) AS ${query};
ALTER TABLE ${table} ADD PRIMARY KEY (id);
-- @refresh
-- The last image of a row says what became of it: a new one, or, of a deleted row, an old one. Reading them in the order
-- of the key costs no more than grouping them would, and the table is then written page after page.
MERGE INTO ${table} AS t
USING (SELECT DISTINCT ON (id) *
         FROM ${sale_changes}
        ORDER BY id, seq DESC) AS d
   ON t.id = d.id
 WHEN MATCHED AND d.w < 0 THEN DELETE
 WHEN MATCHED THEN UPDATE
      SET customer_id = d.customer_id, store_id = d.store_id, product_id = d.product_id, status = d.status,
          quantity = d.quantity, amount = d.amount, sold_at = d.sold_at, note = d.note
 WHEN NOT MATCHED AND d.w > 0 THEN INSERT
      VALUES (d.id, d.customer_id, d.store_id, d.product_id, d.status, d.quantity, d.amount, d.sold_at, d.note);
