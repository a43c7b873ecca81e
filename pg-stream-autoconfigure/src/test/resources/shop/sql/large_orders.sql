SELECT id, customer_id, amount
  FROM orders
 WHERE amount >= 1000
