-- User sessions: bids of a person until ten seconds without any (SESSION).
SELECT bidder, count(*) AS bid_count, min(date_time) AS starttime, max(date_time) + interval '10 seconds' AS endtime
  FROM (SELECT bidder, date_time, count(*) FILTER (WHERE opens) OVER (PARTITION BY bidder ORDER BY date_time) AS session
          FROM (SELECT bidder, date_time,
                       coalesce(date_time - lag(date_time) OVER (PARTITION BY bidder ORDER BY date_time) > interval '10 seconds', true) AS opens
                  FROM bid) AS marked) AS numbered
 GROUP BY bidder, session
