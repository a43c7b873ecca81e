-- @setup
CREATE TABLE ${table} WITH (fillfactor = 50) AS ${query};
ALTER TABLE ${table} ADD PRIMARY KEY (region_id);
-- @refresh-sales-only
MERGE INTO ${table} AS t
USING (SELECT c.region_id, sum(s.w) AS sales, sum(s.w * s.quantity) AS quantity,
              sum(CASE WHEN s.w > 0 THEN s.amount ELSE -s.amount END) AS revenue
         FROM ${sale_changes} AS s
         JOIN bench.customer AS c ON c.id = s.customer_id
        GROUP BY c.region_id) AS d
   ON t.region_id = d.region_id
 WHEN MATCHED AND t.sales + d.sales = 0 THEN DELETE
 WHEN MATCHED THEN UPDATE
      SET sales = t.sales + d.sales, quantity = t.quantity + d.quantity, revenue = t.revenue + d.revenue
 WHEN NOT MATCHED THEN INSERT VALUES (d.region_id, d.sales, d.quantity, d.revenue);
-- @refresh
-- Inclusion and exclusion over the tables as they are now. Most updates of a customer do not touch the region: they
-- vanish when the customers' changes are added up.
MERGE INTO ${table} AS t
USING (WITH dc AS MATERIALIZED (SELECT id, region_id, sum(w)::integer AS w
                                  FROM ${customer_changes}
                                 GROUP BY id, region_id
                                HAVING sum(w) <> 0),
            parts AS (SELECT c.region_id, s.w, s.quantity, s.amount
                        FROM ${sale_changes} AS s
                        JOIN bench.customer AS c ON c.id = s.customer_id
                       UNION ALL
                      SELECT dc.region_id, dc.w, s.quantity, s.amount
                        FROM dc
                       CROSS JOIN LATERAL (SELECT quantity, amount
                                             FROM bench.sale
                                            WHERE customer_id = dc.id
                                           OFFSET 0) AS s
                       UNION ALL
                      SELECT dc.region_id, -dc.w * s.w, s.quantity, s.amount
                        FROM ${sale_changes} AS s
                        JOIN dc ON dc.id = s.customer_id)
       SELECT region_id, sum(w) AS sales, sum(w * quantity) AS quantity,
              sum(CASE WHEN w > 0 THEN amount ELSE -amount END) AS revenue
         FROM parts
        GROUP BY region_id) AS d
   ON t.region_id = d.region_id
 WHEN MATCHED AND t.sales + d.sales = 0 THEN DELETE
 WHEN MATCHED THEN UPDATE
      SET sales = t.sales + d.sales, quantity = t.quantity + d.quantity, revenue = t.revenue + d.revenue
 WHEN NOT MATCHED THEN INSERT VALUES (d.region_id, d.sales, d.quantity, d.revenue);
