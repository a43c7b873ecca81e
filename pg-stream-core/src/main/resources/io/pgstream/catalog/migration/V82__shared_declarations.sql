-- Several applications can declare one stream table: it is none's alone to drop.
ALTER TABLE pgs_declarations DROP CONSTRAINT pgs_declarations_pkey;
ALTER TABLE pgs_declarations ADD PRIMARY KEY (stream_table_id, application);
