-- Changes that one consumer has read and another has not wait in a table of their own, with an index.
DO $pgstream$
DECLARE
    capture record;
    segment text;
BEGIN
    FOR capture IN
        SELECT to_regclass(${changeBufferText} || '.c' || c.id || '_0') AS like_it, c.id FROM ${catalogSchema}.pgs_captures AS c
         WHERE to_regclass(${changeBufferText} || '.c' || c.id || '_2') IS NULL ORDER BY c.id
    LOOP
        CONTINUE WHEN capture.like_it IS NULL;
        segment := ${changeBufferText} || '.c' || capture.id || '_2';
        EXECUTE format('CREATE TABLE %s (LIKE %s) WITH (autovacuum_enabled = off)', segment, capture.like_it);
        EXECUTE format('CREATE INDEX ON %s (pgstream_xid)', segment);
        EXECUTE (SELECT format('GRANT SELECT (pgstream_xid) ON %s TO %s', segment, string_agg(DISTINCT g.grantee::regrole::text, ', '))
                   FROM pg_attribute AS a CROSS JOIN LATERAL aclexplode(a.attacl) AS g
                  WHERE a.attrelid = capture.like_it AND a.attname = 'pgstream_xid' HAVING count(*) > 0);
        IF (SELECT c.relowner::regrole FROM pg_class AS c WHERE c.oid = capture.like_it) <> current_user::regrole THEN
            EXECUTE (SELECT format('ALTER TABLE %s OWNER TO %s', segment, c.relowner::regrole) FROM pg_class AS c WHERE c.oid = capture.like_it);
        END IF;
    END LOOP;
END
$pgstream$;

COMMENT ON TABLE pgs_captures IS 'Each set of capture triggers with its buffer: two segments that are written in turns, and a backlog; a wider one replaces a narrower one';

-- Whether a segment was emptied after the snapshot of the caller: its rows are elsewhere then, where the snapshot does not see them.
CREATE FUNCTION emptied_since(segments regclass[]) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $pgstream$
    SELECT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = ANY (segments) AND c.relfilenode <> coalesce(pg_relation_filenode(c.oid), 0))
$pgstream$;
COMMENT ON FUNCTION emptied_since IS 'Internal: whether one of some tables was rewritten after the snapshot of the statement that asks';

-- Those of some stream tables that have captured changes behind their frontier, or none yet. A segment without a byte
-- is not looked into: where nothing happens the clean-up leaves them so. Each capture is looked at once, however many read it.
CREATE OR REPLACE FUNCTION tables_with_changes(ids bigint[]) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan
AS $pgstream$
DECLARE
    buffers CONSTANT text := ${changeBufferText} || '.c';
    written bigint[];
    candidate record;
    segment regclass;
    looked regclass[];
    changed boolean;
BEGIN
    -- For many tables it costs less to look at all captures than to find out which of them they read.
    written := ARRAY(
        SELECT c.id FROM ${catalogSchema}.pgs_captures AS c
         WHERE CASE WHEN cardinality(ids) > 100 OR EXISTS (SELECT FROM ${catalogSchema}.pgs_dependencies AS d
                                                           WHERE d.capture_id = c.id AND d.stream_table_id = ANY (ids))
                    THEN coalesce(pg_relation_size(to_regclass(buffers || c.id || '_0')), 1) > 0
                      OR coalesce(pg_relation_size(to_regclass(buffers || c.id || '_1')), 1) > 0
                      OR coalesce(pg_relation_size(to_regclass(buffers || c.id || '_2')), 1) > 0 END);
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
        looked := '{}';
        FOR i IN 0 .. 3 * cardinality(candidate.captures) - 1 LOOP
            segment := to_regclass(buffers || candidate.captures[i / 3 + 1] || '_' || i % 3);
            looked := looked || segment;
            IF segment IS NULL THEN
                changed := true;
            ELSIF pg_relation_size(segment) > 0 THEN
                EXECUTE 'SELECT EXISTS (SELECT FROM ' || segment || ' AS b WHERE b.pgstream_xid >= pg_snapshot_xmin($1)'
                    || ' AND b.pgstream_xid < ''18446744073709551615'' AND NOT pg_visible_in_snapshot(b.pgstream_xid, $1))'
                   INTO changed USING candidate.frontier;
            END IF;
            EXIT WHEN changed;
        END LOOP;
        IF changed OR ${catalogSchema}.emptied_since(looked) THEN
            RETURN NEXT candidate.id;
        END IF;
    END LOOP;
END
$pgstream$;

-- Whether a stream table contains what a transaction that has committed wrote to its sources, to those of the stream tables
-- that it reads included. It is asked under READ COMMITTED, where each statement sees what has been committed by then.
CREATE OR REPLACE FUNCTION contains_transaction(table_id bigint, transaction xid8) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $pgstream$
DECLARE
    mode    text;
    known   pg_snapshot;
    source  record;
    pending boolean;
BEGIN
    SELECT t.effective_mode, f.frontier INTO mode, known
      FROM ${catalogSchema}.pgs_stream_tables AS t
      JOIN ${catalogSchema}.pgs_frontiers AS f ON f.stream_table_id = t.id WHERE t.id = table_id;
    IF known IS NULL THEN
        RETURN false;
    END IF;
    FOR source IN
        SELECT d.capture_id, s.id AS upstream FROM ${catalogSchema}.pgs_dependencies AS d
          LEFT JOIN ${catalogSchema}.pgs_stream_tables AS s ON s.relid = d.source_relid
         WHERE d.stream_table_id = table_id ORDER BY d.source_relid
    LOOP
        IF source.upstream IS NOT NULL AND NOT ${catalogSchema}.contains_transaction(source.upstream, transaction) THEN
            RETURN false;
        END IF;
        IF mode NOT IN ('IMMEDIATE', 'ON_COMMIT') AND source.capture_id IS NULL
                AND (source.upstream IS NOT NULL OR NOT pg_visible_in_snapshot(transaction, known)) THEN
            RETURN false;
        END IF;
        IF source.capture_id IS NOT NULL THEN
            -- What an upstream table was refreshed by is another transaction, which nobody has asked for by name. The question locks
            -- the tables before it takes its snapshot.
            EXECUTE format(
                'SELECT EXISTS (SELECT FROM (SELECT pgstream_xid FROM %1$s.c%2$s_0 UNION ALL SELECT pgstream_xid FROM %1$s.c%2$s_1'
                ' UNION ALL SELECT pgstream_xid FROM %1$s.c%2$s_2) AS b WHERE ($1 IS NULL OR b.pgstream_xid = $1)'
                ' AND b.pgstream_xid >= pg_snapshot_xmin($2) AND b.pgstream_xid < ''18446744073709551615'''
                ' AND NOT pg_visible_in_snapshot(b.pgstream_xid, $2))', ${changeBufferText}, source.capture_id)
               INTO pending USING CASE WHEN source.upstream IS NULL THEN transaction END, known;
            IF pending THEN
                RETURN false;
            END IF;
        END IF;
    END LOOP;
    RETURN true;
END
$pgstream$;

-- As before, of all three tables of a capture.
CREATE OR REPLACE FUNCTION pending_changes(at_most bigint) RETURNS TABLE (stream_table_id bigint, changes bigint)
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
                CROSS JOIN generate_series(0, 2) AS n
                CROSS JOIN LATERAL (SELECT to_regclass(${changeBufferText} || '.c' || d.capture_id || '_' || n)) AS s(segment)
                WHERE d.stream_table_id = f.stream_table_id AND d.capture_id IS NOT NULL) AS c
         WHERE f.frontier IS NOT NULL AND c.captured > 0 AND t.effective_mode NOT IN ('FULL', 'IMMEDIATE', 'ON_COMMIT')
         ORDER BY f.stream_table_id
    LOOP
        stream_table_id := candidate.id;
        changes := 0;
        FOR i IN 1 .. coalesce(array_length(candidate.segments, 1), 0) LOOP
            EXECUTE 'SELECT count(*) FROM (SELECT FROM ' || candidate.segments[i] || ' AS b WHERE b.pgstream_xid >='
                || ' pg_snapshot_xmin($1) AND b.pgstream_xid < ''18446744073709551615'''
                || ' AND NOT pg_visible_in_snapshot(b.pgstream_xid, $1) LIMIT $2) AS c'
               INTO counted USING candidate.frontier, at_most;
            changes := changes + counted;
        END LOOP;
        RETURN NEXT;
    END LOOP;
END
$pgstream$;

CREATE OR REPLACE FUNCTION buffer_sizes() RETURNS TABLE (source text, bytes bigint)
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $pgstream$
    SELECT c.source_name, coalesce(sum(pg_total_relation_size(s.segment)), 0)::bigint
      FROM ${catalogSchema}.pgs_captures AS c
     CROSS JOIN generate_series(0, 2) AS n
     CROSS JOIN LATERAL (SELECT to_regclass(${changeBufferText} || '.c' || c.id || '_' || n)) AS s(segment)
     GROUP BY c.source_name ORDER BY c.source_name
$pgstream$;

CREATE OR REPLACE FUNCTION change_buffer_sizes()
    RETURNS TABLE (source_table text, capture_id bigint, cdc_mode text, read_by text[], buffered_rows bigint, buffer_bytes bigint)
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $pgstream$
    SELECT coalesce(min(CASE WHEN s.oid IS NOT NULL THEN format('%I.%I', sn.nspname, s.relname) END), c.source_name), c.id, coalesce(min(d.cdc_mode), 'TRIGGER'),
           coalesce((SELECT array_agg(format('%I.%I', t.schema_name, t.table_name) ORDER BY t.schema_name, t.table_name)
                       FROM ${catalogSchema}.pgs_dependencies AS r
                       JOIN ${catalogSchema}.pgs_stream_tables AS t ON t.id = r.stream_table_id WHERE r.capture_id = c.id), '{}'),
           coalesce((SELECT sum(pg_stat_get_live_tuples(b.oid))::bigint FROM pg_class AS b
                      WHERE b.relnamespace = n.oid AND b.relname IN ('c' || c.id || '_0', 'c' || c.id || '_1', 'c' || c.id || '_2')), 0),
           coalesce((SELECT sum(pg_relation_size(b.oid))::bigint FROM pg_class AS b
                      WHERE b.relnamespace = n.oid AND b.relname IN ('c' || c.id || '_0', 'c' || c.id || '_1', 'c' || c.id || '_2')), 0)
      FROM ${catalogSchema}.pgs_captures AS c
      JOIN pg_namespace AS n ON n.nspname = (parse_ident(${changeBufferText}))[1]
      LEFT JOIN ${catalogSchema}.pgs_dependencies AS d ON d.capture_id = c.id
      LEFT JOIN pg_class AS s ON s.oid = c.source_relid
      LEFT JOIN pg_namespace AS sn ON sn.oid = s.relnamespace
     GROUP BY c.id, n.oid ORDER BY 1, 2
$pgstream$;

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
             + coalesce(pg_relation_size(to_regclass(buffers || c.id || '_1')), 0)
             + coalesce(pg_relation_size(to_regclass(buffers || c.id || '_2')), 0) > limits
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
