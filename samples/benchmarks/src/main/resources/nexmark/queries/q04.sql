-- Average price of a category: of the winning bids of its auctions.
SELECT category, avg(final) AS average
  FROM (SELECT max(b.price) AS final, a.category
          FROM auction AS a
          JOIN bid AS b ON a.id = b.auction
         WHERE b.date_time BETWEEN a.date_time AND a.expires
         GROUP BY a.id, a.category) AS q
 GROUP BY category
