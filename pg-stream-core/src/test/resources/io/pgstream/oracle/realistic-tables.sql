CREATE TYPE tier AS ENUM ('free', 'pro', 'vip')

CREATE TYPE address AS (street text, city text, zip text)

CREATE DOMAIN price AS numeric(10,2) CHECK (VALUE >= 0)

CREATE TABLE categories (id int PRIMARY KEY, parent_id int, name text NOT NULL)

CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, email text, country char(2), tier tier NOT NULL, referred_by int, tags text[], profile jsonb, home address, created_at timestamp NOT NULL)

CREATE TABLE products (id int PRIMARY KEY, sku text NOT NULL UNIQUE, name text, category_id int, price price, attrs jsonb, valid daterange)

CREATE TABLE orders (id int PRIMARY KEY, customer_id int, status text NOT NULL, placed_at timestamp NOT NULL, shipped_at timestamp, total numeric(12,2), coupon text)

CREATE INDEX ON orders (customer_id)

CREATE TABLE items (order_id int, line int, product_id int, qty int NOT NULL, unit_price numeric(10,2), discount numeric(4,3), PRIMARY KEY (order_id, line))

CREATE TABLE events (id int PRIMARY KEY, user_id int, kind text NOT NULL, at timestamp NOT NULL, props jsonb)

CREATE TABLE employees (id int PRIMARY KEY, manager_id int, dept text, name text NOT NULL, salary int, hired date)

CREATE TABLE readings (sensor int, at timestamp, value numeric(8,2))

CREATE TABLE bookings (id int PRIMARY KEY, room int NOT NULL, during int4range NOT NULL, guest text)

CREATE TABLE articles (id int PRIMARY KEY, title text, body text)

CREATE FUNCTION discounted(numeric, numeric) RETURNS numeric IMMUTABLE LANGUAGE sql AS 'SELECT $1 * (1 - coalesce($2, 0))'

CREATE VIEW order_lines AS SELECT o.id AS order_id, o.customer_id, o.status, i.line, i.product_id, i.qty, i.qty * i.unit_price AS amount FROM orders o JOIN items i ON i.order_id = o.id

CREATE VIEW customer_totals AS SELECT customer_id, count(DISTINCT order_id) AS orders, sum(amount) AS amount FROM order_lines WHERE status <> 'cancelled' GROUP BY customer_id

CREATE VIEW big_spenders AS SELECT c.id, c.name, t.amount FROM customers c JOIN customer_totals t ON t.customer_id = c.id WHERE t.amount > (SELECT avg(amount) FROM customer_totals)

INSERT INTO categories VALUES (1, NULL, 'all'), (2, 1, 'books'), (3, 1, 'tools'), (4, 2, 'novels'), (5, 9, 'lost')

INSERT INTO customers SELECT i, 'name' || i % 4, CASE WHEN i % 5 > 0 THEN 'u' || i || '@x.org' END, (ARRAY['de','fr','us',NULL])[1 + i % 4], (ARRAY['free','pro','vip']::tier[])[1 + i % 3], nullif(i / 2, 0), NULL, ('{"age": ' || 20 + i || ', "langs": ["en", "l' || i % 3 || '"], "prefs": {"news": ' || (i % 2 = 0) || '}}')::jsonb, ROW('s' || i, 'c' || i % 3, NULL)::address, timestamp '2024-01-01' + i * interval '3 days 5 hours' FROM generate_series(1, 8) AS i

UPDATE customers SET tags = CASE id % 4 WHEN 0 THEN NULL WHEN 1 THEN '{a,b}' WHEN 2 THEN '{b,c,c}' ELSE '{}' END::text[]

INSERT INTO products SELECT i, 'sku-' || i, 'product ' || i % 5, nullif(i % 6, 0), i * 2.50, CASE WHEN i % 4 > 0 THEN jsonb_build_object('color', (ARRAY['red','blue'])[1 + i % 2], 'size', i % 3, 'parts', jsonb_build_array(i, i + 1)) END, daterange('2024-01-01'::date + i, '2024-01-01'::date + 2 * i) FROM generate_series(1, 10) AS i

INSERT INTO orders SELECT i, nullif(i % 9, 0), (ARRAY['new','paid','shipped','cancelled'])[1 + i % 4], timestamp '2024-01-05' + i * interval '31 hours', CASE WHEN i % 3 = 0 THEN timestamp '2024-01-06' + i * interval '32 hours' END, i * 10.25, CASE i % 5 WHEN 0 THEN 'SAVE' WHEN 1 THEN 'X10' END FROM generate_series(1, 24) AS i

INSERT INTO items SELECT o, l, 1 + (o * 3 + l) % 11, 1 + (o + l) % 3, (o % 7) + 1.25, CASE WHEN o % 2 = 0 THEN 0.1 END FROM generate_series(1, 22) AS o, generate_series(1, 3) AS l WHERE (o + l) % 4 > 0

INSERT INTO events SELECT i, nullif(i % 6, 0), (ARRAY['visit','signup','view','cart','buy'])[1 + (i * i) % 5], timestamp '2024-02-01' + i * interval '47 minutes', CASE WHEN i % 3 > 0 THEN jsonb_build_object('page', '/p' || i % 4, 'ms', i * 10 % 70) END FROM generate_series(1, 40) AS i

INSERT INTO employees VALUES (1, NULL, 'board', 'ann', 900, '2015-01-01'), (2, 1, 'it', 'bob', 500, '2018-03-01'), (3, 1, 'hr', 'cid', 450, '2019-05-05'), (4, 2, 'it', 'dee', 500, '2020-02-29'), (5, 2, 'it', 'eve', NULL, NULL), (6, 3, NULL, 'fay', 300, '2021-12-31'), (7, 9, 'hr', 'gus', 450, '2022-01-01')

INSERT INTO readings SELECT i % 3, timestamp '2024-03-01' + (i % 20) * interval '10 minutes', CASE WHEN i % 7 > 0 THEN i % 5 + 0.5 END FROM generate_series(1, 36) AS i

INSERT INTO bookings SELECT i, i % 3, int4range(i, i + 1 + i % 4), CASE WHEN i % 4 > 0 THEN 'g' || i % 5 END FROM generate_series(1, 10) AS i

INSERT INTO articles VALUES (1, 'Cats and dogs', 'the quick brown fox jumps over the lazy dog'), (2, 'Dogs', 'a dog is a dog'), (3, NULL, 'fox and cat'), (4, 'Empty', NULL)
