DROP SCHEMA IF EXISTS bench CASCADE;

CREATE SCHEMA bench;

CREATE TABLE bench.customer (
    id        integer PRIMARY KEY,
    region_id integer NOT NULL, -- 100 regions
    name      text    NOT NULL,
    segment   text    NOT NULL
);

CREATE TABLE bench.sale (
    id          bigint         PRIMARY KEY,
    customer_id integer        NOT NULL, -- ten sales a customer on average
    store_id    integer        NOT NULL, -- 100 stores
    product_id  integer        NOT NULL, -- 10,000 products
    status      smallint       NOT NULL, -- ten of them, equally frequent
    quantity    integer        NOT NULL,
    amount      numeric(12, 2) NOT NULL,
    sold_at     timestamptz    NOT NULL,
    note        text           NOT NULL
);

INSERT INTO bench.customer
SELECT i,
       1 + abs(hashint8extended(i, 1) % 100),
       'Customer ' || i,
       (ARRAY['AUTOMOBILE', 'BUILDING', 'FURNITURE', 'HOUSEHOLD', 'MACHINERY'])[1 + abs(hashint8extended(i, 2) % 5)]
  FROM generate_series(1, ${customers}) AS i;

INSERT INTO bench.sale
SELECT i,
       1 + abs(hashint8extended(i, 3) % ${customers}),
       1 + abs(hashint8extended(i, 4) % 100),
       1 + abs(hashint8extended(i, 5) % 10000),
       abs(hashint8extended(i, 6) % 10),
       1 + abs(hashint8extended(i, 7) % 20),
       abs(hashint8extended(i, 8) % 100000)::numeric / 100,
       timestamptz '2026-01-01 00:00:00Z' + i * interval '1 second',
       'sale ' || md5(i::text)
  FROM generate_series(1, ${sales}) AS i;

CREATE INDEX sale_customer_id ON bench.sale (customer_id);
