-- New users: persons who opened an auction in the ten seconds in which they registered (TUMBLE).
SELECT p.id, p.name, p.starts
  FROM (SELECT id, name, date_bin(interval '10 seconds', date_time, timestamp '2025-01-01') AS starts
          FROM person
         GROUP BY id, name, date_bin(interval '10 seconds', date_time, timestamp '2025-01-01')) AS p
  JOIN (SELECT seller, date_bin(interval '10 seconds', date_time, timestamp '2025-01-01') AS starts
          FROM auction
         GROUP BY seller, date_bin(interval '10 seconds', date_time, timestamp '2025-01-01')) AS a
    ON p.id = a.seller AND p.starts = a.starts
