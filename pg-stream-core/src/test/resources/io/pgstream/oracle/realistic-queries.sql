-- dashboards
SELECT status, count(*) AS orders, sum(total) AS revenue, avg(total) AS mean, min(placed_at) AS first, max(placed_at) AS last FROM orders GROUP BY status

SELECT date_trunc('day', placed_at) AS day, count(*) FILTER (WHERE status = 'paid') AS paid, count(*) FILTER (WHERE status = 'cancelled') AS cancelled, sum(total) FILTER (WHERE status <> 'cancelled') AS revenue FROM orders GROUP BY 1

SELECT date_trunc('month', o.placed_at)::date AS month, c.country, count(DISTINCT o.customer_id) AS buyers, sum(i.qty * i.unit_price * (1 - coalesce(i.discount, 0))) AS net FROM orders o JOIN items i ON i.order_id = o.id LEFT JOIN customers c ON c.id = o.customer_id GROUP BY 1, 2

SELECT extract(dow FROM placed_at) AS dow, extract(hour FROM placed_at) AS hour, count(*) AS n FROM orders GROUP BY extract(dow FROM placed_at), extract(hour FROM placed_at)

SELECT to_char(placed_at, 'IYYY-IW') AS week, status, round(avg(total), 2) AS mean FROM orders GROUP BY to_char(placed_at, 'IYYY-IW'), status HAVING count(*) > 1

SELECT CASE WHEN total < 50 THEN 'small' WHEN total < 150 THEN 'medium' ELSE 'large' END AS bucket, count(*) AS n, sum(total) AS s FROM orders GROUP BY 1

SELECT width_bucket(total, 0, 250, 5) AS bucket, count(*) AS n, min(total) AS lo, max(total) AS hi FROM orders GROUP BY 1

SELECT coalesce(country, '??') AS country, tier, count(*) AS n FROM customers GROUP BY ROLLUP (coalesce(country, '??'), tier)

SELECT country, tier, grouping(country, tier) AS g, count(*) AS n FROM customers GROUP BY CUBE (country, tier)

SELECT status, coupon, sum(total) AS s FROM orders GROUP BY GROUPING SETS ((status), (coupon), ())

SELECT status, coupon, date_trunc('month', placed_at) AS m, count(*) AS n FROM orders GROUP BY status, GROUPING SETS ((coupon), (date_trunc('month', placed_at)))

SELECT status, coupon, customer_id, count(*) AS n FROM orders GROUP BY GROUPING SETS ((status), ()), GROUPING SETS ((coupon), (customer_id))

SELECT status, coupon, customer_id, count(*) AS n FROM orders GROUP BY DISTINCT ROLLUP (status, coupon), ROLLUP (status, customer_id)

SELECT status, coupon, count(*) AS n FROM orders GROUP BY ROLLUP (status), CUBE (coupon)

-- pivots
SELECT customer_id, sum(CASE WHEN status = 'new' THEN 1 ELSE 0 END) AS new, sum(CASE WHEN status = 'paid' THEN 1 ELSE 0 END) AS paid, count(CASE WHEN status = 'shipped' THEN 1 END) AS shipped FROM orders GROUP BY customer_id

SELECT product_id, max(qty) FILTER (WHERE line = 1) AS l1, max(qty) FILTER (WHERE line = 2) AS l2, string_agg(qty::text, ',' ORDER BY order_id, line) FILTER (WHERE discount IS NOT NULL) AS discounted FROM items GROUP BY product_id

SELECT sensor, (array_agg(value ORDER BY at DESC, value))[1] AS latest, count(value) AS n, count(*) - count(value) AS missing FROM readings GROUP BY sensor

-- funnels and retention
SELECT user_id, bool_or(kind = 'visit') AS visited, bool_or(kind = 'cart') AS carted, bool_or(kind = 'buy') AS bought FROM events GROUP BY user_id

WITH steps AS (SELECT user_id, min(at) FILTER (WHERE kind = 'visit') AS visit, min(at) FILTER (WHERE kind = 'cart') AS cart, min(at) FILTER (WHERE kind = 'buy') AS buy FROM events GROUP BY user_id) SELECT count(*) AS users, count(visit) AS visits, count(cart) FILTER (WHERE cart > visit) AS carts, count(buy) FILTER (WHERE buy > cart AND cart > visit) AS buys FROM steps

WITH cohort AS (SELECT user_id, min(date_trunc('day', at)) AS day FROM events GROUP BY user_id) SELECT c.day, (date_trunc('day', e.at) - c.day) AS age, count(DISTINCT e.user_id) AS users FROM cohort c JOIN events e USING (user_id) GROUP BY c.day, date_trunc('day', e.at) - c.day

SELECT e.user_id, e.at AS signup, n.at AS next FROM events e LEFT JOIN LATERAL (SELECT x.at FROM events x WHERE x.user_id = e.user_id AND x.at > e.at ORDER BY x.at, x.id LIMIT 1) n ON true WHERE e.kind = 'signup'

SELECT user_id, kind, at, CASE WHEN at - lag(at) OVER w > interval '2 hours' OR lag(at) OVER w IS NULL THEN 1 ELSE 0 END AS starts FROM events WINDOW w AS (PARTITION BY user_id ORDER BY at, id)

WITH marked AS (SELECT id, user_id, at, CASE WHEN at - lag(at) OVER (PARTITION BY user_id ORDER BY at, id) <= interval '2 hours' THEN 0 ELSE 1 END AS start FROM events), numbered AS (SELECT *, sum(start) OVER (PARTITION BY user_id ORDER BY at, id) AS session FROM marked) SELECT user_id, session, min(at) AS began, max(at) - min(at) AS lasted, count(*) AS events FROM numbered GROUP BY user_id, session

SELECT sensor, min(at) AS since, max(at) AS until, count(*) AS n FROM (SELECT sensor, at, value IS NULL AS gone, row_number() OVER (PARTITION BY sensor ORDER BY at, value) - row_number() OVER (PARTITION BY sensor, value IS NULL ORDER BY at, value) AS island FROM (SELECT DISTINCT sensor, at, value FROM readings) r) q GROUP BY sensor, gone, island

SELECT d.day, count(o.id) AS orders FROM generate_series(timestamp '2024-01-05', timestamp '2024-01-20', interval '1 day') AS d(day) LEFT JOIN orders o ON o.placed_at >= d.day AND o.placed_at < d.day + interval '1 day' GROUP BY d.day

SELECT d::date AS day, coalesce((SELECT sum(total) FROM orders o WHERE o.placed_at::date = d::date), 0) AS revenue FROM generate_series(date '2024-01-05', date '2024-01-12', interval '1 day') AS d

SELECT user_id, count(*) FILTER (WHERE rn = 1) AS firsts, max(rn) AS most FROM (SELECT user_id, kind, row_number() OVER (PARTITION BY user_id, kind ORDER BY at, id) AS rn FROM events) q GROUP BY user_id

-- windows
SELECT id, customer_id, total, sum(total) OVER (PARTITION BY customer_id ORDER BY placed_at, id) AS running, rank() OVER (PARTITION BY customer_id ORDER BY total DESC) AS r, ntile(3) OVER (ORDER BY total, id) AS tile FROM orders

SELECT status, sum(total) AS s, rank() OVER (ORDER BY sum(total) DESC NULLS LAST) AS r, sum(sum(total)) OVER () AS all_of_them, round(100 * sum(total) / nullif(sum(sum(total)) OVER (), 0), 2) AS percent FROM orders GROUP BY status

SELECT dept, name, salary, salary - first_value(salary) OVER (w ORDER BY salary DESC NULLS LAST, id) AS behind, dense_rank() OVER (w ORDER BY salary) AS dr FROM employees WINDOW w AS (PARTITION BY dept)

SELECT sensor, at, avg(value) OVER (PARTITION BY sensor ORDER BY at RANGE BETWEEN interval '30 minutes' PRECEDING AND CURRENT ROW) AS moving FROM readings

SELECT * FROM (SELECT i.*, row_number() OVER (PARTITION BY product_id ORDER BY qty DESC, order_id, line) AS rn FROM items i) q WHERE rn <= 2

SELECT id, dept, salary, percent_rank() OVER (PARTITION BY dept ORDER BY salary) AS p, count(*) FILTER (WHERE salary > 400) OVER (PARTITION BY dept) AS rich, lead(name, 1, 'none') OVER (ORDER BY id) AS next FROM employees

SELECT o.status, i.product_id, sum(i.qty) AS q, sum(sum(i.qty)) OVER (PARTITION BY o.status ORDER BY i.product_id) AS cumulated FROM orders o JOIN items i ON i.order_id = o.id GROUP BY o.status, i.product_id

-- lateral
SELECT c.id, c.name, recent.id AS order_id, recent.total FROM customers c CROSS JOIN LATERAL (SELECT o.id, o.total FROM orders o WHERE o.customer_id = c.id ORDER BY o.placed_at DESC, o.id LIMIT 2) recent

SELECT c.id, s.n, s.total FROM customers c LEFT JOIN LATERAL (SELECT count(*) AS n, sum(o.total) AS total FROM orders o WHERE o.customer_id = c.id) s ON true

SELECT c.id, s.status, s.n FROM customers c, LATERAL (SELECT o.status, count(*) AS n FROM orders o WHERE o.customer_id = c.id GROUP BY o.status) s

SELECT c.id, s.status FROM customers c LEFT JOIN LATERAL (SELECT DISTINCT o.status FROM orders o WHERE o.customer_id = c.id) s ON s.status <> 'new'

SELECT c.id, p.product_id, p.q FROM customers c CROSS JOIN LATERAL (SELECT i.product_id, sum(i.qty) AS q FROM orders o JOIN items i ON i.order_id = o.id WHERE o.customer_id = c.id GROUP BY i.product_id ORDER BY q DESC, i.product_id LIMIT 1) p

SELECT p.id, x.before, y.after FROM products p, LATERAL (SELECT count(*) AS before FROM products q WHERE q.price < p.price) x, LATERAL (SELECT x.before + count(*) AS after FROM products q WHERE q.price > p.price) y

SELECT c.id, l.lang, l.n FROM customers c, LATERAL (SELECT e.value AS lang, count(*) AS n FROM jsonb_array_elements_text(c.profile -> 'langs') e GROUP BY e.value) l

SELECT c.id, u.k, u.v FROM customers c, LATERAL (SELECT 'orders' AS k, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) AS v UNION ALL SELECT 'events', (SELECT count(*) FROM events e WHERE e.user_id = c.id)) u

SELECT c.id, u.at FROM customers c CROSS JOIN LATERAL (SELECT placed_at AS at FROM orders WHERE customer_id = c.id UNION SELECT at FROM events WHERE user_id = c.id) u

SELECT e.id, m.name AS boss, mm.name AS boss_of_boss FROM employees e LEFT JOIN LATERAL (SELECT * FROM employees x WHERE x.id = e.manager_id) m ON true LEFT JOIN LATERAL (SELECT y.name FROM employees y WHERE y.id = m.manager_id LIMIT 1) mm ON true

SELECT o.id, w.r FROM orders o, LATERAL (SELECT rank() OVER (ORDER BY i.qty DESC, i.line) AS r, i.line FROM items i WHERE i.order_id = o.id) w WHERE w.line = 1

SELECT b.id, n.id AS next FROM bookings b LEFT JOIN LATERAL (SELECT x.id FROM bookings x WHERE x.room = b.room AND lower(x.during) >= upper(b.during) ORDER BY lower(x.during), x.id LIMIT 1) n ON true

-- scalar subqueries
SELECT c.id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) AS orders, (SELECT max(placed_at) FROM orders o WHERE o.customer_id = c.id AND o.status = 'paid') AS last_paid FROM customers c

SELECT p.id, (SELECT count(*) FROM products q WHERE q.price < p.price) AS cheaper FROM products p

SELECT o.id, o.total, o.total - (SELECT avg(x.total) FROM orders x WHERE x.placed_at < o.placed_at) AS above FROM orders o

SELECT e.name, (SELECT m.name FROM employees m WHERE m.id = e.manager_id) AS boss, (SELECT count(*) FROM employees s WHERE s.manager_id = e.id) AS reports FROM employees e

SELECT e.name FROM employees e WHERE e.salary > (SELECT avg(x.salary) FROM employees x WHERE x.dept = e.dept)

SELECT e.name FROM employees e WHERE e.salary = (SELECT max(salary) FROM employees)

SELECT c.id, (SELECT o.status FROM orders o WHERE o.customer_id = c.id ORDER BY o.placed_at DESC, o.id LIMIT 1) AS last_status FROM customers c

SELECT c.id, ARRAY(SELECT o.id FROM orders o WHERE o.customer_id = c.id ORDER BY o.id) AS order_ids FROM customers c

SELECT c.id, array_length(ARRAY(SELECT DISTINCT o.status FROM orders o WHERE o.customer_id = c.id), 1) AS statuses FROM customers c

SELECT c.id, (SELECT string_agg(o.status, ',' ORDER BY o.id) FROM orders o WHERE o.customer_id = c.id) AS history FROM customers c

SELECT c.id, (SELECT jsonb_agg(jsonb_build_object('id', o.id, 'lines', (SELECT jsonb_agg(i.product_id ORDER BY i.line) FROM items i WHERE i.order_id = o.id)) ORDER BY o.id) FROM orders o WHERE o.customer_id = c.id) AS document FROM customers c

SELECT o.id, (SELECT sum(i.qty) FROM items i WHERE i.order_id = o.id) AS qty, coalesce((SELECT sum(i.qty * i.unit_price) FROM items i WHERE i.order_id = o.id), 0) = o.total AS matches FROM orders o

SELECT c.id, (SELECT max(x) FROM unnest(c.tags) x) AS greatest, (SELECT count(*) FROM jsonb_array_elements(c.profile -> 'langs')) AS langs FROM customers c

SELECT c.id, ARRAY(SELECT upper(x) FROM unnest(c.tags) AS x ORDER BY 1) AS upper FROM customers c WHERE 'b' = ANY (c.tags)

SELECT c.id FROM customers c WHERE EXISTS (SELECT 1 FROM unnest(c.tags) x WHERE x LIKE 'c%')

SELECT c.id, c.country, (SELECT count(*) FROM customers x WHERE x.country IS NOT DISTINCT FROM c.country AND x.id <> c.id) AS neighbours FROM customers c

SELECT status, count(*) AS n, (SELECT count(*) FROM orders x WHERE x.status > o.status) AS later FROM orders o GROUP BY status

SELECT CASE WHEN total > (SELECT avg(total) FROM orders) THEN 'above' ELSE 'below' END AS side, count(*) AS n FROM orders GROUP BY CASE WHEN total > (SELECT avg(total) FROM orders) THEN 'above' ELSE 'below' END

SELECT (SELECT name FROM categories g WHERE g.id = p.category_id) AS category, count(*) AS n FROM products p GROUP BY 1

SELECT (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM customers) AS customers, (SELECT max(id) FROM events) AS last_event

SELECT c.id, (SELECT (SELECT count(*) FROM items i WHERE i.order_id = o.id AND i.qty >= c.id % 3) FROM orders o WHERE o.customer_id = c.id ORDER BY o.id LIMIT 1) AS n FROM customers c

SELECT o.id FROM orders o WHERE o.total > 2 * (SELECT min(x.total) FROM orders x WHERE x.customer_id = o.customer_id AND x.status = (SELECT y.status FROM orders y WHERE y.customer_id = x.customer_id ORDER BY y.id LIMIT 1))

SELECT customer_id, sum(total) AS s FROM orders GROUP BY customer_id HAVING sum(total) > (SELECT avg(s) FROM (SELECT sum(total) AS s FROM orders GROUP BY customer_id) q)

SELECT customer_id, count(*) AS n FROM orders o GROUP BY customer_id HAVING count(*) >= (SELECT count(*) FROM events e WHERE e.user_id = o.customer_id)

SELECT customer_id, count(*) AS n FROM orders o GROUP BY customer_id HAVING EXISTS (SELECT 1 FROM customers c WHERE c.id = o.customer_id AND c.tier = 'pro')

SELECT p.id, (p.price - (SELECT avg(q.price) FROM products q WHERE q.category_id = p.category_id))::numeric(10,2) AS deviation FROM products p

-- existence
SELECT c.id FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.status = 'cancelled')

SELECT c.id FROM customers c WHERE c.id IN (SELECT customer_id FROM orders WHERE total > 100) OR c.tier = 'vip'

SELECT c.id FROM customers c WHERE c.id NOT IN (SELECT customer_id FROM orders WHERE status = 'cancelled')

SELECT c.id, EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id) AS buyer, c.id IN (SELECT user_id FROM events WHERE kind = 'buy') AS clicked FROM customers c

SELECT c.id, CASE WHEN EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.status = 'paid') THEN 'payer' WHEN EXISTS (SELECT 1 FROM events e WHERE e.user_id = c.id) THEN 'visitor' ELSE 'ghost' END AS kind FROM customers c

SELECT p.id FROM products p WHERE p.price > ALL (SELECT i.unit_price FROM items i WHERE i.product_id = p.id)

SELECT p.id, p.price >= ANY (SELECT i.unit_price FROM items i WHERE i.product_id = p.id) AS ever FROM products p

SELECT o.id FROM orders o WHERE (o.customer_id, o.status) IN (SELECT x.customer_id, x.status FROM orders x WHERE x.id <> o.id)

SELECT o.id FROM orders o WHERE o.coupon NOT IN (SELECT x.coupon FROM orders x WHERE x.status = 'new')

SELECT c.id FROM customers c WHERE NOT EXISTS (SELECT 1 FROM products p WHERE p.price < 10 AND NOT EXISTS (SELECT 1 FROM orders o JOIN items i ON i.order_id = o.id WHERE o.customer_id = c.id AND i.product_id = p.id))

SELECT a.id FROM articles a WHERE a.title LIKE ANY (SELECT '%' || c.name || '%' FROM categories c)

SELECT a.id FROM articles a WHERE a.title ILIKE ANY (ARRAY['%dog%', '%cat%'])

SELECT c.id FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id GROUP BY o.customer_id HAVING count(*) > 2)

SELECT c.id FROM customers c WHERE 2 <= (SELECT count(DISTINCT o.status) FROM orders o WHERE o.customer_id = c.id)

SELECT c.id FROM customers c WHERE c.id IN (SELECT o.customer_id FROM orders o GROUP BY o.customer_id HAVING sum(o.total) > 100)

SELECT c.id FROM customers c WHERE c.id IN (SELECT o.customer_id FROM orders o WHERE o.placed_at > c.created_at ORDER BY o.total DESC, o.id LIMIT 3)

SELECT c.id FROM customers c WHERE EXISTS (SELECT customer_id FROM orders WHERE customer_id = c.id INTERSECT SELECT user_id FROM events WHERE user_id = c.id)

SELECT c.id FROM customers c WHERE 'paid' IN (SELECT o.status FROM orders o WHERE o.customer_id = c.id UNION ALL SELECT e.kind FROM events e WHERE e.user_id = c.id)

SELECT e.id FROM employees e WHERE e.salary >= ALL (SELECT x.salary FROM employees x WHERE x.dept = e.dept)

SELECT e.id FROM employees e WHERE (e.dept, e.salary) = (SELECT x.dept, max(x.salary) FROM employees x WHERE x.dept = e.dept GROUP BY x.dept)

-- subqueries in ON
SELECT c.id, o.id AS order_id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.total > (SELECT avg(total) FROM orders)

SELECT c.id, o.id AS order_id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.placed_at = (SELECT max(x.placed_at) FROM orders x WHERE x.customer_id = c.id)

SELECT c.id, o.id AS order_id FROM customers c JOIN orders o ON o.customer_id = c.id AND o.id IN (SELECT order_id FROM items WHERE qty > 2)

SELECT c.id, o.id AS order_id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND EXISTS (SELECT 1 FROM items i WHERE i.order_id = o.id AND i.qty > 1)

SELECT c.id, o.id AS order_id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND EXISTS (SELECT 1 FROM events e WHERE e.user_id = c.id AND e.at > o.placed_at)

SELECT c.id, o.id AS order_id FROM customers c FULL JOIN orders o ON o.customer_id = c.id AND o.status IN (SELECT kind FROM events UNION SELECT 'paid')

SELECT p.id, i.line FROM products p LEFT JOIN items i ON i.product_id = p.id OR i.qty > p.id

SELECT c.id, g.name FROM categories g RIGHT JOIN customers c ON g.id = c.id AND g.parent_id IS NOT NULL

-- set-returning functions in the list
SELECT id, unnest(tags) AS tag FROM customers

SELECT unnest(tags) AS tag, count(*) AS n FROM customers GROUP BY 1

SELECT tag, count(*) AS n FROM (SELECT DISTINCT id, unnest(tags) AS tag FROM customers) q GROUP BY tag

SELECT id, jsonb_array_elements_text(profile -> 'langs') AS lang, unnest(tags) AS tag FROM customers

SELECT id, generate_series(1, qty.n) AS i FROM (SELECT id, id % 3 AS n FROM products) qty

SELECT id, generate_series(lower(during), upper(during) - 1) AS day, room FROM bookings

SELECT id, jsonb_object_keys(attrs) AS key FROM products WHERE attrs IS NOT NULL

SELECT id, (jsonb_each(attrs)).key AS key, (jsonb_each(attrs)).value AS value FROM products

SELECT id, upper(unnest(tags)) || '!' AS tag, 1 + generate_series(1, 2) AS n FROM customers

SELECT id, regexp_split_to_table(body, '\s+') AS word FROM articles

SELECT word, count(*) AS n FROM (SELECT regexp_split_to_table(lower(body), '\W+') AS word FROM articles) q WHERE word <> '' GROUP BY word ORDER BY n DESC, word LIMIT 3

SELECT DISTINCT unnest(tags) AS tag FROM customers

SELECT DISTINCT ON (tag) unnest(tags) AS tag, id FROM customers ORDER BY tag, id DESC

SELECT status, generate_series(1, count(*)) AS n FROM orders GROUP BY status

SELECT unnest(array_agg(id ORDER BY id)) AS id, customer_id FROM orders GROUP BY customer_id

SELECT id, unnest(string_to_array(coupon, '')) AS letter, row_number() OVER (ORDER BY id) AS rn FROM orders

SELECT id, CASE WHEN id > 3 THEN coalesce(name, '?') END AS x, generate_series(1, generate_series(1, 2)) AS nested FROM customers

SELECT unnest(tags) AS tag FROM customers UNION SELECT name FROM categories

SELECT (regexp_matches(email, '(\w+)@(\w+)', 'g'))[1] AS account FROM customers

SELECT generate_series(1, 3) AS n, count(*) AS c FROM orders

SELECT id, unnest(tags) AS tag FROM customers ORDER BY id, tag LIMIT 4

-- JSON documents
SELECT profile ->> 'age' AS age, profile #>> '{prefs,news}' AS news, count(*) AS n FROM customers GROUP BY 1, 2

SELECT jsonb_object_agg(id, name ORDER BY id) AS names FROM customers

SELECT country, jsonb_agg(jsonb_build_object('id', id, 'tags', to_jsonb(tags)) ORDER BY id) AS people FROM customers GROUP BY country

SELECT id FROM products WHERE attrs @> '{"color": "red"}' AND attrs ? 'size' AND (attrs ->> 'size')::int > 0

SELECT id, jsonb_path_query_first(attrs, '$.parts[*] ? (@ > 3)') AS part FROM products

SELECT p.id, x.part::int AS part FROM products p, jsonb_array_elements_text(p.attrs -> 'parts') AS x(part)

SELECT id, to_jsonb(products) - 'price' AS doc FROM products

SELECT id, row_to_json(o) AS doc FROM orders o

SELECT json_build_object('status', status, 'ids', json_agg(id ORDER BY id)) AS doc FROM orders GROUP BY status

SELECT id, jsonb_set(profile, '{age}', to_jsonb((profile ->> 'age')::int + 1)) AS older FROM customers

SELECT e.user_id, e.props ->> 'page' AS page, percentile_cont(0.5) WITHIN GROUP (ORDER BY (e.props ->> 'ms')::int) AS median, mode() WITHIN GROUP (ORDER BY e.kind) AS usual FROM events e WHERE e.props ? 'page' GROUP BY e.user_id, e.props ->> 'page'

SELECT user_id, percentile_disc(0.9) WITHIN GROUP (ORDER BY (props ->> 'ms')::int) FILTER (WHERE kind <> 'buy') AS p90 FROM events GROUP BY user_id

SELECT xmlelement(name item, xmlattributes(id AS id), name)::text AS x FROM products

SELECT xmlforest(id AS a, name AS b)::text AS x FROM categories

SELECT x.id, t.a FROM (SELECT id, ('<r><a>' || id || '</a><a>z</a></r>')::xml AS doc FROM categories) x, XMLTABLE('/r/a' PASSING x.doc COLUMNS a text PATH '.') AS t

-- arrays, ranges, dates, text, types
SELECT tags[1] AS first, array_length(tags, 1) AS n, count(*) AS c FROM customers GROUP BY 1, 2

SELECT id FROM customers WHERE tags && ARRAY['a', 'c'] OR cardinality(tags) = 0

SELECT id, array_to_string(tags, '/') AS t, tags || ARRAY['z'] AS z, array_position(tags, 'b') AS p FROM customers

SELECT a.id, b.id AS other FROM bookings a JOIN bookings b ON a.room = b.room AND a.id < b.id AND a.during && b.during

SELECT room, range_agg(during) AS busy, sum(upper(during) - lower(during)) AS nights FROM bookings GROUP BY room

SELECT room, max(upper(during)) - min(lower(during)) AS span FROM bookings WHERE NOT isempty(during) GROUP BY room

SELECT id, upper(valid) - lower(valid) AS days, valid @> date '2024-01-05' AS now FROM products

SELECT (home).city AS city, count(*) AS n FROM customers GROUP BY (home).city

SELECT id, home FROM customers WHERE (home).city = 'c1' AND (home).zip IS NULL

SELECT id, ROW(id, name) = ROW(1, 'all') AS pair FROM categories

SELECT id, ROW(country, tier) = ROW('fr', 'pro'::tier) AS same, tier > 'free' AS paying FROM customers

SELECT tier, max(tier) OVER () AS best, count(*) AS n FROM customers GROUP BY tier

SELECT id, placed_at + interval '1 month' AS due, age(shipped_at, placed_at) AS took, placed_at::date - date '2024-01-01' AS day, extract(epoch FROM shipped_at - placed_at) AS secs FROM orders

SELECT o.id FROM orders o WHERE (o.placed_at, o.placed_at + interval '1 day') OVERLAPS (timestamp '2024-01-10', timestamp '2024-01-15')

SELECT id, shipped_at IS NULL AS open, placed_at BETWEEN '2024-01-08' AND '2024-01-15' AS then FROM orders WHERE status NOT IN ('new', 'cancelled')

SELECT id, ts_headline('english', body, q) AS h, ts_rank(to_tsvector('english', body), q) AS r FROM articles, to_tsquery('english', 'dog | fox') q WHERE to_tsvector('english', body) @@ q

SELECT id FROM articles WHERE to_tsvector('english', coalesce(title, '') || ' ' || coalesce(body, '')) @@ plainto_tsquery('english', 'lazy dogs')

SELECT id, lower(name) || ' <' || coalesce(email, 'none') || '>' AS label, split_part(email, '@', 1) AS account, substring(email FROM 2 FOR 2) AS sub, position('@' IN email) AS at, overlay(name PLACING 'X' FROM 1 FOR 1) AS o, trim(BOTH 'n' FROM name) AS t FROM customers

SELECT id, email ~ '^u[0-9]+@' AS ok, regexp_replace(email, '\d', '#', 'g') AS masked, name SIMILAR TO 'name(1|2)' AS s, name COLLATE "C" < 'name2' AS before FROM customers

SELECT id, format('%s-%s', id, name) AS f, md5(name) AS m, encode(convert_to(name, 'UTF8'), 'hex') AS h, greatest(id, 3) AS g, nullif(country, 'de') AS n FROM customers

SELECT collation for (name) AS c, id FROM categories

SELECT id, discounted(unit_price.p, 0.1) AS d FROM (SELECT id, price AS p FROM products) unit_price(id, p)

SELECT id, (price * 1.19)::numeric(10,2) AS gross, price::int AS rounded, price::text AS t, id::numeric / 3 AS third, id % 3 AS m, 2 ^ id AS pow, -id AS neg, @(-id) AS abs FROM products

SELECT placed_at AT TIME ZONE 'Europe/Berlin' AS berlin, make_date(2024, 1, customer_id) AS d FROM orders WHERE customer_id > 0

SELECT bit_or(qty) AS o, bit_and(qty) AS a, bool_and(qty > 0) AS every, stddev_pop(qty) AS sd, var_samp(qty) AS v, corr(qty, line) AS c, regr_slope(qty, line) AS slope FROM items

-- CTE chains and views
WITH paid AS (SELECT * FROM orders WHERE status = 'paid'), per AS (SELECT customer_id, sum(total) AS s FROM paid GROUP BY customer_id), ranked AS (SELECT *, dense_rank() OVER (ORDER BY s DESC) AS r FROM per) SELECT c.name, r.s, r.r FROM ranked r JOIN customers c ON c.id = r.customer_id WHERE r.r <= 3

WITH a AS MATERIALIZED (SELECT status, count(*) AS n FROM orders GROUP BY status), b AS NOT MATERIALIZED (SELECT max(n) AS m FROM a) SELECT a.status FROM a, b WHERE a.n = b.m

WITH t AS (SELECT customer_id, total FROM orders) SELECT x.customer_id, x.total, y.total AS other FROM t x JOIN t y ON x.customer_id = y.customer_id AND x.total < y.total

WITH a AS (SELECT id FROM customers), b AS (WITH a AS (SELECT user_id AS id FROM events) SELECT id FROM a) SELECT a.id, count(b.id) AS n FROM a LEFT JOIN b USING (id) GROUP BY a.id

SELECT * FROM big_spenders

SELECT b.name, t.orders, c.tier FROM big_spenders b JOIN customer_totals t ON t.customer_id = b.id NATURAL JOIN customers c

SELECT c.id, t.amount FROM customers c LEFT JOIN customer_totals t ON t.customer_id = c.id WHERE t.amount IS NULL OR t.orders > 1

SELECT l.status, sum(l.amount) AS s FROM order_lines l WHERE EXISTS (SELECT 1 FROM big_spenders b WHERE b.id = l.customer_id) GROUP BY l.status

-- joins
SELECT * FROM categories NATURAL JOIN (SELECT id, name AS product FROM products) p

SELECT id, c.name, p.sku FROM categories c JOIN products p USING (id)

SELECT id, count(*) AS n FROM categories FULL JOIN products USING (id) GROUP BY id

SELECT e.name AS employee, m.name AS manager, mm.name AS above FROM employees e LEFT JOIN employees m ON m.id = e.manager_id LEFT JOIN employees mm ON mm.id = m.manager_id

SELECT a.sku, b.sku AS pair, count(*) AS together FROM items x JOIN items y ON x.order_id = y.order_id AND x.product_id < y.product_id JOIN products a ON a.id = x.product_id JOIN products b ON b.id = y.product_id GROUP BY a.sku, b.sku

SELECT c.name, p.name AS parent, count(pr.id) AS products FROM categories c LEFT JOIN categories p ON p.id = c.parent_id LEFT JOIN products pr ON pr.category_id = c.id GROUP BY c.name, p.name

SELECT c.id, o.id AS o, i.line, p.sku FROM customers c LEFT JOIN (orders o JOIN items i ON i.order_id = o.id LEFT JOIN products p ON p.id = i.product_id) ON o.customer_id = c.id

SELECT a.id, b.id AS b FROM categories a FULL JOIN employees b ON true

SELECT a.id, b.id AS b FROM categories a FULL JOIN employees b ON a.id = b.id AND a.parent_id > 1

SELECT c.id, o.id AS o FROM customers c CROSS JOIN orders o WHERE o.total BETWEEN c.id * 10 AND c.id * 20

SELECT coalesce(o.customer_id, e.user_id) AS who, count(DISTINCT o.id) AS orders, count(DISTINCT e.id) AS events FROM orders o FULL JOIN events e ON e.user_id = o.customer_id GROUP BY 1

SELECT r.sensor, r.at, s.at AS prior FROM readings r LEFT JOIN readings s ON s.sensor = r.sensor AND s.at = r.at - interval '10 minutes'

-- sets
(SELECT customer_id FROM orders EXCEPT SELECT user_id FROM events) UNION ALL SELECT id FROM customers WHERE tier = 'vip'

SELECT customer_id FROM orders INTERSECT ALL SELECT user_id FROM events

(SELECT id, 'c' AS t FROM customers ORDER BY id DESC LIMIT 2) UNION ALL (SELECT id, 'p' FROM products ORDER BY price DESC, id LIMIT 2)

SELECT a.v FROM (SELECT status AS v FROM orders UNION SELECT kind FROM events) a EXCEPT SELECT name FROM categories

SELECT status, count(*) AS n FROM (SELECT status FROM orders UNION ALL SELECT kind FROM events) q GROUP BY status HAVING count(*) > 1

SELECT x FROM (VALUES (1), (2), (3), (4)) v(x) EXCEPT SELECT id FROM categories

VALUES (1, 'one'), (2, 'two'), (3, 'three') ORDER BY 1 DESC LIMIT 2

SELECT v.x, (SELECT count(*) FROM orders o WHERE o.customer_id = v.x) AS n FROM (VALUES (1), (2), (NULL)) v(x)

-- top and distinct
SELECT DISTINCT ON (customer_id) customer_id, id, total FROM orders ORDER BY customer_id, placed_at DESC, id

SELECT DISTINCT ON (date_trunc('day', placed_at)) date_trunc('day', placed_at) AS day, id FROM orders ORDER BY date_trunc('day', placed_at), total DESC, id

SELECT DISTINCT country, tier FROM customers

SELECT id, total FROM orders ORDER BY total DESC NULLS LAST, id LIMIT 5 OFFSET 1

SELECT customer_id, sum(total) AS s FROM orders GROUP BY customer_id ORDER BY s DESC NULLS LAST, customer_id FETCH FIRST 3 ROWS WITH TIES

SELECT status, avg(total) AS mean FROM orders GROUP BY status ORDER BY count(*) DESC, status LIMIT 2

SELECT DISTINCT ON (c.id) c.id, o.total, rank() OVER (ORDER BY o.total, o.id) AS r FROM customers c JOIN orders o ON o.customer_id = c.id ORDER BY c.id, o.total DESC, o.id

SELECT count(DISTINCT (customer_id, status)) AS pairs, count(DISTINCT total) FILTER (WHERE coupon IS NULL) AS totals FROM orders

-- nests
SELECT q.country, max(q.n) AS most FROM (SELECT c.country, o.status, count(*) AS n FROM customers c JOIN (SELECT * FROM orders WHERE id IN (SELECT order_id FROM items WHERE product_id NOT IN (SELECT id FROM products WHERE price > 20))) o ON o.customer_id = c.id GROUP BY c.country, o.status) q GROUP BY q.country

SELECT d.dept, d.n, e.name FROM (SELECT dept, count(*) AS n, max(salary) AS top FROM employees GROUP BY dept) d JOIN employees e ON e.dept = d.dept AND e.salary = d.top WHERE d.n > (SELECT avg(n) FROM (SELECT count(*) AS n FROM employees GROUP BY dept) x)

SELECT o.customer_id, o.id, o.total / (SELECT sum(x.total) FROM orders x WHERE x.customer_id = o.customer_id AND x.status <> 'cancelled') AS share, row_number() OVER (PARTITION BY o.customer_id ORDER BY o.total DESC, o.id) AS r FROM orders o WHERE o.status <> 'cancelled'

SELECT sum(n) AS s FROM (SELECT count(*) AS n FROM orders GROUP BY customer_id UNION ALL SELECT count(*) FROM events GROUP BY user_id) q

SELECT avg(cnt) AS mean FROM (SELECT c.id, count(o.id) AS cnt FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.status <> 'new' GROUP BY c.id) q

SELECT c.id, x.top_category FROM customers c LEFT JOIN LATERAL (SELECT p.category_id AS top_category FROM orders o JOIN items i ON i.order_id = o.id JOIN products p ON p.id = i.product_id WHERE o.customer_id = c.id GROUP BY p.category_id ORDER BY sum(i.qty) DESC, p.category_id NULLS LAST LIMIT 1) x ON true

SELECT p.id, p.sku, latest.* FROM products p LEFT JOIN LATERAL (SELECT o.placed_at, i.qty FROM items i JOIN orders o ON o.id = i.order_id WHERE i.product_id = p.id AND o.status <> ALL (ARRAY['cancelled']) ORDER BY o.placed_at DESC, i.line LIMIT 1) latest ON true WHERE p.price > 5

SELECT o.id, (SELECT min(b.id) FROM bookings b WHERE lower(b.during) > o.id AND b.guest IS NOT NULL) AS booking FROM orders o WHERE o.customer_id IS NOT NULL

SELECT o.id, (SELECT c.name FROM customers c WHERE c.id = o.customer_id AND c.tier::text = ANY (SELECT 'pro' UNION SELECT 'vip')) AS name FROM orders o
