-- Stream tables whose writers could not keep them right, because a source was altered. From the first such write on all of
-- them pass the stream table by, until it has been loaded again. Rows are only added: nobody waits for anybody here.
CREATE TABLE pgs_missed_writes (
    stream_table_id bigint NOT NULL,
    missed_at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE pgs_missed_writes IS 'Stream tables that their writers pass by since a source was altered';
