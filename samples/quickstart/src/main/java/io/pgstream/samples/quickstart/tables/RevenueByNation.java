package io.pgstream.samples.quickstart.tables;

import io.pgstream.StreamTable;

/** The revenue that the customers of each nation bring: five tables joined, then grouped. */
@StreamTable(name = "revenue_by_nation", schedule = "2s", query = """
                SELECT r.r_name AS region, n.n_name AS nation, count(*) AS lines,
                       sum(l.l_extendedprice * (1 - l.l_discount)) AS revenue
                  FROM lineitem l
                  JOIN orders o ON o.o_orderkey = l.l_orderkey
                  JOIN customer c ON c.c_custkey = o.o_custkey
                  JOIN nation n ON n.n_nationkey = c.c_nationkey
                  JOIN region r ON r.r_regionkey = n.n_regionkey
                 GROUP BY r.r_name, n.n_name
                """)
interface RevenueByNation {}
