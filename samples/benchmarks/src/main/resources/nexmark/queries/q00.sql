-- Pass through: what every event costs.
SELECT auction, bidder, price, date_time, extra FROM bid
