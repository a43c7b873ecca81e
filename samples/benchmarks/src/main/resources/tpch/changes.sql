-- One cycle: ${orders} orders with their lines come in and as many go out (the refresh functions of TPC-H), and 0.1 % of
-- the other tables, of the orders and of the lines are updated. Every update changes a number; a third of them also change
-- a column that queries filter, join or group by.
SELECT setseed(${cycle} * 0.001);

CREATE TEMPORARY TABLE leaving ON COMMIT DROP AS
SELECT o_orderkey FROM orders TABLESAMPLE BERNOULLI (0.12) REPEATABLE (${cycle}) ORDER BY random() LIMIT ${orders};

CREATE TEMPORARY TABLE entering ON COMMIT DROP AS
SELECT o.*, o.o_orderkey + 8 + 8 * (${cycle} % 3) AS new_key
  FROM (SELECT * FROM orders TABLESAMPLE BERNOULLI (0.5) REPEATABLE (${cycle} + 1000000) WHERE (o_orderkey - 1) % 32 < 8) AS o
 WHERE NOT EXISTS (SELECT FROM orders AS other WHERE other.o_orderkey = o.o_orderkey + 8 + 8 * (${cycle} % 3))
 ORDER BY random()
 LIMIT ${orders};

INSERT INTO orders
SELECT new_key,
       CASE WHEN random() < 0.02 THEN 3 * (1 + floor(random() * (${customers} / 3 - 1))::int) ELSE o_custkey END,
       o_orderstatus, o_totalprice + floor(random() * 1000), o_orderdate, o_orderpriority, o_clerk, o_shippriority, o_comment
  FROM entering;

INSERT INTO lineitem
SELECT new_key, l_partkey, l_suppkey, l_linenumber, 1 + floor(random() * 50), l_extendedprice + floor(random() * 1000),
       l_discount, l_tax, l_returnflag, l_linestatus, l_shipdate, l_commitdate, l_receiptdate, l_shipinstruct, l_shipmode,
       l_comment
  FROM entering JOIN lineitem ON l_orderkey = o_orderkey;

DELETE FROM lineitem WHERE l_orderkey IN (SELECT o_orderkey FROM leaving);

DELETE FROM orders WHERE o_orderkey IN (SELECT o_orderkey FROM leaving);

UPDATE orders
   SET o_totalprice = o_totalprice + 1,
       o_orderstatus = CASE WHEN o_orderkey % 3 = 0 THEN (ARRAY['F', 'O', 'P'])[1 + floor(random() * 3)::int] ELSE o_orderstatus END,
       o_orderdate = CASE WHEN o_orderkey % 3 = 1 THEN o_orderdate + floor(random() * 60)::int - 30 ELSE o_orderdate END,
       o_orderpriority = CASE WHEN o_orderkey % 3 = 2
           THEN (ARRAY['1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW'])[1 + floor(random() * 5)::int]
           ELSE o_orderpriority END
 WHERE o_orderkey IN (SELECT o_orderkey FROM orders TABLESAMPLE BERNOULLI (0.1) REPEATABLE (${cycle} + 2000000));

UPDATE lineitem
   SET l_extendedprice = l_extendedprice + 1,
       l_quantity = CASE WHEN l_linenumber % 3 = 0 THEN 1 + floor(random() * 50) ELSE l_quantity END,
       l_returnflag = CASE WHEN l_linenumber % 3 = 1 THEN (ARRAY['A', 'N', 'R'])[1 + floor(random() * 3)::int] ELSE l_returnflag END,
       l_receiptdate = CASE WHEN l_linenumber % 3 = 2 THEN l_receiptdate + floor(random() * 20)::int - 10 ELSE l_receiptdate END
 WHERE (l_orderkey, l_linenumber) IN
       (SELECT l_orderkey, l_linenumber FROM lineitem TABLESAMPLE BERNOULLI (0.1) REPEATABLE (${cycle} + 3000000));

UPDATE customer
   SET c_acctbal = round((random() * 10999 - 999)::numeric, 2),
       c_mktsegment = CASE WHEN c_custkey % 3 = 0
           THEN (ARRAY['BUILDING', 'AUTOMOBILE', 'MACHINERY', 'HOUSEHOLD', 'FURNITURE'])[1 + floor(random() * 5)::int]
           ELSE c_mktsegment END,
       c_nationkey = CASE WHEN c_custkey % 3 = 1 THEN floor(random() * 25)::int ELSE c_nationkey END,
       c_phone = CASE WHEN c_custkey % 3 = 1 THEN (10 + floor(random() * 25)::int) || substr(c_phone, 3) ELSE c_phone END
 WHERE c_custkey IN (SELECT c_custkey FROM customer TABLESAMPLE BERNOULLI (0.1) REPEATABLE (${cycle}));

UPDATE part
   SET p_retailprice = p_retailprice + 1,
       p_brand = CASE WHEN p_partkey % 3 = 0 THEN 'Brand#' || (1 + floor(random() * 5)::int) || (1 + floor(random() * 5)::int) ELSE p_brand END,
       p_size = CASE WHEN p_partkey % 3 = 0 THEN 1 + floor(random() * 50)::int ELSE p_size END,
       p_type = CASE WHEN p_partkey % 3 = 1
           THEN (ARRAY['PROMO', 'ECONOMY', 'MEDIUM', 'SMALL'])[1 + floor(random() * 4)::int] || ' '
             || (ARRAY['ANODIZED', 'POLISHED', 'PLATED'])[1 + floor(random() * 3)::int] || ' '
             || (ARRAY['STEEL', 'BRASS', 'TIN'])[1 + floor(random() * 3)::int]
           ELSE p_type END,
       p_name = CASE WHEN p_partkey % 3 = 2
           THEN (ARRAY['forest', 'green', 'rose', 'navy'])[1 + floor(random() * 4)::int] || ' ' || substr(p_name, 1, 40)
           ELSE p_name END
 WHERE p_partkey IN (SELECT p_partkey FROM part TABLESAMPLE BERNOULLI (0.1) REPEATABLE (${cycle}));

UPDATE supplier
   SET s_acctbal = round((random() * 10999 - 999)::numeric, 2),
       s_nationkey = CASE WHEN s_suppkey % 3 = 0 THEN floor(random() * 25)::int ELSE s_nationkey END,
       s_comment = CASE WHEN s_suppkey % 3 = 1
           THEN CASE WHEN s_comment LIKE '%Customer%Complaints%' THEN 'content' ELSE 'Customer has Complaints' END
           ELSE s_comment END
 WHERE s_suppkey IN (SELECT s_suppkey FROM supplier TABLESAMPLE BERNOULLI (0.1) REPEATABLE (${cycle}));

UPDATE partsupp
   SET ps_availqty = CASE WHEN ps_suppkey % 2 = 0 THEN floor(random() * 9999)::int ELSE ps_availqty END,
       ps_supplycost = CASE WHEN ps_suppkey % 2 = 1 THEN round((1 + random() * 999)::numeric, 2) ELSE ps_supplycost END
 WHERE (ps_partkey, ps_suppkey) IN
       (SELECT ps_partkey, ps_suppkey FROM partsupp TABLESAMPLE BERNOULLI (0.1) REPEATABLE (${cycle}))
