CREATE TABLE date_dim (d_date_sk int PRIMARY KEY, d_date date NOT NULL, d_year int NOT NULL, d_moy int NOT NULL, d_qoy int NOT NULL, d_week_seq int NOT NULL, d_month_seq int NOT NULL, d_day_name char(9) NOT NULL)

CREATE TABLE item (i_item_sk int PRIMARY KEY, i_item_id char(16) NOT NULL, i_item_desc varchar(40), i_brand varchar(20), i_class varchar(20), i_category varchar(20), i_manufact_id int, i_current_price numeric(7,2), i_color varchar(10))

CREATE TABLE store (s_store_sk int PRIMARY KEY, s_store_name varchar(20), s_state char(2), s_county varchar(20), s_gmt_offset numeric(5,2))

CREATE TABLE customer (c_customer_sk int PRIMARY KEY, c_customer_id char(16) NOT NULL, c_first_name varchar(20), c_last_name varchar(20), c_current_addr_sk int, c_birth_year int, c_preferred char(1))

CREATE TABLE customer_address (ca_address_sk int PRIMARY KEY, ca_city varchar(20), ca_state char(2), ca_zip char(10), ca_country varchar(20))

CREATE TABLE promotion (p_promo_sk int PRIMARY KEY, p_channel_email char(1), p_channel_event char(1))

CREATE TABLE store_sales (ss_sold_date_sk int, ss_item_sk int NOT NULL, ss_customer_sk int, ss_store_sk int, ss_promo_sk int, ss_ticket_number bigint NOT NULL, ss_quantity int, ss_sales_price numeric(7,2), ss_ext_sales_price numeric(7,2), ss_net_profit numeric(7,2), PRIMARY KEY (ss_item_sk, ss_ticket_number))

CREATE TABLE store_returns (sr_returned_date_sk int, sr_item_sk int NOT NULL, sr_customer_sk int, sr_store_sk int, sr_ticket_number bigint NOT NULL, sr_return_quantity int, sr_return_amt numeric(7,2), PRIMARY KEY (sr_item_sk, sr_ticket_number))

CREATE TABLE catalog_sales (cs_sold_date_sk int, cs_ship_date_sk int, cs_bill_customer_sk int, cs_item_sk int NOT NULL, cs_order_number bigint NOT NULL, cs_warehouse_sk int, cs_quantity int, cs_ext_sales_price numeric(7,2), cs_net_profit numeric(7,2), PRIMARY KEY (cs_item_sk, cs_order_number))

CREATE TABLE web_sales (ws_sold_date_sk int, ws_bill_customer_sk int, ws_item_sk int NOT NULL, ws_order_number bigint NOT NULL, ws_warehouse_sk int, ws_quantity int, ws_ext_sales_price numeric(7,2), ws_net_paid numeric(7,2), PRIMARY KEY (ws_item_sk, ws_order_number))

CREATE TABLE inventory (inv_date_sk int NOT NULL, inv_item_sk int NOT NULL, inv_warehouse_sk int NOT NULL, inv_quantity_on_hand int, PRIMARY KEY (inv_date_sk, inv_item_sk, inv_warehouse_sk))

CREATE INDEX ON store_sales (ss_customer_sk)

CREATE INDEX ON store_sales (ss_sold_date_sk)

INSERT INTO date_dim SELECT i, date '2000-01-01' + i * 9, extract(year FROM date '2000-01-01' + i * 9), extract(month FROM date '2000-01-01' + i * 9), extract(quarter FROM date '2000-01-01' + i * 9), i, (extract(year FROM date '2000-01-01' + i * 9) - 1900) * 12 + extract(month FROM date '2000-01-01' + i * 9) - 1, to_char(date '2000-01-01' + i * 9, 'Day') FROM generate_series(1, 90) AS i

INSERT INTO item SELECT i, 'item' || i / 2, CASE WHEN i % 5 > 0 THEN 'thing ' || i % 4 END, 'brand' || i % 3, 'class' || i % 4, (ARRAY['Books','Music','Shoes',NULL])[1 + i % 4], i % 5, i * 3.25, (ARRAY['red','blue','green'])[1 + i % 3] FROM generate_series(1, 16) AS i

INSERT INTO store SELECT i, 'store' || i, (ARRAY['TN','SD','AL'])[1 + i % 3], 'county' || i % 2, -5.00 - i % 2 FROM generate_series(1, 5) AS i

INSERT INTO customer SELECT i, 'cust' || i, 'first' || i % 4, CASE WHEN i % 6 > 0 THEN 'last' || i % 5 END, nullif(i % 9, 0), 1950 + i, CASE i % 3 WHEN 0 THEN 'Y' WHEN 1 THEN 'N' END FROM generate_series(1, 14) AS i

INSERT INTO customer_address SELECT i, 'city' || i % 4, (ARRAY['TN','SD','CA',NULL])[1 + i % 4], lpad((i * 7919 % 99999)::text, 5, '0'), 'United States' FROM generate_series(1, 8) AS i

INSERT INTO promotion SELECT i, CASE WHEN i % 2 = 0 THEN 'N' ELSE 'Y' END, CASE i % 3 WHEN 0 THEN 'N' WHEN 1 THEN 'Y' END FROM generate_series(1, 4) AS i

INSERT INTO store_sales SELECT CASE WHEN i % 13 > 0 THEN 1 + i * 7 % 90 END, 1 + i % 16, CASE WHEN i % 11 > 0 THEN 1 + i * 5 % 15 END, CASE WHEN i % 7 > 0 THEN 1 + i % 5 END, nullif(i % 5, 0), i / 3, i % 20, i * 1.25 % 50, i * 2.5 % 90, i * 3 % 40 - 15 FROM generate_series(1, 120) AS i ON CONFLICT DO NOTHING

INSERT INTO store_returns SELECT 1 + (ss_sold_date_sk + 3) % 90, ss_item_sk, CASE WHEN ss_quantity % 3 > 0 THEN ss_customer_sk END, ss_store_sk, ss_ticket_number, ss_quantity / 2, ss_ext_sales_price / 2 FROM store_sales WHERE ss_ticket_number % 3 = 0

INSERT INTO catalog_sales SELECT CASE WHEN i % 9 > 0 THEN 1 + i * 11 % 90 END, 1 + (i * 11 + i % 12 * 10) % 90, CASE WHEN i % 7 > 0 THEN 1 + i * 3 % 15 END, 1 + i % 16, i / 2, nullif(i % 4, 0), i % 15, i * 3.5 % 70, i * 4 % 50 - 20 FROM generate_series(1, 80) AS i ON CONFLICT DO NOTHING

INSERT INTO web_sales SELECT CASE WHEN i % 8 > 0 THEN 1 + i * 13 % 90 END, CASE WHEN i % 5 > 0 THEN 1 + i * 7 % 15 END, 1 + i % 16, i / 2, nullif(i % 3, 0), i % 12, i * 4.25 % 60, i * 3.75 % 55 FROM generate_series(1, 60) AS i ON CONFLICT DO NOTHING

INSERT INTO inventory SELECT 1 + d * 5, i, w, CASE WHEN (d + i + w) % 6 > 0 THEN (d * 7 + i * 3 + w) % 50 END FROM generate_series(0, 5) AS d, generate_series(1, 6) AS i, generate_series(1, 2) AS w
