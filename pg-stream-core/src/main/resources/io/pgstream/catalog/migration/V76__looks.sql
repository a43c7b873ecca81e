-- The clock finds many stream tables unchanged at one moment, every second. It writes that moment down once for all of them:
-- a row for each table would be a thousand dead rows a second.
CREATE TABLE pgs_looks (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    checked_at timestamptz NOT NULL
);
COMMENT ON TABLE pgs_looks IS 'When the clock of an instance last found those stream tables unchanged whose pgs_states.look_id refers to the row';
GRANT SELECT ON pgs_looks TO PUBLIC;
ALTER TABLE pgs_states ADD COLUMN look_id bigint;
COMMENT ON COLUMN pgs_states.look_id IS 'The row of pgs_looks that says when the table was last found unchanged, if that is later than checked_at';

CREATE VIEW pgs_freshness AS
    SELECT f.stream_table_id, CASE WHEN f.frontier IS NOT NULL
                                   THEN greatest(f.data_timestamp, s.checked_at, l.checked_at) END AS data_timestamp
      FROM ${catalogSchema}.pgs_frontiers AS f
      JOIN ${catalogSchema}.pgs_states AS s ON s.stream_table_id = f.stream_table_id
      LEFT JOIN ${catalogSchema}.pgs_looks AS l ON l.id = s.look_id;
COMMENT ON VIEW pgs_freshness IS 'Since when nobody has seen a change that each stream table does not hold; tables that their writers maintain have no such moment';
GRANT SELECT ON pgs_freshness TO PUBLIC;

-- Those of some stream tables that have captured changes behind their frontier, or none yet. A segment without a byte
-- is not looked into: where nothing happens the clean-up leaves them so. Each capture is looked at once, however many read it.
CREATE OR REPLACE FUNCTION tables_with_changes(ids bigint[]) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan
AS $pgstream$
DECLARE
    buffers CONSTANT text := ${changeBufferText} || '.c';
    written bigint[];
    candidate record;
    segment text;
    changed boolean;
BEGIN
    -- For many tables it costs less to look at all captures than to find out which of them they read.
    written := ARRAY(
        SELECT c.id FROM ${catalogSchema}.pgs_captures AS c
         WHERE CASE WHEN cardinality(ids) > 100 OR EXISTS (SELECT FROM ${catalogSchema}.pgs_dependencies AS d
                                                           WHERE d.capture_id = c.id AND d.stream_table_id = ANY (ids))
                    THEN coalesce(pg_relation_size(to_regclass(buffers || c.id || '_0')), 1) > 0
                      OR coalesce(pg_relation_size(to_regclass(buffers || c.id || '_1')), 1) > 0 END);
    -- Few have no frontier, so that the list is seldom searched; by the index it would be, for each of its entries.
    RETURN QUERY SELECT f.stream_table_id FROM ${catalogSchema}.pgs_frontiers AS f
                  WHERE f.frontier IS NULL AND f.stream_table_id + 0 = ANY (ids);
    IF cardinality(written) = 0 THEN
        RETURN;
    END IF;
    FOR candidate IN
        SELECT r.id, f.frontier, r.captures
          FROM (SELECT d.stream_table_id AS id, array_agg(d.capture_id ORDER BY d.capture_id) AS captures
                  FROM unnest(written) AS c(id)
                  JOIN ${catalogSchema}.pgs_dependencies AS d ON d.capture_id = c.id
                  JOIN unnest(ids) AS w(id) ON w.id = d.stream_table_id
                 GROUP BY d.stream_table_id) AS r
          JOIN ${catalogSchema}.pgs_frontiers AS f ON f.stream_table_id = r.id
         WHERE f.frontier IS NOT NULL ORDER BY r.id
    LOOP
        changed := false;
        FOR i IN 1 .. 2 * cardinality(candidate.captures) LOOP
            segment := to_regclass(buffers || candidate.captures[(i + 1) / 2] || '_' || i % 2)::text;
            IF segment IS NULL THEN
                changed := true;
            ELSIF pg_relation_size(segment::regclass) > 0 THEN
                EXECUTE 'SELECT EXISTS (SELECT FROM ' || segment || ' AS b WHERE b.pgstream_xid >='
                    || ' pg_snapshot_xmax($1) OR NOT pg_visible_in_snapshot(b.pgstream_xid, $1))'
                   INTO changed USING candidate.frontier;
            END IF;
            IF changed THEN
                RETURN NEXT candidate.id;
                EXIT;
            END IF;
        END LOOP;
    END LOOP;
END
$pgstream$;

-- Another text after everything that can make the fingerprint of a source, what is captured of it, or a function that a query
-- calls, another one. A text that has changed for another reason costs a look at each stream table, no more.
CREATE OR REPLACE FUNCTION sources_stamp() RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan
AS $pgstream$
DECLARE
    sources oid[] := ARRAY(SELECT DISTINCT d.source_relid FROM ${catalogSchema}.pgs_dependencies AS d);
    members oid[] := ARRAY(SELECT unnest(sources) UNION SELECT i.inhrelid FROM pg_inherits AS i);
BEGIN
    RETURN concat_ws('/',
        (SELECT bit_xor(hashoidextended(c.oid, c.xmin::text::bigint)) FROM unnest(members) AS m(relid) JOIN pg_class AS c ON c.oid = m.relid),
        (SELECT bit_xor(hashint8extended(a.attrelid::bigint << 16 | a.attnum, a.xmin::text::bigint))
           FROM unnest(sources) AS s(relid) JOIN pg_attribute AS a ON a.attrelid = s.relid AND a.attnum > 0),
        (SELECT bit_xor(hashoidextended(t.oid, t.xmin::text::bigint)) FROM unnest(members) AS m(relid)
           JOIN pg_trigger AS t ON t.tgrelid = m.relid WHERE starts_with(t.tgname, 'pgstream_')),
        (SELECT bit_xor(hashoidextended(r.oid, r.xmin::text::bigint)) FROM unnest(sources) AS s(relid) JOIN pg_rewrite AS r ON r.ev_class = s.relid),
        (SELECT bit_xor(hashoidextended(i.inhrelid, i.inhparent::bigint << 32 | i.xmin::text::bigint)) FROM pg_inherits AS i),
        (SELECT bit_xor(hashoidextended(n.oid, n.xmin::text::bigint)) FROM pg_namespace AS n WHERE NOT starts_with(n.nspname, 'pg_')),
        (SELECT bit_xor(hashint8extended(t.id, t.version)) FROM ${catalogSchema}.pgs_stream_tables AS t),
        (SELECT bit_xor(hashint8extended(c.id, c.xmin::text::bigint)) FROM ${catalogSchema}.pgs_captures AS c),
        hashtextextended(${catalogSchema}.functions_fingerprint(ARRAY(
            SELECT DISTINCT u.oid FROM ${catalogSchema}.pgs_used_functions AS f CROSS JOIN unnest(f.functions) AS u(oid))), 0));
END
$pgstream$;

-- The warnings that are new, with what there is to say of them. Where nothing is too old or too large and nothing was, which is
-- nearly always, the views are not asked.
CREATE OR REPLACE FUNCTION new_warnings()
    RETURNS TABLE (event text, schema_name text, table_name text, staleness_seconds bigint, schedule text, buffer_bytes bigint)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog
AS $pgstream$
DECLARE
    buffers CONSTANT text := ${changeBufferText} || '.c';
    limits CONSTANT bigint := (SELECT s.value::bigint FROM ${catalogSchema}.pgs_settings AS s WHERE s.name = 'buffer-growth-warning');
BEGIN
    -- No schedule is shorter than a second.
    IF NOT EXISTS (SELECT FROM ${catalogSchema}.pgs_alerts) AND NOT EXISTS (
        SELECT FROM ${catalogSchema}.pgs_stream_tables AS t
          JOIN ${catalogSchema}.pgs_freshness AS f ON f.stream_table_id = t.id
         WHERE f.data_timestamp < clock_timestamp() - interval '2 seconds' AND t.effective_mode NOT IN ('IMMEDIATE', 'ON_COMMIT')
           AND f.data_timestamp < clock_timestamp() - 2 * coalesce(${catalogSchema}.schedule_interval(t.schedule), interval '1 second')
    ) AND NOT EXISTS (
        SELECT FROM ${catalogSchema}.pgs_captures AS c
         WHERE coalesce(pg_relation_size(to_regclass(buffers || c.id || '_0')), 0)
             + coalesce(pg_relation_size(to_regclass(buffers || c.id || '_1')), 0) > limits
    ) THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH stale AS MATERIALIZED (
        SELECT i.* FROM ${catalogSchema}.stream_tables_info AS i
         WHERE i.stale AND i.status = 'ACTIVE' AND i.staleness > 2 * coalesce(i.effective_schedule, interval '2 seconds')
    ), large AS MATERIALIZED (
        SELECT b.capture_id, b.buffer_bytes, n.nspname, r.relname
          FROM ${catalogSchema}.change_buffer_sizes() AS b
          JOIN ${catalogSchema}.pgs_captures AS c ON c.id = b.capture_id
          JOIN pg_class AS r ON r.oid = c.source_relid
          JOIN pg_namespace AS n ON n.oid = r.relnamespace
         WHERE b.buffer_bytes > limits
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
      LEFT JOIN large AS l ON b.event = 'buffer_growth_warning' AND l.capture_id = b.subject;
END
$pgstream$;
