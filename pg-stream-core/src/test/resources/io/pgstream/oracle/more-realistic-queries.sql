-- dashboards and pivots

SELECT date_trunc('week', placed_at)::date AS week, count(*) AS orders, count(DISTINCT customer_id) AS buyers, sum(total) FILTER (WHERE coupon IS NOT NULL) AS with_coupon, round(sum(total) / nullif(count(*), 0), 2) AS basket FROM orders WHERE status <> 'cancelled' GROUP BY 1

SELECT customer_id, jsonb_object_agg(status, n) AS by_status FROM (SELECT customer_id, status, count(*) AS n FROM orders WHERE customer_id IS NOT NULL GROUP BY customer_id, status) q GROUP BY customer_id

SELECT p.category_id, sum(i.qty) FILTER (WHERE o.status = 'paid') AS paid, sum(i.qty) FILTER (WHERE o.status = 'shipped') AS shipped, coalesce(sum(i.qty) FILTER (WHERE o.status = 'cancelled'), 0) AS lost FROM products p JOIN items i ON i.product_id = p.id JOIN orders o ON o.id = i.order_id GROUP BY p.category_id

SELECT coalesce(status, 'all') AS status, coalesce(to_char(placed_at, 'YYYY-MM'), 'all') AS month, count(*) AS n, sum(total) AS s FROM orders GROUP BY CUBE (status, to_char(placed_at, 'YYYY-MM'))

SELECT c.tier, o.status, count(*) AS n, round(100.0 * count(*) / sum(count(*)) OVER (PARTITION BY c.tier), 1) AS share FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.tier, o.status

-- funnels, cohorts, sessions

SELECT f.step, f.users, lag(f.users) OVER (ORDER BY f.step) AS before FROM (SELECT CASE kind WHEN 'visit' THEN 1 WHEN 'view' THEN 2 WHEN 'cart' THEN 3 WHEN 'buy' THEN 4 END AS step, count(DISTINCT user_id) AS users FROM events WHERE kind <> 'signup' GROUP BY 1) f

WITH first AS (SELECT customer_id, min(placed_at) AS at FROM orders GROUP BY customer_id) SELECT date_trunc('week', f.at) AS cohort, (extract(epoch FROM o.placed_at - f.at) / 604800)::int AS week, count(DISTINCT o.customer_id) AS customers, sum(o.total) AS revenue FROM first f JOIN orders o ON o.customer_id IS NOT DISTINCT FROM f.customer_id GROUP BY 1, 2

WITH gaps AS (SELECT *, at - lag(at) OVER (PARTITION BY user_id ORDER BY at, id) > interval '90 minutes' AS fresh FROM events), s AS (SELECT *, count(*) FILTER (WHERE fresh IS NOT FALSE) OVER (PARTITION BY user_id ORDER BY at, id) AS n FROM gaps) SELECT user_id, n, array_agg(kind ORDER BY at, id) AS path, max(at) - min(at) AS length FROM s GROUP BY user_id, n

SELECT e.user_id, count(*) FILTER (WHERE EXISTS (SELECT 1 FROM events b WHERE b.user_id = e.user_id AND b.kind = 'buy' AND b.at > e.at AND b.at < e.at + interval '1 day')) AS converted, count(*) AS visits FROM events e WHERE e.kind = 'visit' GROUP BY e.user_id

SELECT kind, next_kind, count(*) AS n FROM (SELECT kind, lead(kind) OVER (PARTITION BY user_id ORDER BY at, id) AS next_kind FROM events) t GROUP BY GROUPING SETS ((kind, next_kind), (kind))

-- running balances and inventory

SELECT id, customer_id, sum(CASE WHEN status = 'cancelled' THEN -total ELSE total END) OVER (PARTITION BY customer_id ORDER BY placed_at, id ROWS UNBOUNDED PRECEDING) AS balance FROM orders

SELECT p.id, 100 - coalesce(sum(i.qty) FILTER (WHERE o.status IN ('paid', 'shipped')), 0) AS stock, coalesce(sum(i.qty) FILTER (WHERE o.status = 'new'), 0) AS reserved FROM products p LEFT JOIN items i ON i.product_id = p.id LEFT JOIN orders o ON o.id = i.order_id GROUP BY p.id

SELECT product_id, order_id, line, qty, sum(qty) OVER w AS so_far, avg(qty) OVER (w ROWS 2 PRECEDING) AS moving, first_value(order_id) OVER w AS first FROM items WINDOW w AS (PARTITION BY product_id ORDER BY order_id, line)

SELECT sensor, at, value, value - lag(value) OVER s AS change, max(value) OVER (s RANGE BETWEEN interval '1 hour' PRECEDING AND CURRENT ROW) AS high FROM (SELECT DISTINCT * FROM readings) r WINDOW s AS (PARTITION BY sensor ORDER BY at)

SELECT i.product_id, o.placed_at::date AS day, sum(sum(i.qty)) OVER (PARTITION BY i.product_id ORDER BY o.placed_at::date) AS cumulative FROM items i JOIN orders o ON o.id = i.order_id GROUP BY i.product_id, o.placed_at::date

-- org charts and trees

WITH RECURSIVE chart AS (SELECT id, name, manager_id, 1 AS depth, ARRAY[name] AS path FROM employees WHERE manager_id IS NULL UNION ALL SELECT e.id, e.name, e.manager_id, c.depth + 1, c.path || e.name FROM employees e JOIN chart c ON e.manager_id = c.id WHERE c.depth < 10) SELECT id, depth, array_to_string(path, ' > ') AS path FROM chart

WITH RECURSIVE below AS (SELECT id AS root, id FROM employees UNION SELECT b.root, e.id FROM below b JOIN employees e ON e.manager_id = b.id) SELECT root, count(*) - 1 AS reports FROM below GROUP BY root

WITH RECURSIVE up AS (SELECT id, parent_id, name::text AS path FROM categories UNION ALL SELECT u.id, c.parent_id, c.name || '/' || u.path FROM up u JOIN categories c ON c.id = u.parent_id WHERE length(u.path) < 40) SELECT p.sku, u.path FROM products p JOIN up u ON u.id = p.category_id WHERE u.parent_id IS NULL

SELECT m.id, m.name, count(e.id) AS reports, coalesce(avg(e.salary), 0) AS mean, max(e.hired) AS latest FROM employees m LEFT JOIN employees e ON e.manager_id = m.id GROUP BY m.id, m.name HAVING count(e.id) > 0

-- percentiles and statistics

SELECT dept, percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY salary) AS quartiles, percentile_disc(0.5) WITHIN GROUP (ORDER BY hired) FILTER (WHERE salary > 300) AS hired FROM employees GROUP BY dept

SELECT status, ntile(4) OVER (ORDER BY total, id) AS quartile, cume_dist() OVER (PARTITION BY status ORDER BY total) AS cd FROM orders WHERE total IS NOT NULL

SELECT kind, percentile_cont(0.95) WITHIN GROUP (ORDER BY (props ->> 'ms')::numeric) AS p95, count(*) FILTER (WHERE (props ->> 'ms')::int > 30) AS slow FROM events GROUP BY kind

SELECT width_bucket(salary, ARRAY[300, 450, 600]) AS band, count(*) AS n, string_agg(name, ', ' ORDER BY name) AS people FROM employees GROUP BY 1

-- documents

SELECT c.id, jsonb_build_object('name', c.name, 'orders', coalesce((SELECT jsonb_agg(to_jsonb(o) - 'customer_id' ORDER BY o.id) FROM orders o WHERE o.customer_id = c.id), '[]')) AS doc FROM customers c

SELECT json_build_object('customer', row_to_json(c), 'total', sum(o.total)) AS doc, c.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id

SELECT p.id, jsonb_strip_nulls(jsonb_build_object('sku', p.sku, 'color', p.attrs -> 'color', 'category', k.name)) AS doc FROM products p LEFT JOIN categories k ON k.id = p.category_id

SELECT id, profile #- '{prefs,news}' AS profile, profile @? '$.langs[*] ? (@ == "en")' AS english, jsonb_array_length(profile -> 'langs') AS n FROM customers

SELECT e.id, kv.key, kv.value FROM events e CROSS JOIN LATERAL jsonb_each_text(e.props) kv WHERE kv.key <> 'ms'

SELECT row_to_json(q) AS row FROM (SELECT status, count(*) AS n, sum(total) AS sum FROM orders GROUP BY status) q

SELECT to_jsonb(b) AS spender FROM big_spenders b

SELECT id, jsonb_path_query_array(attrs, '$.parts[*] ? (@ % 2 == 0)') AS even, attrs - ARRAY['parts', 'size'] AS rest FROM products WHERE attrs IS NOT NULL

-- arrays

SELECT t.tag, array_agg(c.id ORDER BY c.id) AS customers, count(*) AS n FROM customers c, unnest(c.tags) AS t(tag) GROUP BY t.tag

SELECT c.id, (SELECT array_agg(DISTINCT x ORDER BY x) FROM unnest(c.tags || ARRAY['z']) AS x) AS tags FROM customers c

SELECT a.id, b.id AS other, cardinality(ARRAY(SELECT unnest(a.tags) INTERSECT SELECT unnest(b.tags))) AS common FROM customers a JOIN customers b ON a.tags && b.tags AND a.id < b.id

SELECT id, tags[2:] AS rest, array_remove(tags, 'b') AS without, 'c' = ANY (tags) AS has, tags @> ARRAY['b'] AS contains FROM customers

SELECT id, x.a, x.b FROM customers, unnest(tags, ARRAY[1, 2]) AS x(a, b)

-- ranges and overlaps

SELECT a.room, a.id, b.id AS clash, a.during * b.during AS both FROM bookings a JOIN bookings b ON a.room = b.room AND a.id < b.id AND a.during && b.during

SELECT room, range_agg(during) AS busy, int4multirange(int4range(0, 20)) - range_agg(during) AS free FROM bookings GROUP BY room

SELECT b.id FROM bookings b WHERE NOT EXISTS (SELECT 1 FROM bookings o WHERE o.room = b.room AND o.id <> b.id AND o.during && b.during)

SELECT d.day, count(b.id) AS occupied FROM generate_series(1, 14) AS d(day) LEFT JOIN bookings b ON b.during @> d.day GROUP BY d.day

SELECT p.id, lower(p.valid) AS since, p.valid -|- daterange('2024-01-10', '2024-01-12') AS touches, range_merge(p.valid, '[2024-01-01,2024-01-03)') AS hull FROM products p WHERE NOT isempty(p.valid)

-- text

SELECT id, ts_rank_cd(setweight(to_tsvector('english', coalesce(title, '')), 'A') || to_tsvector('english', coalesce(body, '')), websearch_to_tsquery('english', 'dog or fox')) AS rank FROM articles WHERE to_tsvector('english', coalesce(title, '') || ' ' || coalesce(body, '')) @@ websearch_to_tsquery('english', 'dog or fox')

SELECT a.id, c.name FROM articles a JOIN categories c ON a.title ILIKE '%' || c.name || '%' OR a.body ~* ('\m' || c.name || '\M')

SELECT id, name FROM customers WHERE name LIKE ANY (ARRAY['%1', '%3']) AND email NOT ILIKE ALL (ARRAY['%2@%', 'x%'])

SELECT c.id FROM customers c WHERE c.email LIKE ANY (SELECT 'u' || x.id || '@%' FROM categories x)

SELECT lower(split_part(email, '@', 2)) AS domain, count(*) AS n, min(length(email)) AS shortest, max(reverse(email) COLLATE "C") AS last FROM customers WHERE email IS NOT NULL GROUP BY 1

-- enums, domains, generated columns, composite types

SELECT tier, count(*) AS n, tier = ANY (enum_range('pro'::tier, NULL)) AS paying FROM customers GROUP BY tier

SELECT price, price::numeric * 2 AS twice, CASE WHEN price > 10 THEN price END AS dear FROM products

SELECT (home).city, count(DISTINCT (home).street) AS streets, array_agg(home ORDER BY id) AS homes FROM customers GROUP BY (home).city

SELECT max(tier) AS best, min(tier) FILTER (WHERE country = 'de') AS worst, mode() WITHIN GROUP (ORDER BY tier) AS usual FROM customers

-- joins of every kind

SELECT coalesce(a.id, b.id) AS id, a.name, b.name AS employee FROM categories a FULL JOIN employees b ON a.id = b.id WHERE a.id IS NULL OR b.id IS NULL OR a.id < 3

SELECT d.dept, c.id AS category FROM (SELECT DISTINCT dept FROM employees) d FULL JOIN categories c ON false

SELECT o.id, prev.id AS previous, o.placed_at - prev.placed_at AS gap FROM orders o LEFT JOIN LATERAL (SELECT p.id, p.placed_at FROM orders p WHERE p.customer_id = o.customer_id AND p.placed_at < o.placed_at ORDER BY p.placed_at DESC, p.id DESC FETCH FIRST ROW ONLY) prev ON true

SELECT o.id, o.status, EXISTS (SELECT 1 FROM items i WHERE i.order_id = o.id HAVING sum(i.qty) > 4) AS big FROM orders o

SELECT c.id FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.id HAVING bool_and(o.status IN ('paid', 'shipped')) AND count(*) > 1

SELECT s.id, s.amount, s.amount > avg(s.amount) OVER () AS above FROM big_spenders s

SELECT status, count(*) AS n FROM orders GROUP BY status HAVING count(*) = (SELECT max(n) FROM (SELECT count(*) AS n FROM orders GROUP BY status) q)

SELECT x.kind, x.id, x.at FROM (SELECT 'order' AS kind, id, placed_at AS at FROM orders UNION ALL SELECT 'event', id, at FROM events) x WHERE x.at >= timestamp '2024-01-20' ORDER BY x.at DESC, x.kind, x.id LIMIT 10

SELECT customer_id, id, total FROM (SELECT o.*, dense_rank() OVER (PARTITION BY customer_id ORDER BY total DESC NULLS LAST) AS r FROM orders o) q WHERE r <= 2

SELECT json_agg(q) AS j FROM (SELECT id, name FROM categories ORDER BY name DESC, id) q

SELECT string_agg(q.name, ',') AS names FROM (SELECT name, salary, id FROM employees ORDER BY salary DESC NULLS LAST, id) q

SELECT dept, array_agg(name) AS names FROM (SELECT dept, name, hired, id FROM employees ORDER BY dept, hired NULLS FIRST, id) q GROUP BY dept
