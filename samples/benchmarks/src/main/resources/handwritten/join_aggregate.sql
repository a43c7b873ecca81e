-- @setup
CREATE TABLE ${table} WITH (fillfactor = 50) AS ${query};
ALTER TABLE ${table} ADD PRIMARY KEY (region_id);
-- @refresh
MERGE INTO ${table} AS t
USING (WITH dc AS MATERIALIZED (SELECT id, region_id, sum(w)::integer AS w
                                  FROM ${customer_changes}
                                 GROUP BY id, region_id
                                HAVING sum(w) <> 0),
            ds AS MATERIALIZED (SELECT w, customer_id, count(*) AS sales, sum(quantity) AS quantity,
                                       sum(amount) AS revenue
                                  FROM ${sale_changes}
                                 GROUP BY w, customer_id),
            parts AS (SELECT c.region_id, ds.w, ds.sales, ds.quantity, ds.revenue
                        FROM ds JOIN bench.customer AS c ON c.id = ds.customer_id
                       UNION ALL
                      SELECT dc.region_id, dc.w, 1, s.quantity, s.amount
                        FROM dc
                       CROSS JOIN LATERAL (SELECT quantity, amount
                                             FROM bench.sale
                                            WHERE customer_id = dc.id
                                           OFFSET 0) AS s
                       UNION ALL
                      SELECT dc.region_id, -dc.w * ds.w, ds.sales, ds.quantity, ds.revenue
                        FROM ds JOIN dc ON dc.id = ds.customer_id)
       SELECT region_id, sum(w * sales) AS sales, sum(w * quantity) AS quantity, sum(w * revenue) AS revenue
         FROM (SELECT region_id, w, sum(sales) AS sales, sum(quantity) AS quantity, sum(revenue) AS revenue
                 FROM parts
                GROUP BY region_id, w) AS p
        GROUP BY region_id) AS d
   ON t.region_id = d.region_id
 WHEN MATCHED AND t.sales + d.sales = 0 THEN DELETE
 WHEN MATCHED THEN UPDATE
      SET sales = t.sales + d.sales, quantity = t.quantity + d.quantity, revenue = t.revenue + d.revenue
 WHEN NOT MATCHED THEN INSERT VALUES (d.region_id, d.sales, d.quantity, d.revenue);
