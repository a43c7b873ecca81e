-- Highest bid of each ten seconds (TUMBLE).
SELECT b.auction, b.price, b.bidder, b.date_time, b.extra
  FROM bid AS b
  JOIN (SELECT max(price) AS maxprice, date_bin(interval '10 seconds', date_time, timestamp '2025-01-01') AS starts
          FROM bid
         GROUP BY date_bin(interval '10 seconds', date_time, timestamp '2025-01-01')) AS m
    ON b.price = m.maxprice AND date_bin(interval '10 seconds', b.date_time, timestamp '2025-01-01') = m.starts
