package io.pgstream.samples.quickstart.tables;

import io.pgstream.StreamTable;

/** What was sold, by return flag and line status: query 1 of TPC-H, kept fresh. */
@StreamTable(name = "pricing_summary", schedule = "1s", query = """
                SELECT l_returnflag AS return_flag, l_linestatus AS line_status, count(*) AS lines,
                       sum(l_quantity) AS quantity, sum(l_extendedprice * (1 - l_discount)) AS revenue,
                       avg(l_discount) AS average_discount
                  FROM lineitem
                 GROUP BY l_returnflag, l_linestatus
                """)
interface PricingSummary {}
