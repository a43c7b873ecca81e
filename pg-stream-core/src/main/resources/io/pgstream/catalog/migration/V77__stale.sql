-- The verdict is that of the endpoint, the health and the page: older than the schedule by two seconds, in which the clock has to look and
-- the refresh to run. Without them a table with a short schedule was stale for a moment in every cycle, with nothing wrong.
-- A table whose writers had to pass it by is in ERROR until it is loaded again, whatever its status was.
CREATE OR REPLACE VIEW stream_tables_info AS
    SELECT t.id AS pgs_id, t.schema_name AS pgs_schema, t.table_name AS pgs_name,
           CASE WHEN m.since IS NOT NULL THEN 'ERROR' ELSE s.status END AS status,
           t.requested_mode AS refresh_mode, t.effective_mode, t.schedule, e.every AS effective_schedule,
           d.data_timestamp, a.staleness,
           CASE WHEN d.synchronous THEN m.since IS NOT NULL
                WHEN e.live THEN a.staleness > interval '3 seconds' ELSE a.staleness > e.every + interval '2 seconds' END AS stale,
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
      JOIN ${catalogSchema}.pgs_freshness AS w ON w.stream_table_id = t.id
      LEFT JOIN ${catalogSchema}.effective_schedules() AS e ON e.stream_table_id = t.id
      LEFT JOIN (SELECT w.stream_table_id, min(w.missed_at) AS since FROM ${catalogSchema}.pgs_missed_writes AS w
                  GROUP BY w.stream_table_id) AS m ON m.stream_table_id = t.id
     CROSS JOIN LATERAL (SELECT y.synchronous, CASE WHEN y.synchronous THEN coalesce(m.since, clock_timestamp())
                                                    ELSE w.data_timestamp END AS data_timestamp
                           FROM (SELECT t.effective_mode IN ('IMMEDIATE', 'ON_COMMIT') AS synchronous) AS y) AS d
     CROSS JOIN LATERAL (SELECT greatest(clock_timestamp() - d.data_timestamp, interval '0') AS staleness) AS a;
