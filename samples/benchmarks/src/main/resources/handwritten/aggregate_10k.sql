-- @setup
CREATE TABLE ${table} WITH (fillfactor = 50) AS ${query};
ALTER TABLE ${table} ADD PRIMARY KEY (product_id);
-- @refresh
MERGE INTO ${table} AS t
USING (SELECT product_id, sum(w) AS sales, sum(w * quantity) AS quantity,
              sum(CASE WHEN w > 0 THEN amount ELSE -amount END) AS revenue
         FROM ${sale_changes}
        GROUP BY product_id) AS d
   ON t.product_id = d.product_id
 WHEN MATCHED AND t.sales + d.sales = 0 THEN DELETE
 WHEN MATCHED THEN UPDATE
      SET sales = t.sales + d.sales, quantity = t.quantity + d.quantity, revenue = t.revenue + d.revenue
 WHEN NOT MATCHED THEN INSERT VALUES (d.product_id, d.sales, d.quantity, d.revenue);
