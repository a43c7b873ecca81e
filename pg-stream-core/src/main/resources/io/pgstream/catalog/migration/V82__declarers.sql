-- Several applications can declare one stream table: it is none's alone to drop. pgs_declarations knows the last one only, and
-- is what an older release reads and writes.
CREATE TABLE pgs_declarers (
    stream_table_id bigint NOT NULL REFERENCES pgs_stream_tables ON DELETE CASCADE,
    application     text NOT NULL,
    declared_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (stream_table_id, application)
);
COMMENT ON TABLE pgs_declarers IS 'All applications that have declared a stream table and have not withdrawn that';
INSERT INTO pgs_declarers (stream_table_id, application, declared_at)
SELECT stream_table_id, application, declared_at FROM pgs_declarations;
