INSERT INTO store_sales SELECT 1 + i * 3 % 90, 1 + i % 16, 1 + i % 14, 1 + i % 5, 1 + i % 4, 100 + i, i, i * 1.5, i * 2.25, 7 - i FROM generate_series(1, 12) AS i

DELETE FROM store_sales WHERE ss_ticket_number % 7 = 2

UPDATE customer SET c_current_addr_sk = 1 + c_customer_sk % 5, c_preferred = 'Y' WHERE c_customer_sk % 3 = 1

COMMIT

UPDATE item SET i_category = 'Books', i_current_price = i_current_price * 1.5 WHERE i_item_sk % 5 = 0

DELETE FROM store_returns WHERE sr_return_quantity < 3

INSERT INTO web_sales SELECT 1 + i * 17 % 90, 1 + i % 14, 1 + i % 16, 200 + i, 1 + i % 2, i, i * 3.5, i * 3 FROM generate_series(1, 9) AS i

UPDATE store_sales SET ss_customer_sk = NULL, ss_net_profit = -ss_net_profit WHERE ss_item_sk = 4

COMMIT

DELETE FROM date_dim WHERE d_date_sk % 17 = 3

UPDATE date_dim SET d_moy = 12, d_qoy = 4 WHERE d_date_sk IN (5, 14, 40)

UPDATE catalog_sales SET cs_quantity = cs_quantity + 3, cs_sold_date_sk = coalesce(cs_sold_date_sk, 44) WHERE cs_order_number % 4 = 1

INSERT INTO customer_address VALUES (9, 'city1', 'TN', '12345', NULL)

COMMIT

UPDATE inventory SET inv_quantity_on_hand = CASE WHEN inv_quantity_on_hand IS NULL THEN 9 END WHERE inv_item_sk % 4 = 1

DELETE FROM inventory WHERE inv_date_sk = 6

DELETE FROM customer WHERE c_customer_sk IN (2, 7)

UPDATE customer_address SET ca_state = NULL WHERE ca_address_sk = 3

UPDATE store SET s_state = 'TN', s_county = NULL WHERE s_store_sk > 3

COMMIT

TRUNCATE store_returns

UPDATE web_sales SET ws_bill_customer_sk = 3 WHERE ws_order_number < 6

DELETE FROM catalog_sales WHERE cs_item_sk IN (SELECT i_item_sk FROM item WHERE i_color = 'red')

UPDATE item SET i_item_sk = i_item_sk + 50 WHERE i_item_sk IN (1, 2)

COMMIT
