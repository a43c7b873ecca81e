-- Hot items: the auctions with the most bids, in windows of ten seconds that begin every two (HOP).
WITH auction_bids AS (
    SELECT b.auction, w.starts, count(*) AS num
      FROM bid AS b
     CROSS JOIN LATERAL generate_series(
               date_bin(interval '2 seconds', b.date_time, timestamp '2025-01-01') - interval '8 seconds',
               date_bin(interval '2 seconds', b.date_time, timestamp '2025-01-01'),
               interval '2 seconds') AS w (starts)
     GROUP BY b.auction, w.starts)
SELECT n.auction, n.num, n.starts AS starttime, n.starts + interval '10 seconds' AS endtime
  FROM auction_bids AS n
  JOIN (SELECT max(num) AS maxn, starts FROM auction_bids GROUP BY starts) AS m ON n.starts = m.starts AND n.num >= m.maxn
