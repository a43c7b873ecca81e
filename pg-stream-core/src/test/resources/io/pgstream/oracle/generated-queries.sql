-- as GraphQL engines print them
SELECT coalesce(json_agg("root"), '[]') AS "root" FROM (SELECT row_to_json((SELECT "_e" FROM (SELECT "_root.base"."id" AS "id", "_root.base"."name" AS "name", "_root.ar.root.orders"."orders" AS "orders") AS "_e")) AS "root" FROM (SELECT * FROM "customers" WHERE ("customers"."tier") = (('pro')::tier)) AS "_root.base" LEFT OUTER JOIN LATERAL (SELECT coalesce(json_agg("orders" ORDER BY "orders.pg.id" ASC NULLS LAST), '[]') AS "orders" FROM (SELECT row_to_json((SELECT "_e" FROM (SELECT "_root.ar.root.orders.base"."id" AS "id", "_root.ar.root.orders.base"."total" AS "total") AS "_e")) AS "orders", "_root.ar.root.orders.base"."id" AS "orders.pg.id" FROM (SELECT * FROM "orders" WHERE (("_root.base"."id") = ("customer_id"))) AS "_root.ar.root.orders.base" ORDER BY "orders.pg.id" ASC NULLS LAST) AS "_root.ar.root.orders") AS "_root.ar.root.orders" ON ('true') ORDER BY "_root.base"."id") AS "_root"

SELECT "_0"."id", json_build_object('aggregate', json_build_object('count', "_1"."n", 'sum', json_build_object('total', "_1"."s"))) AS "orders_aggregate" FROM "customers" AS "_0" LEFT JOIN LATERAL (SELECT count(*) AS "n", sum("_2"."total") AS "s" FROM (SELECT * FROM "orders" AS "o" WHERE "o"."customer_id" = "_0"."id" AND "o"."status" <> 'cancelled') AS "_2") AS "_1" ON ('true')

SELECT "_0"."id", "_1"."parent" AS "parent" FROM "categories" AS "_0" LEFT OUTER JOIN LATERAL (SELECT row_to_json((SELECT "_e" FROM (SELECT "_2"."id" AS "id", "_2"."name" AS "name") AS "_e")) AS "parent" FROM (SELECT * FROM "categories" WHERE ("_0"."parent_id" = "id") LIMIT 1) AS "_2") AS "_1" ON ('true')

SELECT "o"."id", (SELECT to_jsonb("c") FROM (SELECT "customers"."id", "customers"."name" FROM "customers" WHERE "customers"."id" = "o"."customer_id") AS "c") AS "customer", (SELECT jsonb_agg("l" ORDER BY "l"."line") FROM (SELECT "items"."line", "items"."qty", (SELECT "products"."sku" FROM "products" WHERE "products"."id" = "items"."product_id") AS "sku" FROM "items" WHERE "items"."order_id" = "o"."id") AS "l") AS "lines" FROM "orders" AS "o" WHERE EXISTS (SELECT 1 FROM "customers" AS "cc" WHERE "cc"."id" = "o"."customer_id" AND "cc"."tier" <> 'free')

SELECT pgrst_call.id, pgrst_call.total FROM (SELECT orders.id, orders.total, row_to_json(orders_customers.*) AS customer FROM orders LEFT JOIN LATERAL (SELECT customers_1.name FROM customers AS customers_1 WHERE customers_1.id = orders.customer_id) AS orders_customers ON true) AS pgrst_call

SELECT coalesce(json_agg(_postgrest_t ORDER BY _postgrest_t.id), '[]')::text AS body, count(*) AS page_total FROM (SELECT c.id, c.name, coalesce(c_o.c_o, '[]') AS orders FROM customers c LEFT JOIN LATERAL (SELECT json_agg(c_o ORDER BY c_o.id) AS c_o FROM (SELECT o.id, o.status FROM orders o WHERE o.customer_id = c.id) AS c_o) AS c_o ON true) AS _postgrest_t

-- as ORMs print them
SELECT "t0"."id", "t0"."status", "t1"."id" AS "t1_id", "t1"."name" AS "t1_name" FROM "o"."orders" AS "t0" LEFT JOIN "o"."customers" AS "t1" ON ("t1"."id") = ("t0"."customer_id") WHERE ("t0"."id") IN (SELECT "t2"."id" FROM "orders" AS "t2" INNER JOIN "items" AS "j" ON ("j"."order_id") = ("t2"."id") WHERE (NOT "j"."qty" > 2 AND "t2"."id" IS NOT NULL)) AND 1=1

SELECT "customers"."id" AS t0_r0, "customers"."name" AS t0_r1, "orders"."id" AS t1_r0, "orders"."status" AS t1_r1 FROM "customers" LEFT OUTER JOIN "orders" ON "orders"."customer_id" = "customers"."id" WHERE "customers"."id" IN (1, 2, 3, 5) AND ("orders"."status" IS NULL OR "orders"."status" != 'cancelled') ORDER BY "customers"."id" ASC

SELECT DISTINCT "customers"."country", COUNT("orders"."id") AS "orders__count" FROM "customers" LEFT OUTER JOIN "orders" ON ("customers"."id" = "orders"."customer_id") GROUP BY "customers"."id", "customers"."country" HAVING COUNT("orders"."id") > 1

SELECT "customers"."id", (SELECT COUNT(*) AS "_count" FROM (SELECT U0."id" AS Col1 FROM "orders" U0 WHERE (U0."customer_id" = ("customers"."id") AND U0."total" > 50) ORDER BY U0."id" LIMIT 3) subquery) FROM "customers"

SELECT "customers"."id", EXISTS(SELECT 1 AS "a" FROM "orders" U0 WHERE U0."customer_id" = ("customers"."id") LIMIT 1) AS "has" FROM "customers" WHERE NOT (EXISTS(SELECT 1 AS "a" FROM "orders" U1 WHERE (U1."coupon" = 'SAVE' AND U1."customer_id" = ("customers"."id")) LIMIT 1))

SELECT "orders"."id", COALESCE("orders"."coupon", 'none') AS "c", CASE WHEN "orders"."status" IN ('new', 'paid') THEN 1 WHEN "orders"."shipped_at" IS NOT NULL THEN 2 ELSE NULL END AS "state" FROM "orders" WHERE ("orders"."placed_at" AT TIME ZONE 'Europe/Berlin') BETWEEN '2024-01-01 00:00:00+00' AND '2024-12-31 23:59:59+00'

SELECT o1_0.id, c1_0.id AS id2, c1_0.name, i1_0.line, i1_0.qty FROM orders o1_0 LEFT JOIN customers c1_0 ON c1_0.id = o1_0.customer_id LEFT JOIN items i1_0 ON o1_0.id = i1_0.order_id WHERE o1_0.status IN ('paid', 'shipped') AND (c1_0.country IS NULL OR c1_0.country = 'de')

SELECT e1_0.dept, count(*), sum(e1_0.salary), max(e1_0.hired) FROM employees e1_0 JOIN employees m1_0 ON m1_0.id = e1_0.manager_id WHERE m1_0.dept IS NOT NULL GROUP BY e1_0.dept HAVING count(*) > 0 ORDER BY 2 DESC, 1 NULLS LAST FETCH FIRST 2 ROWS ONLY

SELECT p1_0.id FROM products p1_0 WHERE p1_0.price = (SELECT max(p2_0.price) FROM products p2_0 WHERE p2_0.category_id = p1_0.category_id) OR p1_0.category_id IS NULL

SELECT "a"."id" FROM "orders" AS "a" INNER JOIN (SELECT MAX("b"."id") AS "id", "b"."customer_id" FROM "orders" AS "b" GROUP BY "b"."customer_id") AS "latest" ON "latest"."id" = "a"."id"

SELECT main.id FROM customers main LEFT JOIN customers ref ON ref.id = main.referred_by LEFT JOIN customers ref2 ON ref2.id = ref.referred_by WHERE ref2.id IS NULL AND ref.id IS NOT NULL

-- as dashboards print them
SELECT DATE_TRUNC('day', placed_at) AS __timestamp, status AS status, sum(total) AS "SUM(total)", COUNT(DISTINCT customer_id) AS "COUNT_DISTINCT(customer_id)" FROM (SELECT * FROM orders) AS virtual_table WHERE placed_at >= TO_TIMESTAMP('2024-01-01 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US')::timestamp AND placed_at < TIMESTAMP '2025-01-01' GROUP BY DATE_TRUNC('day', placed_at), status ORDER BY "SUM(total)" DESC NULLS LAST, __timestamp, status LIMIT 20

SELECT "source"."created" AS "created", "source"."status" AS "status", SUM("source"."total") AS "sum", AVG("source"."total") AS "avg" FROM (SELECT CAST(DATE_TRUNC('month', "o"."orders"."placed_at") AS date) AS "created", "o"."orders"."status" AS "status", "o"."orders"."total" AS "total", "Customers"."tier" AS "Customers__tier" FROM "o"."orders" LEFT JOIN "o"."customers" AS "Customers" ON "o"."orders"."customer_id" = "Customers"."id") AS "source" WHERE ("source"."Customers__tier" <> 'free') OR ("source"."Customers__tier" IS NULL) GROUP BY "source"."created", "source"."status"

SELECT COALESCE(SUM(CASE WHEN (orders.status = 'paid') AND (orders.total > 20) THEN orders.total ELSE NULL END), 0) AS "orders.paid_total", COUNT(DISTINCT CASE WHEN orders.coupon IS NOT NULL THEN orders.id ELSE NULL END) AS "orders.coupon_count", (TO_CHAR(DATE_TRUNC('month', orders.placed_at), 'YYYY-MM')) AS "orders.month" FROM orders AS orders LEFT JOIN customers AS users ON orders.customer_id = users.id GROUP BY 3

SELECT FLOOR(total / 25.0) * 25.0 AS bin, count(*) AS n FROM orders WHERE total IS NOT NULL GROUP BY FLOOR(total / 25.0) * 25.0

WITH top_statuses AS (SELECT status, sum(total) AS mme_inner FROM orders GROUP BY status ORDER BY mme_inner DESC, status LIMIT 2) SELECT date_trunc('week', o.placed_at) AS t, o.status, count(*) AS n FROM orders o JOIN top_statuses ON o.status = top_statuses.status GROUP BY 1, 2

SELECT CASE WHEN status IN (SELECT status FROM orders GROUP BY status ORDER BY count(*) DESC, status LIMIT 2) THEN status ELSE 'Other' END AS label, count(*) AS n FROM orders GROUP BY CASE WHEN status IN (SELECT status FROM orders GROUP BY status ORDER BY count(*) DESC, status LIMIT 2) THEN status ELSE 'Other' END

SELECT period, revenue, revenue - LAG(revenue) OVER (ORDER BY period) AS delta, ROUND(100.0 * (revenue - LAG(revenue) OVER (ORDER BY period)) / NULLIF(LAG(revenue) OVER (ORDER BY period), 0), 1) AS pct, SUM(revenue) OVER (ORDER BY period ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS rolling FROM (SELECT placed_at::date AS period, SUM(total) AS revenue FROM orders GROUP BY placed_at::date) s

SELECT r.user_id, r.recency, r.frequency, r.monetary, NTILE(3) OVER (ORDER BY r.recency DESC, r.user_id) AS r_score, NTILE(3) OVER (ORDER BY r.frequency, r.user_id) AS f_score FROM (SELECT customer_id AS user_id, date '2024-06-01' - max(placed_at)::date AS recency, count(*) AS frequency, sum(total) AS monetary FROM orders WHERE customer_id IS NOT NULL GROUP BY customer_id) r

SELECT a.product_id AS a, b.product_id AS b, count(DISTINCT a.order_id) AS together, count(DISTINCT a.order_id)::numeric / (SELECT count(DISTINCT order_id) FROM items WHERE product_id = a.product_id) AS confidence FROM items a JOIN items b ON a.order_id = b.order_id AND a.product_id < b.product_id GROUP BY a.product_id, b.product_id HAVING count(DISTINCT a.order_id) >= 1

SELECT x.label, x.value FROM (SELECT 1 AS ord, 'orders' AS label, count(*)::numeric AS value FROM orders UNION ALL SELECT 2, 'revenue', sum(total) FROM orders WHERE status IN ('paid', 'shipped') UNION ALL SELECT 3, 'average', avg(total) FROM orders UNION ALL SELECT 4, 'customers', count(DISTINCT customer_id) FROM orders) x ORDER BY x.ord

SELECT kind, count(*) AS n, count(*) * 100.0 / (SELECT count(*) FROM events) AS pct, rank() OVER (ORDER BY count(*) DESC) AS r FROM events GROUP BY kind HAVING count(*) > (SELECT count(*) FROM events) / 20

SELECT p.id, p.name, COALESCE(s.sold, 0) AS sold, COALESCE(s.revenue, 0) AS revenue, ROUND(PERCENT_RANK() OVER (ORDER BY COALESCE(s.revenue, 0))::numeric, 2) AS pr FROM products p LEFT JOIN (SELECT product_id, SUM(qty) AS sold, SUM(qty * unit_price) AS revenue FROM items JOIN orders ON orders.id = items.order_id AND orders.status NOT IN ('cancelled') GROUP BY product_id) s ON s.product_id = p.id

SELECT d.day::date, o.status, COALESCE(x.n, 0) AS n FROM generate_series('2024-01-05'::timestamp, '2024-01-12'::timestamp, '1 day') d(day) CROSS JOIN (SELECT DISTINCT status FROM orders) o LEFT JOIN (SELECT placed_at::date AS day, status, count(*) AS n FROM orders GROUP BY 1, 2) x ON x.day = d.day::date AND x.status = o.status

SELECT user_id, MAX(CASE WHEN rn = 1 THEN kind END) AS first_kind, MAX(CASE WHEN rn_desc = 1 THEN kind END) AS last_kind FROM (SELECT user_id, kind, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY at, id) AS rn, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY at DESC, id DESC) AS rn_desc FROM events) t GROUP BY user_id

SELECT status, SUM(total) AS total, SUM(SUM(total)) OVER (ORDER BY SUM(total) DESC, status) / NULLIF(SUM(SUM(total)) OVER (), 0) AS pareto FROM orders GROUP BY status

SELECT DISTINCT ON (sensor) sensor, at, value, LAG(value) OVER (PARTITION BY sensor ORDER BY at, value) AS prev FROM (SELECT DISTINCT * FROM readings) r ORDER BY sensor, at DESC, value DESC

SELECT sensor, COUNT(*) FILTER (WHERE value > avg_value) AS above, COUNT(*) FILTER (WHERE value <= avg_value) AS below FROM (SELECT sensor, value, AVG(value) OVER (PARTITION BY sensor) AS avg_value FROM readings) t GROUP BY sensor

SELECT r.sensor, r.at, r.value FROM readings r WHERE (r.sensor, r.at) IN (SELECT sensor, MAX(at) FROM readings GROUP BY sensor)

SELECT r1.sensor, r1.at FROM readings r1 LEFT JOIN readings r2 ON r1.sensor = r2.sensor AND r1.at < r2.at WHERE r2.sensor IS NULL

SELECT e.dept, e.name, e.salary FROM employees e WHERE 2 > (SELECT COUNT(DISTINCT e2.salary) FROM employees e2 WHERE e2.salary > e.salary AND e2.dept = e.dept)

SELECT dept, max(salary) AS second FROM employees e WHERE salary < (SELECT max(salary) FROM employees x WHERE x.dept = e.dept) GROUP BY dept

-- as people ask for help with
SELECT c.id, c.name FROM customers c WHERE (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) = 0 OR c.id = ANY (SELECT customer_id FROM orders GROUP BY customer_id HAVING min(total) > 20)

SELECT o.id, lag(o.id) OVER w AS prev, lead(o.id) OVER w AS next, first_value(o.id) OVER w AS first, last_value(o.id) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last FROM orders o WINDOW w AS (PARTITION BY o.status ORDER BY o.placed_at, o.id)

SELECT o.customer_id, o.id, count(*) OVER (PARTITION BY o.customer_id) AS n, o.total - avg(o.total) OVER (PARTITION BY o.customer_id) AS dev FROM orders o WHERE EXISTS (SELECT 1 FROM customers c WHERE c.id = o.customer_id) ORDER BY o.customer_id, o.id

SELECT t.tag, count(*) AS n FROM customers c CROSS JOIN unnest(coalesce(c.tags, '{}')) AS t(tag) WHERE t.tag IS NOT NULL GROUP BY t.tag ORDER BY n DESC, t.tag LIMIT 2

SELECT c.id, array_to_string(array(SELECT DISTINCT p.sku FROM orders o JOIN items i ON i.order_id = o.id JOIN products p ON p.id = i.product_id WHERE o.customer_id = c.id ORDER BY p.sku), ', ') AS skus FROM customers c

SELECT p.id, p.attrs ->> 'color' AS color, jsonb_array_length(coalesce(p.attrs -> 'parts', '[]')) AS parts, (SELECT sum(x::int) FROM jsonb_array_elements_text(p.attrs -> 'parts') AS x) AS total FROM products p WHERE p.attrs @> '{"color": "red"}' OR NOT p.attrs ? 'color' OR p.attrs IS NULL

SELECT (SELECT count(*) FROM orders WHERE status = s.status AND total > s.avg) AS above, s.status FROM (SELECT status, avg(total) AS avg FROM orders GROUP BY status) s

SELECT e.id, e.name, e.salary, d.total, round(e.salary::numeric / d.total, 3) AS share FROM employees e JOIN LATERAL (SELECT sum(x.salary) AS total FROM employees x WHERE x.dept IS NOT DISTINCT FROM e.dept) d ON d.total > 0

WITH RECURSIVE t(id, parent_id, name, lvl, root) AS (SELECT id, parent_id, name, 0, id FROM categories UNION ALL SELECT c.id, c.parent_id, c.name, t.lvl + 1, t.root FROM categories c JOIN t ON c.parent_id = t.id WHERE t.lvl < 5) SELECT t.root, count(*) AS nodes, max(t.lvl) AS height, (SELECT count(*) FROM products p WHERE p.category_id IN (SELECT y.id FROM t y WHERE y.root = t.root)) AS products FROM t GROUP BY t.root

WITH daily AS (SELECT placed_at::date AS d, count(*) AS n FROM orders GROUP BY 1), stats AS (SELECT avg(n) AS mean, stddev_pop(n) AS sd FROM daily) SELECT daily.d, daily.n FROM daily, stats WHERE daily.n > stats.mean + stats.sd

WITH o AS (SELECT * FROM orders WHERE status <> 'cancelled'), c AS (SELECT customer_id, count(*) AS n FROM o GROUP BY customer_id), m AS (SELECT max(n) AS most FROM c) SELECT c.customer_id, c.n, (SELECT name FROM customers WHERE id = c.customer_id) AS name FROM c, m WHERE c.n = m.most

SELECT o.id, o.status FROM orders o WHERE o.id NOT IN (SELECT i.order_id FROM items i) AND o.customer_id NOT IN (SELECT c.id FROM customers c WHERE c.country IS NULL)

SELECT a.id AS a, b.id AS b FROM employees a, employees b WHERE a.id < b.id AND a.salary = b.salary AND a.dept IS DISTINCT FROM b.dept

SELECT min(x.missing) AS missing FROM (SELECT id + 1 AS missing FROM orders EXCEPT SELECT id FROM orders) x

SELECT g.n AS missing FROM generate_series((SELECT min(id) FROM orders), (SELECT max(id) FROM orders)) AS g(n) LEFT JOIN orders o ON o.id = g.n WHERE o.id IS NULL

SELECT id, sum(x) FILTER (WHERE x > 0) AS gains, sum(x) FILTER (WHERE x < 0) AS losses FROM (SELECT customer_id AS id, total - lag(total) OVER (PARTITION BY customer_id ORDER BY placed_at, id) AS x FROM orders) d GROUP BY id

SELECT status, count(*) FROM orders GROUP BY status UNION ALL SELECT 'total', count(*) FROM orders ORDER BY 1

(SELECT id, 'top' AS w FROM orders ORDER BY total DESC, id LIMIT 2) UNION ALL (SELECT id, 'bottom' FROM orders ORDER BY total, id LIMIT 2)

SELECT o.*, c.name, c.tier FROM orders o JOIN customers c ON o.customer_id = c.id WHERE o.placed_at = (SELECT max(o2.placed_at) FROM orders o2 WHERE o2.customer_id = o.customer_id)

SELECT c.*, coalesce(x.total, 0) AS total FROM customers c NATURAL LEFT JOIN (SELECT customer_id AS id, sum(total) AS total FROM orders GROUP BY customer_id) x

SELECT b.room, count(*) AS n, sum(upper(b.during) - lower(b.during)) AS hours, bool_or(b.guest IS NULL) AS anonymous FROM bookings b GROUP BY b.room HAVING NOT bool_and(b.guest IS NULL)

SELECT s.day, s.n, sum(s.n) OVER (ORDER BY s.day) AS total, s.n::numeric / nullif(sum(s.n) OVER (), 0) AS part FROM (SELECT created_at::date AS day, count(*) AS n FROM customers GROUP BY created_at::date) s

-- calendars and orders that the data makes
SELECT string_agg(q.name, ', ') AS names FROM (SELECT name FROM customers WHERE country IS NOT NULL ORDER BY created_at DESC, id) q

SELECT status, array_agg(x.id) AS ids, count(*) FILTER (WHERE x.id > 4) AS n FROM (SELECT id, status FROM orders ORDER BY placed_at, total DESC NULLS LAST, id) x GROUP BY status

SELECT c.id, (SELECT json_agg(l.qty) FROM (SELECT i.qty FROM items i JOIN orders o ON o.id = i.order_id WHERE o.customer_id = c.id ORDER BY o.placed_at, i.order_id, i.line) l) AS quantities FROM customers c

SELECT d.day::date AS day, count(o.id) AS n, coalesce(sum(o.total), 0) AS total FROM generate_series((SELECT date_trunc('day', min(placed_at)) FROM orders), (SELECT max(placed_at) FROM orders), interval '1 day') AS d(day) LEFT JOIN orders o ON o.placed_at >= d.day AND o.placed_at < d.day + interval '1 day' GROUP BY d.day

SELECT m.n, c.id FROM customers c LEFT JOIN generate_series(1, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id)) AS m(n) ON m.n <> 2

SELECT c.id, m.n FROM customers c, generate_series((SELECT min(o.id) FROM orders o WHERE o.customer_id = c.id), (SELECT max(o.id) FROM orders o WHERE o.customer_id = c.id)) AS m(n) WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = m.n AND o.customer_id = c.id)

SELECT u.x, (SELECT count(*) FROM orders o WHERE o.status = u.x) AS n FROM unnest(ARRAY(SELECT DISTINCT status FROM orders ORDER BY 1), (SELECT array_agg(id ORDER BY id) FROM categories)) AS u(x, y)

SELECT p.id, (SELECT count(*) FROM generate_series(1, (SELECT max(i.qty) FROM items i WHERE i.product_id = p.id)) AS g(n) WHERE g.n <> p.category_id) AS n FROM products p

SELECT status, coupon, (SELECT jsonb_object_agg(coalesce(x.c, 'all'), x.n ORDER BY x.c, x.n) FROM (SELECT o.coupon AS c, count(*) AS n FROM orders o WHERE o.status = q.status GROUP BY ROLLUP (o.coupon)) x) AS totals FROM orders q

SELECT c.id, r.status, r.n, r.g FROM customers c LEFT JOIN LATERAL (SELECT o.status, count(*) AS n, grouping(o.status) AS g, max(o.total) AS m FROM orders o WHERE o.customer_id = c.id GROUP BY GROUPING SETS ((o.status), ()) HAVING count(*) <> 1) r ON true

SELECT c.id FROM customers c WHERE c.id IN (SELECT sum(i.line) FROM orders o JOIN items i ON i.order_id = o.id WHERE o.customer_id = c.id GROUP BY CUBE (o.status, i.product_id))

SELECT "r"."id", row_to_json((SELECT "_e" FROM (SELECT "r"."name" AS "name", coalesce("m"."n", 0) AS "What?", (SELECT count(*) FROM employees x WHERE x.manager_id = "r"."id") AS "reports") AS "_e")) AS j FROM employees r LEFT JOIN (SELECT dept, count(*) AS n FROM employees GROUP BY dept) m ON m.dept = r.dept

SELECT o.status, json_agg((SELECT x FROM (SELECT o.id, o.total, c.name AS customer) AS x) ORDER BY o.id) AS docs FROM orders o LEFT JOIN customers c ON c.id = o.customer_id GROUP BY o.status

SELECT to_jsonb((SELECT r FROM (SELECT o.status, 1 AS one) r)) AS k, count(*) AS n FROM orders o GROUP BY o.status

SELECT DISTINCT c.country, (SELECT max(o.total) FROM orders o WHERE o.customer_id = c.id) AS best FROM customers c ORDER BY best DESC NULLS LAST, c.country LIMIT 5

SELECT c.id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) AS n FROM customers c ORDER BY (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) DESC, c.id LIMIT 3
