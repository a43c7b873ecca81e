-- The stream tables that read each other in circles, which are refreshed as one. Who changes what a stream table reads locks
-- this table first, so that no two definitions close a circle without seeing each other.
CREATE TABLE pgs_circles (
    stream_table_id bigint PRIMARY KEY REFERENCES pgs_stream_tables ON DELETE CASCADE,
    circle_id       bigint NOT NULL
);
COMMENT ON TABLE pgs_circles IS 'The stream tables that read each other in circles; those of a circle have one circle_id, the lowest of their numbers';
