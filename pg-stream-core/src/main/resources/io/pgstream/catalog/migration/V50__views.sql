-- What a person looks at, in SQL alone. Whoever may use the schema may read it: privileges on the schema are the gate, as
-- for the views of PostgreSQL's own catalog that show definitions. Nothing here holds data of rows.

-- Counted where the frontier moves, in the same update of the same row, so that they cost nothing and are never wrong.
ALTER TABLE pgs_frontiers
    ADD COLUMN refreshes bigint NOT NULL DEFAULT 0,
    ADD COLUMN full_refreshes bigint NOT NULL DEFAULT 0,
    ADD COLUMN refresh_time interval NOT NULL DEFAULT '0',
    ADD COLUMN rows_inserted bigint NOT NULL DEFAULT 0,
    ADD COLUMN rows_updated bigint NOT NULL DEFAULT 0,
    ADD COLUMN rows_deleted bigint NOT NULL DEFAULT 0;
ALTER TABLE pgs_states ADD COLUMN failures bigint NOT NULL DEFAULT 0;

UPDATE pgs_frontiers AS f
   SET refreshes = h.refreshes, full_refreshes = h.full_refreshes, refresh_time = h.refresh_time,
       rows_inserted = h.rows_inserted, rows_updated = h.rows_updated, rows_deleted = h.rows_deleted
  FROM (SELECT stream_table_id, count(*) AS refreshes, count(*) FILTER (WHERE outcome = 'FULL') AS full_refreshes,
               sum(duration) AS refresh_time, sum(rows_inserted) AS rows_inserted, sum(rows_updated) AS rows_updated,
               sum(rows_deleted) AS rows_deleted
          FROM pgs_refresh_history WHERE outcome <> 'FAILED' GROUP BY stream_table_id) AS h
 WHERE h.stream_table_id = f.stream_table_id;
UPDATE pgs_states AS s SET failures = h.failures
  FROM (SELECT stream_table_id, count(*) AS failures FROM pgs_refresh_history WHERE outcome = 'FAILED'
         GROUP BY stream_table_id) AS h
 WHERE h.stream_table_id = s.stream_table_id;

CREATE TABLE pgs_settings (
    name  text PRIMARY KEY,
    value text NOT NULL
);
COMMENT ON TABLE pgs_settings IS 'Settings that SQL has to know, as the engine that started last has them';
INSERT INTO pgs_settings VALUES
    ('default-schedule', '1m'), ('buffer-growth-warning', '1073741824'), ('slot-lag-warning', '1073741824');

CREATE TABLE pgs_engines (
    id          uuid PRIMARY KEY,
    application text NOT NULL,
    host        text NOT NULL,
    role_name   name NOT NULL,
    backend_pid integer,
    started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE pgs_engines IS 'The engines that work for SQL clients, each with its last sign of life and the session that it listens in';

CREATE TABLE pgs_explanations (
    stream_table_id bigint PRIMARY KEY REFERENCES pgs_stream_tables ON DELETE CASCADE,
    version         integer NOT NULL,
    properties      text[] NOT NULL,
    contents        text[] NOT NULL
);
COMMENT ON TABLE pgs_explanations IS 'How each stream table is maintained, as an engine has compiled its query';

CREATE TABLE pgs_diamonds (
    stream_table_id bigint PRIMARY KEY REFERENCES pgs_stream_tables ON DELETE CASCADE,
    group_id        integer NOT NULL,
    policy          text NOT NULL
);
COMMENT ON TABLE pgs_diamonds IS 'The stream tables that are refreshed at one snapshot, because a reader reaches a table through several of them';

-- An engine that has not shown itself for a while is gone, and so is one whose session is: that is noticed at once, so one
-- that has a session shows itself once a minute only.
CREATE FUNCTION engine_alive(backend_pid integer, seen_at timestamptz) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $pgstream$
    SELECT seen_at > clock_timestamp() - CASE WHEN backend_pid IS NULL THEN interval '15 seconds' ELSE interval '3 minutes' END
       AND (backend_pid IS NULL OR EXISTS (SELECT FROM pg_stat_get_activity(backend_pid)))
$pgstream$;
COMMENT ON FUNCTION engine_alive IS 'Whether an engine of pgs_engines is alive';

CREATE FUNCTION schedule_interval(schedule text) RETURNS interval
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog SET intervalstyle = postgres
AS $pgstream$
    SELECT CASE WHEN schedule ~ '^([0-9]+(ms|[smhdw]))+$' THEN schedule::interval END
$pgstream$;
COMMENT ON FUNCTION schedule_interval IS 'The interval of a schedule that is one; NULL for cron expressions, live, calculated and manual';

-- The schedules that the clock goes by. A calculated one is the tightest interval of the readers, or follows commits if one of
-- them does; where no reader decides it is the default.
CREATE FUNCTION effective_schedules() RETURNS TABLE (stream_table_id bigint, every interval, live boolean)
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $pgstream$
    WITH RECURSIVE own AS MATERIALIZED (
        SELECT t.id, t.relid, t.effective_mode, t.schedule = 'calculated' AS calculated, t.schedule = 'live' AS live,
               ${catalogSchema}.schedule_interval(t.schedule) AS every
          FROM ${catalogSchema}.pgs_stream_tables AS t
    ), reads AS MATERIALIZED (
        SELECT d.stream_table_id AS reader, s.id AS source, s.effective_mode <> 'FULL' AS follows
          FROM ${catalogSchema}.pgs_dependencies AS d JOIN own AS s ON s.relid = d.source_relid WHERE s.calculated
    ), standard AS MATERIALIZED (
        SELECT coalesce((SELECT ${catalogSchema}.schedule_interval(s.value) FROM ${catalogSchema}.pgs_settings AS s
                          WHERE s.name = 'default-schedule'), interval '1 minute') AS every
    ), known(id, every, live) AS (
        SELECT o.id, coalesce(o.every, CASE WHEN o.calculated THEN (SELECT every FROM standard) END), o.live
          FROM own AS o
         WHERE NOT o.calculated OR NOT EXISTS (SELECT FROM reads AS r JOIN own AS x ON x.id = r.reader
                WHERE r.source = o.id AND (x.calculated OR x.every IS NOT NULL OR x.live AND r.follows))
        UNION
        SELECT r.source, k.every, k.live FROM known AS k JOIN reads AS r ON r.reader = k.id
         WHERE k.every IS NOT NULL OR k.live AND r.follows
    )
    SELECT o.id, CASE WHEN NOT coalesce(bool_or(k.live), false)
                      THEN coalesce(min(k.every), CASE WHEN o.calculated THEN (SELECT every FROM standard) END) END,
           coalesce(bool_or(k.live), false)
      FROM own AS o LEFT JOIN known AS k ON k.id = o.id GROUP BY o.id, o.calculated
$pgstream$;
COMMENT ON FUNCTION effective_schedules IS 'The schedule of each stream table as the clock applies it; both columns say nothing for cron expressions and manual';

CREATE FUNCTION find_stream_table(name text) RETURNS bigint
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog
AS $pgstream$
DECLARE
    parts text[] := parse_ident(name);
    found bigint[];
BEGIN
    SELECT array_agg(t.id) INTO found FROM ${catalogSchema}.pgs_stream_tables AS t
     WHERE cardinality(parts) <= 2 AND t.table_name = parts[cardinality(parts)]
       AND (cardinality(parts) = 1 OR t.schema_name = parts[1]);
    IF found IS NULL THEN
        RAISE EXCEPTION 'there is no stream table %', name
            USING ERRCODE = 'undefined_table', HINT = 'The view stream_tables_info shows all there are.';
    END IF;
    IF cardinality(found) > 1 THEN
        RAISE EXCEPTION 'several schemas have a stream table %', name
            USING ERRCODE = 'ambiguous_alias', HINT = 'Write the name with its schema.';
    END IF;
    RETURN found[1];
END
$pgstream$;
COMMENT ON FUNCTION find_stream_table IS 'The number of the stream table of a name as SQL reads it; without a schema if only one schema has it';

-- A table whose writers had to pass it by is in ERROR until it is loaded again, whatever its status was.
CREATE VIEW stream_tables_info AS
    SELECT t.id AS pgs_id, t.schema_name AS pgs_schema, t.table_name AS pgs_name,
           CASE WHEN m.since IS NOT NULL THEN 'ERROR' ELSE s.status END AS status,
           t.requested_mode AS refresh_mode, t.effective_mode, t.schedule, e.every AS effective_schedule,
           d.data_timestamp, a.staleness,
           CASE WHEN d.synchronous THEN m.since IS NOT NULL
                WHEN e.live THEN a.staleness > interval '2 seconds' ELSE a.staleness > e.every END AS stale,
           CASE WHEN d.synchronous THEN m.since IS NOT NULL
                ELSE s.status <> 'INITIALIZING' AND f.frontier IS NULL END AS needs_reinit,
           s.consecutive_errors,
           CASE WHEN m.since IS NOT NULL THEN 'SOURCE_CHANGED' ELSE s.last_error_code END AS last_error_code,
           CASE WHEN m.since IS NOT NULL THEN 'a source was altered, and writes since then are not in the table'
                ELSE s.last_error END AS last_error,
           coalesce(m.since, s.last_error_at) AS last_error_at, t.full_reason, t.application, t.query
      FROM ${catalogSchema}.pgs_stream_tables AS t
      JOIN ${catalogSchema}.pgs_states AS s ON s.stream_table_id = t.id
      JOIN ${catalogSchema}.pgs_frontiers AS f ON f.stream_table_id = t.id
      LEFT JOIN ${catalogSchema}.effective_schedules() AS e ON e.stream_table_id = t.id
      LEFT JOIN (SELECT w.stream_table_id, min(w.missed_at) AS since FROM ${catalogSchema}.pgs_missed_writes AS w
                  GROUP BY w.stream_table_id) AS m ON m.stream_table_id = t.id
     CROSS JOIN LATERAL (SELECT y.synchronous, CASE WHEN y.synchronous THEN coalesce(m.since, clock_timestamp())
                                                    WHEN f.frontier IS NOT NULL THEN greatest(f.data_timestamp, s.checked_at)
                                               END AS data_timestamp
                           FROM (SELECT t.effective_mode IN ('IMMEDIATE', 'ON_COMMIT') AS synchronous) AS y) AS d
     CROSS JOIN LATERAL (SELECT greatest(clock_timestamp() - d.data_timestamp, interval '0') AS staleness) AS a;
COMMENT ON VIEW stream_tables_info IS 'Each stream table with its status, how old its data is, and whether that is older than its schedule allows';

CREATE VIEW pg_stat_stream_tables AS
    SELECT i.pgs_id, i.pgs_schema, i.pgs_name, i.status, i.refresh_mode, f.refreshes AS total_refreshes,
           f.refreshes - f.full_refreshes AS differential_refreshes, f.full_refreshes, s.failures AS failed_refreshes,
           f.rows_inserted, f.rows_updated, f.rows_deleted,
           round((extract(epoch FROM f.refresh_time) * 1000 / nullif(f.refreshes, 0))::numeric, 3) AS avg_duration_ms,
           h.started_at AS last_refresh_at, round((extract(epoch FROM h.duration) * 1000)::numeric, 3) AS last_duration_ms,
           i.consecutive_errors, i.staleness, i.stale
      FROM ${catalogSchema}.stream_tables_info AS i
      JOIN ${catalogSchema}.pgs_frontiers AS f ON f.stream_table_id = i.pgs_id
      JOIN ${catalogSchema}.pgs_states AS s ON s.stream_table_id = i.pgs_id
      LEFT JOIN LATERAL (SELECT r.started_at, r.duration FROM ${catalogSchema}.pgs_refresh_history AS r
                          WHERE r.stream_table_id = i.pgs_id AND r.outcome <> 'FAILED' ORDER BY r.id DESC LIMIT 1) AS h ON true;
COMMENT ON VIEW pg_stat_stream_tables IS 'Counters of each stream table since it was created: refreshes that wrote something or ran the query, and failures';

CREATE FUNCTION pgs_status()
    RETURNS TABLE (name text, status text, refresh_mode text, is_populated boolean, consecutive_errors integer, schedule text,
                   data_timestamp timestamptz, staleness interval, stale boolean)
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $pgstream$
    SELECT format('%I.%I', i.pgs_schema, i.pgs_name), i.status, i.refresh_mode, i.data_timestamp IS NOT NULL,
           i.consecutive_errors, i.schedule, i.data_timestamp, i.staleness, i.stale
      FROM ${catalogSchema}.stream_tables_info AS i ORDER BY i.pgs_schema, i.pgs_name
$pgstream$;
COMMENT ON FUNCTION pgs_status IS 'A line for each stream table: its status, and how old its data is';

CREATE FUNCTION get_refresh_history(name text, "limit" integer DEFAULT 20)
    RETURNS TABLE (refresh_id bigint, started_at timestamptz, duration_ms numeric, outcome text, reason text, changes bigint,
                   rows_inserted bigint, rows_updated bigint, rows_deleted bigint, error_code text, error text)
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $pgstream$
    SELECT h.id, h.started_at, round((extract(epoch FROM h.duration) * 1000)::numeric, 3), h.outcome, h.reason, h.changes,
           h.rows_inserted, h.rows_updated, h.rows_deleted, h.error_code, h.error
      FROM ${catalogSchema}.pgs_refresh_history AS h
     WHERE h.stream_table_id = ${catalogSchema}.find_stream_table(name) ORDER BY h.id DESC LIMIT "limit"
$pgstream$;
COMMENT ON FUNCTION get_refresh_history IS 'The newest refreshes of a stream table that wrote something or failed, the newest first';

CREATE FUNCTION refresh_timeline("limit" integer DEFAULT 50)
    RETURNS TABLE (started_at timestamptz, stream_table text, outcome text, duration_ms numeric, changes bigint,
                   rows_inserted bigint, rows_updated bigint, rows_deleted bigint, error text)
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $pgstream$
    SELECT h.started_at, format('%I.%I', t.schema_name, t.table_name), h.outcome,
           round((extract(epoch FROM h.duration) * 1000)::numeric, 3), h.changes, h.rows_inserted, h.rows_updated,
           h.rows_deleted, h.error
      FROM (SELECT * FROM ${catalogSchema}.pgs_refresh_history AS r ORDER BY r.id DESC LIMIT "limit") AS h
      JOIN ${catalogSchema}.pgs_stream_tables AS t ON t.id = h.stream_table_id ORDER BY h.id DESC
$pgstream$;
COMMENT ON FUNCTION refresh_timeline IS 'The newest refreshes of all stream tables, the newest first';

-- What kind of relation a source is, and how its changes reach a reader.
CREATE FUNCTION list_sources(name text)
    RETURNS TABLE (source_table text, source_oid oid, source_type text, cdc_mode text, columns_used text[])
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $pgstream$
    SELECT CASE WHEN c.oid IS NULL THEN d.source_name ELSE format('%I.%I', n.nspname, c.relname) END, d.source_relid,
           CASE WHEN c.oid IS NULL THEN 'missing' WHEN s.id IS NOT NULL THEN 'stream table'
                ELSE (ARRAY['table', 'view', 'materialized view', 'partitioned table', 'foreign table'])
                     [array_position(ARRAY['r', 'v', 'm', 'p', 'f'], c.relkind::text)] END,
           CASE WHEN d.capture_id IS NOT NULL THEN d.cdc_mode WHEN t.effective_mode IN ('IMMEDIATE', 'ON_COMMIT')
                THEN t.effective_mode ELSE 'NONE' END,
           d.columns
      FROM ${catalogSchema}.pgs_dependencies AS d
      JOIN ${catalogSchema}.pgs_stream_tables AS t ON t.id = d.stream_table_id
      LEFT JOIN pg_class AS c ON c.oid = d.source_relid
      LEFT JOIN pg_namespace AS n ON n.oid = c.relnamespace
      LEFT JOIN ${catalogSchema}.pgs_stream_tables AS s ON s.relid = d.source_relid
     WHERE d.stream_table_id = ${catalogSchema}.find_stream_table(name) ORDER BY 1
$pgstream$;
COMMENT ON FUNCTION list_sources IS 'What a stream table reads, and how the changes of each source are captured';

-- The sizes of both segments of each capture. The number of rows is the one of the server's statistics, which is counted on
-- as rows are written and costs nothing to read.
CREATE FUNCTION change_buffer_sizes()
    RETURNS TABLE (source_table text, capture_id bigint, cdc_mode text, read_by text[], buffered_rows bigint, buffer_bytes bigint)
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $pgstream$
    SELECT coalesce(min(CASE WHEN s.oid IS NOT NULL THEN format('%I.%I', sn.nspname, s.relname) END), c.source_name), c.id, coalesce(min(d.cdc_mode), 'TRIGGER'),
           coalesce((SELECT array_agg(format('%I.%I', t.schema_name, t.table_name) ORDER BY t.schema_name, t.table_name)
                       FROM ${catalogSchema}.pgs_dependencies AS r
                       JOIN ${catalogSchema}.pgs_stream_tables AS t ON t.id = r.stream_table_id WHERE r.capture_id = c.id), '{}'),
           coalesce((SELECT sum(pg_stat_get_live_tuples(b.oid))::bigint FROM pg_class AS b
                      WHERE b.relnamespace = n.oid AND b.relname IN ('c' || c.id || '_0', 'c' || c.id || '_1')), 0),
           coalesce((SELECT sum(pg_relation_size(b.oid))::bigint FROM pg_class AS b
                      WHERE b.relnamespace = n.oid AND b.relname IN ('c' || c.id || '_0', 'c' || c.id || '_1')), 0)
      FROM ${catalogSchema}.pgs_captures AS c
      JOIN pg_namespace AS n ON n.nspname = (parse_ident(${changeBufferText}))[1]
      LEFT JOIN ${catalogSchema}.pgs_dependencies AS d ON d.capture_id = c.id
      LEFT JOIN pg_class AS s ON s.oid = c.source_relid
      LEFT JOIN pg_namespace AS sn ON sn.oid = s.relnamespace
     GROUP BY c.id, n.oid ORDER BY 1, 2
$pgstream$;
COMMENT ON FUNCTION change_buffer_sizes IS 'How much is buffered of the changes of each captured source, and which stream tables read it';

CREATE FUNCTION trigger_inventory()
    RETURNS TABLE (source_table text, source_oid oid, trigger_name text, event text, present boolean, enabled boolean, capture_id bigint)
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $pgstream$
    WITH captured AS MATERIALIZED (
        SELECT c.id, m.relid, p.oid AS function
          FROM ${catalogSchema}.pgs_captures AS c
         CROSS JOIN LATERAL (SELECT c.source_relid AS relid UNION SELECT t.relid::oid FROM pg_partition_tree(c.source_relid) AS t) AS m
          LEFT JOIN pg_namespace AS n ON n.nspname = (parse_ident(${changeBufferText}))[1]
          LEFT JOIN pg_proc AS p ON p.pronamespace = n.oid AND p.proname = 'capture_' || c.id
    )
    SELECT format('%I.%I', n.nspname, r.relname), c.relid, t.tgname::text, e.event, t.oid IS NOT NULL,
           coalesce(t.tgenabled IN ('O', 'A'), false), c.id
      FROM captured AS c
     CROSS JOIN (VALUES ('INSERT', 4), ('DELETE', 8), ('UPDATE', 16), ('TRUNCATE', 32)) AS e(event, bit)
      JOIN pg_class AS r ON r.oid = c.relid
      JOIN pg_namespace AS n ON n.oid = r.relnamespace
      LEFT JOIN pg_trigger AS t ON t.tgrelid = c.relid AND t.tgfoid = c.function AND t.tgtype & e.bit > 0
     ORDER BY 1, c.id, e.bit
$pgstream$;
COMMENT ON FUNCTION trigger_inventory IS 'The triggers that capture changes, of each source and partition: whether each is there and enabled';

CREATE FUNCTION slot_health()
    RETURNS TABLE (slot_name text, source_table text, active boolean, wal_status text, retained_wal_bytes bigint)
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $pgstream$
    SELECT d.slot_name, d.source_name, coalesce(s.active, false), coalesce(s.wal_status, 'missing'),
           CASE WHEN NOT pg_is_in_recovery()
                THEN pg_wal_lsn_diff(pg_current_wal_lsn(), coalesce(s.confirmed_flush_lsn, s.restart_lsn))::bigint END
      FROM (SELECT DISTINCT d.slot_name, d.source_name FROM ${catalogSchema}.pgs_dependencies AS d WHERE d.slot_name IS NOT NULL) AS d
      LEFT JOIN pg_replication_slots AS s ON s.slot_name = d.slot_name ORDER BY 1, 2
$pgstream$;
COMMENT ON FUNCTION slot_health IS 'The replication slots that changes are read from; none as long as triggers capture them';

CREATE FUNCTION check_cdc_health()
    RETURNS TABLE (source_table text, cdc_mode text, slot_name text, lag_bytes bigint, alert text)
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $pgstream$
    SELECT c.source_name, c.cdc_mode, c.slot_name, s.retained_wal_bytes,
           CASE WHEN s.wal_status IN ('missing', 'lost') THEN 'replication_slot_missing'
                WHEN s.retained_wal_bytes > (SELECT g.value::bigint FROM ${catalogSchema}.pgs_settings AS g WHERE g.name = 'slot-lag-warning')
                THEN 'slot_lag_exceeds_threshold'
                WHEN NOT c.complete THEN 'capture_triggers_missing' END
      FROM (SELECT d.source_name, d.cdc_mode, d.slot_name,
                   bool_and(d.cdc_mode <> 'TRIGGER' OR EXISTS (SELECT FROM pg_class AS r WHERE r.oid = d.source_relid)
                       AND NOT EXISTS (SELECT FROM ${catalogSchema}.trigger_inventory() AS i
                                        WHERE i.capture_id = d.capture_id AND NOT (i.present AND i.enabled))) AS complete
              FROM ${catalogSchema}.pgs_dependencies AS d WHERE d.capture_id IS NOT NULL OR d.slot_name IS NOT NULL
             GROUP BY d.source_name, d.cdc_mode, d.slot_name) AS c
      LEFT JOIN ${catalogSchema}.slot_health() AS s ON s.slot_name = c.slot_name AND s.source_table = c.source_name
     ORDER BY 1, 2
$pgstream$;
COMMENT ON FUNCTION check_cdc_health IS 'How the changes of each source are captured, and what is wrong with it; no alert if nothing is';

CREATE FUNCTION diamond_groups()
    RETURNS TABLE (group_id integer, stream_table text, policy text)
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $pgstream$
    SELECT d.group_id, format('%I.%I', t.schema_name, t.table_name), d.policy
      FROM ${catalogSchema}.pgs_diamonds AS d JOIN ${catalogSchema}.pgs_stream_tables AS t ON t.id = d.stream_table_id ORDER BY 1, 2
$pgstream$;
COMMENT ON FUNCTION diamond_groups IS 'The stream tables that are refreshed at one snapshot, because a reader reaches a table through several of them';

CREATE FUNCTION pgs_scc_status()
    RETURNS TABLE (scc_id integer, member_count integer, members text[])
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $pgstream$
    WITH RECURSIVE edges AS MATERIALIZED (
        SELECT d.stream_table_id AS reader, t.id AS source
          FROM ${catalogSchema}.pgs_dependencies AS d JOIN ${catalogSchema}.pgs_stream_tables AS t ON t.relid = d.source_relid
    ), reaches AS (
        SELECT reader, source FROM edges
        UNION
        SELECT r.reader, e.source FROM reaches AS r JOIN edges AS e ON e.reader = r.source
    ), circles AS (
        SELECT a.reader AS id, min(a.source) AS first
          FROM reaches AS a JOIN reaches AS b ON b.reader = a.source AND b.source = a.reader GROUP BY a.reader
    )
    SELECT dense_rank() OVER (ORDER BY c.first)::integer, count(*)::integer,
           array_agg(format('%I.%I', t.schema_name, t.table_name) ORDER BY t.id)
      FROM circles AS c JOIN ${catalogSchema}.pgs_stream_tables AS t ON t.id = c.id GROUP BY c.first ORDER BY 1
$pgstream$;
COMMENT ON FUNCTION pgs_scc_status IS 'The circles of stream tables that read each other';

-- From the tables that nobody reads down to their sources. What has been shown already is not unfolded again.
CREATE FUNCTION dependency_tree()
    RETURNS TABLE (tree_line text, node text, node_type text, depth integer, status text, refresh_mode text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog
AS $pgstream$
DECLARE
    waiting  oid[];
    prefixes text[];
    depths   integer[];
    current  oid;
    prefix   text;
    known    oid[] := '{}';
    sources  oid[];
    last     integer;
BEGIN
    SELECT array_agg(t.relid ORDER BY t.schema_name DESC, t.table_name DESC), array_agg(''::text), array_agg(0)
      INTO waiting, prefixes, depths FROM ${catalogSchema}.pgs_stream_tables AS t
     WHERE NOT EXISTS (SELECT FROM ${catalogSchema}.pgs_dependencies AS d WHERE d.source_relid = t.relid);
    WHILE cardinality(waiting) > 0 LOOP
        last := cardinality(waiting);
        current := waiting[last];
        prefix := prefixes[last];
        depth := depths[last];
        waiting := waiting[:last - 1];
        prefixes := prefixes[:last - 1];
        depths := depths[:last - 1];
        SELECT format('%I.%I', t.schema_name, t.table_name), 'stream table', s.status, t.effective_mode
          INTO node, node_type, status, refresh_mode
          FROM ${catalogSchema}.pgs_stream_tables AS t
          JOIN ${catalogSchema}.pgs_states AS s ON s.stream_table_id = t.id WHERE t.relid = current;
        IF NOT FOUND THEN
            SELECT min(d.source_name), 'source' INTO node, node_type
              FROM ${catalogSchema}.pgs_dependencies AS d WHERE d.source_relid = current;
        END IF;
        tree_line := prefix || node || CASE WHEN node_type = 'source' THEN ' [source]'
                WHEN current = ANY (known) THEN ' (see above)' ELSE '' END;
        RETURN NEXT;
        IF node_type = 'stream table' AND current <> ALL (known) THEN
            known := known || current;
            SELECT array_agg(d.source_relid ORDER BY d.source_name DESC) INTO sources
              FROM ${catalogSchema}.pgs_dependencies AS d
              JOIN ${catalogSchema}.pgs_stream_tables AS t ON t.id = d.stream_table_id WHERE t.relid = current;
            prefix := regexp_replace(regexp_replace(prefix, '\+-- $', '|   '), '`-- $', '    ');
            FOR i IN 1 .. coalesce(cardinality(sources), 0) LOOP
                waiting := waiting || sources[i];
                prefixes := prefixes || (prefix || CASE WHEN i = 1 THEN '`-- ' ELSE '+-- ' END);
                depths := depths || (depth + 1);
            END LOOP;
        END IF;
    END LOOP;
END
$pgstream$;
COMMENT ON FUNCTION dependency_tree IS 'What reads what, as a tree of text: from the stream tables that nobody reads down to the sources';

CREATE FUNCTION explain_st(name text) RETURNS TABLE (property text, value text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog
AS $pgstream$
DECLARE
    known bigint := ${catalogSchema}.find_stream_table(name);
BEGIN
    RETURN QUERY
        SELECT v.property, v.value FROM ${catalogSchema}.stream_tables_info AS i
         CROSS JOIN LATERAL (VALUES
               ('name', format('%I.%I', i.pgs_schema, i.pgs_name)), ('status', i.status), ('query', i.query),
               ('requested mode', i.refresh_mode), ('effective mode', i.effective_mode), ('reason for full refreshes', i.full_reason),
               ('schedule', i.schedule), ('effective schedule', i.effective_schedule::text),
               ('sources', (SELECT string_agg(s.source_table || ' (' || s.cdc_mode || ')', ', ' ORDER BY s.source_table)
                              FROM ${catalogSchema}.list_sources(format('%I.%I', i.pgs_schema, i.pgs_name)) AS s)),
               ('last error', i.last_error)) AS v(property, value)
         WHERE i.pgs_id = known AND v.value IS NOT NULL;
    RETURN QUERY
        SELECT u.property, u.value FROM ${catalogSchema}.pgs_explanations AS e
          JOIN ${catalogSchema}.pgs_stream_tables AS t ON t.id = e.stream_table_id AND t.version = e.version
         CROSS JOIN LATERAL unnest(e.properties, e.contents) WITH ORDINALITY AS u(property, value, position)
         WHERE e.stream_table_id = known ORDER BY u.position;
    IF NOT FOUND THEN
        RETURN QUERY VALUES ('operators', 'not compiled yet: an engine does so within seconds of a change');
    END IF;
END
$pgstream$;
COMMENT ON FUNCTION explain_st IS 'How a stream table is maintained and why so: operators, strategies, state, the SQL of a refresh, missing indexes';

CREATE FUNCTION health_check() RETURNS TABLE (check_name text, severity text, detail text)
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $pgstream$
    WITH info AS MATERIALIZED (
        SELECT format('%I.%I', i.pgs_schema, i.pgs_name) AS table_name, i.* FROM ${catalogSchema}.stream_tables_info AS i
    ), found AS (
        SELECT 1 AS place, 'engine_alive' AS check_name, 'WARN' AS severity,
               'no engine has shown itself lately: nothing is refreshed by a clock, and CALL is refused' AS detail
         WHERE NOT EXISTS (SELECT FROM ${catalogSchema}.pgs_engines AS e WHERE ${catalogSchema}.engine_alive(e.backend_pid, e.seen_at))
        UNION ALL
        SELECT 2, 'scheduling', 'WARN', format('all scheduled refreshes are paused since %s', c.paused_at)
          FROM ${catalogSchema}.pgs_control AS c WHERE c.paused_at IS NOT NULL
        UNION ALL
        SELECT 3, 'error_tables', 'ERROR', format('%s: %s', i.table_name, i.last_error) FROM info AS i WHERE i.status = 'ERROR'
        UNION ALL
        SELECT 4, 'failing_tables', 'WARN', format('%s: %s failures in a row: %s', i.table_name, i.consecutive_errors, i.last_error)
          FROM info AS i WHERE i.status <> 'ERROR' AND i.consecutive_errors > 0
        UNION ALL
        SELECT 5, 'initialized', 'WARN', format('%s has never been loaded', i.table_name) FROM info AS i WHERE i.status = 'INITIALIZING'
        UNION ALL
        SELECT 6, 'needs_reinit', 'WARN', format('%s will be loaded again', i.table_name) FROM info AS i WHERE i.needs_reinit
        UNION ALL
        SELECT 7, 'stale_tables', 'WARN', format('%s: %s old, its schedule is %s', i.table_name, i.staleness, coalesce(i.effective_schedule::text, i.schedule))
          FROM info AS i WHERE i.stale AND i.status = 'ACTIVE' AND i.staleness > 2 * coalesce(i.effective_schedule, interval '1 second')
        UNION ALL
        SELECT 8, 'suspended_tables', 'WARN', format('%s is suspended', i.table_name) FROM info AS i WHERE i.status = 'SUSPENDED'
        UNION ALL
        SELECT 9, 'change_buffers', 'WARN', format('%s: %s of changes wait for %s', b.source_table, pg_size_pretty(b.buffer_bytes), array_to_string(b.read_by, ', '))
          FROM ${catalogSchema}.change_buffer_sizes() AS b
         WHERE b.buffer_bytes > (SELECT s.value::bigint FROM ${catalogSchema}.pgs_settings AS s WHERE s.name = 'buffer-growth-warning')
        UNION ALL
        SELECT 10, 'capture', 'ERROR', format('%s: %s', c.source_table, c.alert) FROM ${catalogSchema}.check_cdc_health() AS c WHERE c.alert IS NOT NULL
        UNION ALL
        SELECT 11, 'watermarks', 'WARN', format('%s waits for %s', i.table_name, g.waits_for)
          FROM ${catalogSchema}.watermark_gates() AS g JOIN info AS i ON i.pgs_id = g.stream_table_id WHERE g.waits_for IS NOT NULL
    )
    SELECT c.check_name, coalesce(f.severity, 'OK'), coalesce(f.detail, c.fine)
      FROM (VALUES (1, 'engine_alive', 'an engine is alive'), (2, 'scheduling', 'scheduled refreshes run'),
                   (3, 'error_tables', 'no stream table is in ERROR'), (4, 'failing_tables', 'no refresh has failed last'),
                   (5, 'initialized', 'all stream tables are loaded'), (6, 'needs_reinit', 'none has to be loaded again'),
                   (7, 'stale_tables', 'none is older than twice its schedule'), (8, 'suspended_tables', 'none is suspended'),
                   (9, 'change_buffers', 'no change buffer is large'), (10, 'capture', 'all changes are captured'),
                   (11, 'watermarks', 'none waits for watermarks')) AS c(place, check_name, fine)
      LEFT JOIN found AS f ON f.place = c.place ORDER BY c.place, f.detail
$pgstream$;
COMMENT ON FUNCTION health_check IS 'A line for each thing that is wrong, or one that says OK for each check that finds nothing';

DO $pgstream$
BEGIN
    COMMENT ON SCHEMA ${catalogSchema} IS 'pg-stream: the catalog; read it as you like, change it by its procedures only';
EXCEPTION WHEN insufficient_privilege THEN
    NULL; -- It belongs to somebody else, who has let us in.
END
$pgstream$;
COMMENT ON FUNCTION source_fingerprint IS 'Internal: another text after everything that can make captured changes incomplete or a plan wrong';
COMMENT ON FUNCTION refuse_direct_write IS 'Internal: the trigger that protects stream tables';
COMMENT ON FUNCTION target_fingerprint IS 'Internal: another text after a stream table itself was altered';
COMMENT ON FUNCTION target_constraint IS 'Internal: the statement that removes a foreign key to or from a stream table';
COMMENT ON FUNCTION functions_fingerprint IS 'Internal: another text after one of some functions was replaced';
COMMENT ON FUNCTION database_identity IS 'Internal: which database of which cluster this is';
COMMENT ON FUNCTION tables_with_changes IS 'Internal: those of some stream tables for which changes have been captured';
COMMENT ON FUNCTION sources_stamp IS 'Internal: another text after the definition of any source was changed';
COMMENT ON FUNCTION watermark_gates IS 'Internal: what stream tables wait for until watermarks are aligned';
COMMENT ON FUNCTION contains_transaction IS 'Internal: whether a stream table contains a transaction';
COMMENT ON FUNCTION may_read_fresh IS 'Internal: whether the caller may read a stream table with its pending changes';
COMMENT ON FUNCTION fresh_read_damaged IS 'Internal: fails a fresh read that would not be exact';
COMMENT ON FUNCTION advance_watermark IS 'Says up to which time a table is loaded, in the transaction that loads it';
COMMENT ON FUNCTION create_watermark_group IS 'Makes or changes a group of tables whose watermarks must be aligned';
COMMENT ON FUNCTION drop_watermark_group IS 'Removes a group of watermarks; whether there was one';
COMMENT ON FUNCTION watermark_status IS 'All groups of watermarks, with each table''s';

GRANT SELECT ON pgs_stream_tables, pgs_frontiers, pgs_states, pgs_captures, pgs_dependencies, pgs_refresh_history, pgs_control,
    pgs_settings, pgs_engines, pgs_explanations, pgs_diamonds, pgs_watermarks, pgs_watermark_groups, pgs_watermark_sources,
    pgs_missed_writes, stream_tables_info, pg_stat_stream_tables TO PUBLIC;
