-- What has been warned of and is not over yet, so that of several engines one warns, and once.
CREATE TABLE pgs_alerts (
    event   text NOT NULL,
    subject bigint NOT NULL,
    since   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (event, subject)
);
COMMENT ON TABLE pgs_alerts IS 'The warnings that still hold: stale_data by stream table, buffer_growth_warning by capture';
GRANT SELECT ON pgs_alerts TO PUBLIC;

-- The warnings that are new, with what there is to say of them. Nothing is written as long as nothing begins and nothing ends.
CREATE FUNCTION new_warnings()
    RETURNS TABLE (event text, schema_name text, table_name text, staleness_seconds bigint, schedule text, buffer_bytes bigint)
    LANGUAGE sql VOLATILE SET search_path = pg_catalog
AS $pgstream$
    WITH stale AS MATERIALIZED (
        SELECT i.* FROM ${catalogSchema}.stream_tables_info AS i
         WHERE i.stale AND i.status = 'ACTIVE' AND i.staleness > 2 * coalesce(i.effective_schedule, interval '2 seconds')
    ), large AS MATERIALIZED (
        SELECT b.capture_id, b.buffer_bytes, n.nspname, r.relname
          FROM ${catalogSchema}.change_buffer_sizes() AS b
          JOIN ${catalogSchema}.pgs_captures AS c ON c.id = b.capture_id
          JOIN pg_class AS r ON r.oid = c.source_relid
          JOIN pg_namespace AS n ON n.oid = r.relnamespace
         WHERE b.buffer_bytes > (SELECT s.value::bigint FROM ${catalogSchema}.pgs_settings AS s WHERE s.name = 'buffer-growth-warning')
    ), over AS (
        DELETE FROM ${catalogSchema}.pgs_alerts AS a
         WHERE a.event = 'stale_data' AND NOT EXISTS (SELECT FROM stale AS s WHERE s.pgs_id = a.subject)
            OR a.event = 'buffer_growth_warning' AND NOT EXISTS (SELECT FROM large AS l WHERE l.capture_id = a.subject)
    ), begun AS (
        INSERT INTO ${catalogSchema}.pgs_alerts AS a (event, subject)
        SELECT 'stale_data', s.pgs_id FROM stale AS s UNION ALL SELECT 'buffer_growth_warning', l.capture_id FROM large AS l
        ON CONFLICT ON CONSTRAINT pgs_alerts_pkey DO NOTHING RETURNING a.event, a.subject
    )
    SELECT b.event, coalesce(s.pgs_schema, l.nspname::text), coalesce(s.pgs_name, l.relname::text),
           extract(epoch FROM s.staleness)::bigint, s.schedule, l.buffer_bytes
      FROM begun AS b
      LEFT JOIN stale AS s ON b.event = 'stale_data' AND s.pgs_id = b.subject
      LEFT JOIN large AS l ON b.event = 'buffer_growth_warning' AND l.capture_id = b.subject
$pgstream$;
COMMENT ON FUNCTION new_warnings IS 'Internal: begins and ends warnings, and returns those that are new';
