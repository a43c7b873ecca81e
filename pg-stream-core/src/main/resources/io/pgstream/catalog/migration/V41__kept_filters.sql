ALTER TABLE pgs_stream_tables ADD COLUMN kept_filters text[] NOT NULL DEFAULT '{}';

COMMENT ON COLUMN pgs_stream_tables.kept_filters IS
    'Filtered tables that the plan keeps as states: decided by the statistics when the stream table was defined';
