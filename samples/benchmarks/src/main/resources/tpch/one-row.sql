-- One row of each table, with other values in the columns that queries compute with and filter by.
UPDATE lineitem SET l_quantity = l_quantity % 50 + 1, l_extendedprice = l_extendedprice + 1, l_discount = (l_discount + 0.01) % 0.1,
       l_shipdate = l_shipdate + 1, l_returnflag = CASE l_returnflag WHEN 'R' THEN 'N' ELSE 'R' END
 WHERE l_orderkey = 1 AND l_linenumber = 1;

UPDATE orders SET o_totalprice = o_totalprice + 1, o_orderdate = o_orderdate + 1,
       o_orderstatus = CASE o_orderstatus WHEN 'F' THEN 'O' ELSE 'F' END,
       o_orderpriority = CASE o_orderpriority WHEN '1-URGENT' THEN '5-LOW' ELSE '1-URGENT' END
 WHERE o_orderkey = 1;

UPDATE customer SET c_acctbal = c_acctbal + 1, c_nationkey = (c_nationkey + 1) % 25,
       c_mktsegment = CASE c_mktsegment WHEN 'BUILDING' THEN 'MACHINERY' ELSE 'BUILDING' END,
       c_phone = (10 + (c_nationkey + 1) % 25) || substr(c_phone, 3)
 WHERE c_custkey = 1;

UPDATE part SET p_size = p_size % 50 + 1, p_retailprice = p_retailprice + 1,
       p_brand = CASE p_brand WHEN 'Brand#12' THEN 'Brand#23' ELSE 'Brand#12' END,
       p_name = CASE WHEN p_name LIKE 'forest%' THEN 'green' ELSE 'forest' END
 WHERE p_partkey = 1;

UPDATE supplier SET s_acctbal = s_acctbal + 1, s_nationkey = (s_nationkey + 1) % 25,
       s_name = CASE WHEN s_name LIKE 'Supplier%' THEN 'Other' ELSE 'Supplier' END
 WHERE s_suppkey = 1;

UPDATE partsupp SET ps_availqty = ps_availqty + 1, ps_supplycost = ps_supplycost + 1
 WHERE (ps_partkey, ps_suppkey) = (SELECT ps_partkey, ps_suppkey FROM partsupp ORDER BY 1, 2 LIMIT 1);

UPDATE nation SET n_name = reverse(trim(n_name)) WHERE n_nationkey = 7;

UPDATE region SET r_name = reverse(trim(r_name)) WHERE r_regionkey = 3;
