-- What those who watch over stream tables ask for.

ALTER TABLE pgs_states ADD COLUMN last_error_action text;
COMMENT ON COLUMN pgs_states.last_error_action IS 'What to do about the last error';

-- How many captured changes each stream table has not applied yet, counted up to a bound for each segment of a buffer: a
-- count costs what it counts, and nobody needs to know whether it is one million or two. Stream tables that are not
-- refreshed from captured changes are left out.
CREATE FUNCTION pending_changes(at_most bigint) RETURNS TABLE (stream_table_id bigint, changes bigint)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog
AS $pgstream$
DECLARE
    candidate record;
    counted bigint;
BEGIN
    FOR candidate IN
        SELECT f.stream_table_id AS id, f.frontier, c.segments
          FROM ${catalogSchema}.pgs_frontiers AS f
          JOIN ${catalogSchema}.pgs_stream_tables AS t ON t.id = f.stream_table_id
         CROSS JOIN LATERAL (
               SELECT array_agg(s.segment::text) FILTER (WHERE s.segment IS NOT NULL AND pg_relation_size(s.segment) > 0)
                      AS segments, count(*) AS captured
                 FROM ${catalogSchema}.pgs_dependencies AS d
                CROSS JOIN generate_series(0, 1) AS n
                CROSS JOIN LATERAL (SELECT to_regclass(${changeBufferText} || '.c' || d.capture_id || '_' || n)) AS s(segment)
                WHERE d.stream_table_id = f.stream_table_id AND d.capture_id IS NOT NULL) AS c
         WHERE f.frontier IS NOT NULL AND c.captured > 0 AND t.effective_mode NOT IN ('FULL', 'IMMEDIATE', 'ON_COMMIT')
         ORDER BY f.stream_table_id
    LOOP
        stream_table_id := candidate.id;
        changes := 0;
        FOR i IN 1 .. coalesce(array_length(candidate.segments, 1), 0) LOOP
            EXECUTE 'SELECT count(*) FROM (SELECT FROM ' || candidate.segments[i] || ' AS b WHERE b.pgstream_xid >='
                || ' pg_snapshot_xmax($1) OR NOT pg_visible_in_snapshot(b.pgstream_xid, $1) LIMIT $2) AS c'
               INTO counted USING candidate.frontier, at_most;
            changes := changes + counted;
        END LOOP;
        RETURN NEXT;
    END LOOP;
END
$pgstream$;

-- How much room the captured changes of each source take, read ones included until they are cleaned up.
CREATE FUNCTION buffer_sizes() RETURNS TABLE (source text, bytes bigint)
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $pgstream$
    SELECT c.source_name, coalesce(sum(pg_total_relation_size(s.segment)), 0)::bigint
      FROM ${catalogSchema}.pgs_captures AS c
     CROSS JOIN generate_series(0, 1) AS n
     CROSS JOIN LATERAL (SELECT to_regclass(${changeBufferText} || '.c' || c.id || '_' || n)) AS s(segment)
     GROUP BY c.source_name ORDER BY c.source_name
$pgstream$;

COMMENT ON FUNCTION pending_changes IS 'Internal: how many captured changes each stream table has not applied yet, counted up to a bound for each segment';
COMMENT ON FUNCTION buffer_sizes IS 'Internal: how much room the captured changes of each source take';
