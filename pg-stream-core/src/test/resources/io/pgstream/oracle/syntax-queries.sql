-- on 18: what only the grammar of PostgreSQL has
SELECT status, coupon, count(*) AS n FROM orders GROUP BY ROLLUP (status), coupon

SELECT status, coupon, count(*) AS n, grouping(status, coupon) FROM orders GROUP BY GROUPING SETS ((status, coupon), ROLLUP (status), CUBE (coupon, status), GROUPING SETS (status, ()))

SELECT status, coupon, count(*) AS n FROM orders GROUP BY (status, coupon), ROLLUP ((status, coupon), customer_id)

SELECT dept, id, sum(salary) OVER (w ROWS 1 PRECEDING) AS s FROM employees WINDOW w AS (PARTITION BY dept ORDER BY id)

SELECT dept, id, sum(salary) OVER (v ROWS 1 PRECEDING) AS s, count(*) OVER v AS c, count(*) OVER w AS d FROM employees WINDOW w AS (PARTITION BY dept), v AS (w ORDER BY id)

SELECT status, percentile_cont(0.5) WITHIN GROUP (ORDER BY total) FILTER (WHERE coupon IS NULL) AS p FROM orders GROUP BY status

SELECT status, mode() WITHIN GROUP (ORDER BY coupon) FILTER (WHERE total > 3) AS p, percentile_disc(ARRAY[0.1,0.5]) WITHIN GROUP (ORDER BY total) AS q FROM orders GROUP BY status

SELECT status, rank(5) WITHIN GROUP (ORDER BY total) AS p FROM orders GROUP BY status

SELECT id FROM customers WHERE name LIKE ANY (ARRAY['A%','B%'])

SELECT id FROM customers WHERE name NOT ILIKE ALL (ARRAY['a%','b%'])

SELECT id FROM customers WHERE name LIKE ANY (SELECT status || '%' FROM orders)

SELECT id FROM customers WHERE name ~ ANY (SELECT status FROM orders)

SELECT id, name NOT LIKE ALL (SELECT left(status, 1) || '%' FROM orders o WHERE o.customer_id = customers.id) AS b FROM customers

SELECT c FROM customers c

SELECT row_to_json(c) AS j FROM customers c

SELECT to_jsonb(c) AS j FROM customers c

SELECT count(c) FROM customers c

SELECT o.id, count(c) AS n, array_agg(c) AS a FROM orders o LEFT JOIN customers c ON c.id = o.customer_id GROUP BY o.id

SELECT o.id, c FROM orders o LEFT JOIN customers c ON c.id = o.customer_id

SELECT o.id, c IS NULL AS nul, c IS NOT NULL AS notnul FROM orders o LEFT JOIN customers c ON c.id = o.customer_id

SELECT o.id, to_jsonb(c) - 'name' AS j FROM orders o LEFT JOIN customers c ON c.id = o.customer_id

SELECT json_agg(q) AS j FROM (SELECT id, total FROM orders ORDER BY id) q

SELECT jsonb_agg(to_jsonb(o) ORDER BY o.id) AS j, o.customer_id FROM orders o GROUP BY customer_id

SELECT c.id, (SELECT json_agg(o ORDER BY o.id) FROM orders o WHERE o.customer_id = c.id) AS j FROM customers c

SELECT DISTINCT c FROM customers c

SELECT a.id, b.id AS other FROM customers a JOIN customers b ON a = b

SELECT id, pg_typeof(c)::text AS t FROM customers c

SELECT (c).name AS n, (c.*)::text AS t FROM customers c

SELECT id, COLLATION FOR (name) AS c FROM customers

SELECT o.id, c.id AS cid FROM orders o FULL JOIN customers c ON true

SELECT o.id, c.id AS cid FROM orders o FULL JOIN customers c ON o.customer_id = c.id AND o.id > c.id

SELECT o.id, c.id AS cid FROM (SELECT * FROM orders WHERE id < 3) o FULL JOIN (SELECT * FROM customers WHERE id < 3) c ON false

SELECT a.id, b.id AS bid FROM bookings a FULL JOIN bookings b ON a.during = b.during

SELECT o.id, c.id AS cid FROM orders o FULL JOIN customers c ON o.customer_id + 0 = c.id + 0

SELECT c.id, q.n FROM orders o RIGHT JOIN (customers c CROSS JOIN LATERAL (SELECT count(*) AS n FROM items i WHERE i.order_id = c.id) q) ON o.customer_id = c.id

SELECT c.id, q.n FROM orders o FULL JOIN (customers c CROSS JOIN LATERAL (SELECT count(*) AS n FROM items i WHERE i.order_id = c.id) q) ON o.customer_id = c.id

SELECT c.id, q.n FROM customers c CROSS JOIN LATERAL (SELECT count(*) AS n FROM items i RIGHT JOIN orders o ON i.order_id = o.id AND i.qty > c.id WHERE o.customer_id = c.id) q

SELECT c.id, q.id AS q FROM customers c CROSS JOIN LATERAL (SELECT o.id FROM items i FULL JOIN orders o ON i.order_id = o.id WHERE o.customer_id = c.id) q

SELECT c.id, q.x FROM customers c CROSS JOIN LATERAL (SELECT x FROM orders o RIGHT JOIN generate_series(1, c.id) x ON x = o.id) q

SELECT x.id, q.k FROM customers a2, orders x CROSS JOIN LATERAL (SELECT f.qty AS k FROM items f WHERE f.order_id = a2.id) q

SELECT x.id, q.k FROM customers a2, orders x LEFT JOIN LATERAL (SELECT max(f.qty) AS k FROM items f WHERE f.order_id = a2.id AND f.line = x.id) q ON true

SELECT json_agg(q ORDER BY q.id) AS j FROM (SELECT id, total FROM orders) q

SELECT status, json_agg(row_to_json(q) ORDER BY q.id) AS j FROM (SELECT id, total, status FROM orders) q GROUP BY status

SELECT c.id, row_to_json(q) AS j FROM customers c LEFT JOIN (SELECT customer_id, count(*) AS n FROM orders GROUP BY customer_id) q ON q.customer_id = c.id

WITH w AS (SELECT id, name AS "the Name" FROM categories) SELECT to_jsonb(w) AS j, w.id FROM w

SELECT c.id, (SELECT json_agg(x ORDER BY x.id) FROM (SELECT o.id, o.total FROM orders o WHERE o.customer_id = c.id) x) AS j FROM customers c

SELECT count(home) AS c, country FROM customers GROUP BY country

SELECT count(c) AS c, country FROM customers c GROUP BY country

SELECT to_jsonb(s) AS j FROM big_spenders s

SELECT l FROM order_lines l

SELECT dept, id, sum(salary) OVER ("My W" ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE TIES) AS s FROM employees WINDOW "My W" AS ()

SELECT status, json_arrayagg(id ORDER BY id) AS a FROM orders GROUP BY status

SELECT status, json_arrayagg(coupon ORDER BY id NULL ON NULL RETURNING jsonb) AS a FROM orders GROUP BY status

SELECT status, json_objectagg(id : total ABSENT ON NULL RETURNING jsonb) AS a FROM orders GROUP BY status

SELECT status, json_objectagg(id : total WITH UNIQUE KEYS RETURNING jsonb) FILTER (WHERE id > 3) AS a FROM orders GROUP BY status

SELECT x.id, t.a, t.n, t.d FROM (SELECT id, ('<r><a k="' || id || '">' || name || '</a><a>z</a></r>')::xml AS doc, name FROM categories) x, XMLTABLE('/r/a' PASSING x.doc COLUMNS n FOR ORDINALITY, a text PATH '.', d int PATH '@k' DEFAULT 7) AS t

SELECT id, pg_typeof(tags)::text AS c FROM customers

SELECT id FROM customers WHERE profile -> 'langs' ? ANY (SELECT 'l' || id FROM categories)

SELECT id, name ~~* ALL (SELECT '%' || c.name FROM categories c WHERE c.parent_id = customers.id) AS x FROM customers

SELECT id FROM customers WHERE NOT name LIKE ANY (SELECT '%' || c.parent_id FROM categories c)

SELECT a.id FROM articles a WHERE a.title NOT SIMILAR TO '%(dog|cat)%'

SELECT a.id, b.id AS bid FROM categories a FULL JOIN employees b ON true WHERE a.id IS DISTINCT FROM b.id

SELECT a.id, b.id AS bid FROM (SELECT * FROM categories WHERE id < 3) a FULL JOIN (SELECT * FROM employees WHERE id > 30) b ON true

SELECT count(*) FROM (SELECT * FROM categories WHERE id < 3) a FULL JOIN (SELECT * FROM employees WHERE id > 3) b ON false

SELECT a.id, b.id AS bid FROM categories a FULL JOIN employees b ON a.id = b.id AND EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = a.id AND o.id = b.id)

SELECT customer_id, status, count(*) FROM orders GROUP BY DISTINCT GROUPING SETS ((customer_id, status), (status, customer_id), (status)), ROLLUP (status)

SELECT country, tier, grouping(tier), count(*) FROM customers GROUP BY country, ROLLUP (tier, country)

SELECT count(*), sum(total) FROM orders GROUP BY ()

SELECT 1 AS one FROM orders GROUP BY GROUPING SETS ((), ())

SELECT (SELECT count(*) FROM orders o WHERE o.customer_id = c.id GROUP BY GROUPING SETS ((o.status)) ORDER BY 1 LIMIT 1) AS n FROM customers c

SELECT x.id, q.n, z.id AS z FROM (customers a2 JOIN orders x ON x.customer_id = a2.id CROSS JOIN LATERAL (SELECT count(*) AS n FROM items f WHERE f.order_id = a2.id AND f.line <= x.id) q), categories z WHERE z.id = q.n

SELECT x.id, q.n, p.id AS p FROM customers a2, orders x CROSS JOIN LATERAL (SELECT count(*) AS n FROM items f WHERE f.order_id = a2.id) q LEFT JOIN products p ON p.id = q.n

SELECT x.id, q.qty FROM customers a2, orders x JOIN LATERAL (SELECT f.qty FROM items f WHERE f.order_id = a2.id AND f.line = x.id) q ON q.qty > 1

SELECT x.id, g FROM customers a2, orders x CROSS JOIN generate_series(1, a2.id % 3) g

SELECT x.id, g FROM customers a2, orders x LEFT JOIN generate_series(1, a2.id % 3) g ON g = x.id

SELECT x.id, g, a2.id AS a FROM customers a2 JOIN (orders x JOIN LATERAL generate_series(1, a2.id % 3) g ON true) ON x.customer_id = a2.id

SELECT count(l) AS a, count(DISTINCT l) AS b FROM order_lines l

SELECT id, count(t.a) AS c FROM categories LEFT JOIN LATERAL XMLTABLE(XMLNAMESPACES('http://x' AS p), '/p:r' PASSING (('<r xmlns="http://x">' || id || '</r>')::xml) COLUMNS a text PATH '.' NOT NULL) t ON true GROUP BY id

SELECT c.id, count(q) AS n, json_agg(q ORDER BY q.id) FILTER (WHERE q.id > 3) AS j FROM customers c LEFT JOIN (SELECT id, customer_id AS cid, total FROM orders) q ON q.cid = c.id GROUP BY c.id

SELECT c.id, q IS NULL AS a, q IS NOT NULL AS b, q IS DISTINCT FROM NULL AS d FROM customers c LEFT JOIN (SELECT id, customer_id AS cid, coupon FROM orders) q ON q.cid = c.id

SELECT x, c, y, rank() OVER (PARTITION BY x ORDER BY c) AS r FROM (SELECT status AS x, coupon AS y, customer_id FROM orders) q, LATERAL (SELECT 31 AS c) z GROUP BY CUBE (x, c, y)

SELECT customer_id, status, rank() OVER (ORDER BY customer_id) AS r FROM orders WHERE customer_id = 3 GROUP BY CUBE (customer_id, status)

SELECT customer_id, status, count(*) OVER (PARTITION BY customer_id) AS r FROM orders WHERE customer_id = 3 GROUP BY CUBE (customer_id, status)

SELECT DISTINCT customer_id FROM orders WHERE customer_id = 3 GROUP BY CUBE (customer_id, status)

SELECT customer_id, id, rank() OVER (ORDER BY customer_id, id) AS r FROM orders WHERE customer_id = id GROUP BY CUBE (customer_id, id)

SELECT DISTINCT customer_id, id FROM orders WHERE customer_id = id GROUP BY CUBE (customer_id, id)

SELECT DISTINCT ON (customer_id) customer_id, status FROM orders WHERE customer_id = 3 GROUP BY CUBE (customer_id, status) ORDER BY customer_id, status

SELECT a.customer_id, a.status, b.status AS s FROM (SELECT customer_id, status FROM orders WHERE customer_id = 3 GROUP BY CUBE (customer_id, status)) a JOIN (SELECT customer_id, status FROM orders WHERE customer_id = 3 GROUP BY CUBE (customer_id, status)) b ON a.customer_id = b.customer_id AND a.status = b.status

SELECT customer_id, count(*) AS n FROM (SELECT customer_id, status FROM orders WHERE customer_id = 3 GROUP BY CUBE (customer_id, status)) q GROUP BY customer_id

SELECT customer_id FROM (SELECT customer_id, status FROM orders WHERE customer_id = 3 GROUP BY CUBE (customer_id, status)) q UNION SELECT 3

SELECT customer_id, status, count(*) AS c FROM orders WHERE customer_id = 3 GROUP BY CUBE (customer_id, status)

SELECT customer_id, status, count(*) AS c FROM orders WHERE customer_id = 3 GROUP BY CUBE (customer_id, status) HAVING customer_id IS NULL

SELECT customer_id, status, count(*) AS c FROM orders WHERE customer_id = 3 GROUP BY CUBE (customer_id, status) ORDER BY customer_id, status LIMIT 3

SELECT * FROM (SELECT customer_id AS k, status, count(*) AS c FROM orders WHERE customer_id IS NOT NULL GROUP BY CUBE (1, 2)) q WHERE k IS NULL OR k = 3

SELECT id, count(*) AS c FROM customers GROUP BY ROLLUP (id) HAVING id IS NULL

SELECT upper('x' || status) AS u, rank() OVER (ORDER BY upper('x' || status)) AS r, count(*) AS n FROM orders WHERE status = 'new' GROUP BY ROLLUP (upper('x' || status))
