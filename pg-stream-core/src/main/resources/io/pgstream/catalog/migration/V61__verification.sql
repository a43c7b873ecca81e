-- What comparisons of stream tables with their queries have found.
CREATE TABLE pgs_verifications (
    stream_table_id bigint PRIMARY KEY REFERENCES pgs_stream_tables ON DELETE CASCADE,
    claimed_at      timestamptz,
    verified_at     timestamptz,
    rows_compared   bigint,
    missing         bigint,
    unexpected      bigint,
    sweep_version   integer,
    sweep_position  text,
    swept_at        timestamptz,
    drifted_at      timestamptz
);
COMMENT ON TABLE pgs_verifications IS 'When each stream table was last compared with its query, and what differed';
COMMENT ON COLUMN pgs_verifications.claimed_at IS 'When an instance began the comparison that it has not ended yet';
COMMENT ON COLUMN pgs_verifications.sweep_position IS
    'Up to which value of its first key column a table has been compared, part by part; NULL before the first part';
COMMENT ON COLUMN pgs_verifications.swept_at IS 'When the last of all parts was compared, or the whole table';
COMMENT ON COLUMN pgs_verifications.drifted_at IS 'When a difference was found that has not been repaired yet';
-- A position is a value of a row.
REVOKE ALL ON pgs_verifications FROM PUBLIC;
