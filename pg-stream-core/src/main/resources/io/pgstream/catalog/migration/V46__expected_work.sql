-- The choice between a delta and a full refresh learns from the history, which so has to say how much work a delta was
-- expected to be: a changed row of a small table can touch many.
ALTER TABLE pgs_refresh_history ADD COLUMN work double precision;
COMMENT ON COLUMN pgs_refresh_history.work IS 'How many rows the changes were expected to touch; 0 for a full refresh that nobody compared with them';
