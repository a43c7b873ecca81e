-- What is in a circle is due as one: by the tightest schedule of its members and of their readers, whatever a member's own is.
-- The rule is that of the clock (engine.Schedules); a circle is one node here.
GRANT SELECT ON pgs_circles TO PUBLIC;

CREATE OR REPLACE FUNCTION effective_schedules() RETURNS TABLE (stream_table_id bigint, every interval, live boolean)
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $pgstream$
    WITH RECURSIVE own AS MATERIALIZED (
        SELECT t.id, t.relid, coalesce(c.circle_id, t.id) AS node, c.circle_id IS NOT NULL AS circular,
               t.effective_mode <> 'FULL' AS follows, t.schedule = 'calculated' AS calculated, t.schedule = 'live' AS live,
               ${catalogSchema}.schedule_interval(t.schedule) AS every
          FROM ${catalogSchema}.pgs_stream_tables AS t
          LEFT JOIN ${catalogSchema}.pgs_circles AS c ON c.stream_table_id = t.id
    ), nodes AS MATERIALIZED (
        SELECT o.node, bool_or(o.circular) AS circular, bool_and(o.follows) AS follows, bool_or(o.calculated) AS calculated,
               bool_or(o.live) AND (bool_and(o.follows) OR NOT bool_or(o.circular)) AS live, min(o.every) AS every
          FROM own AS o GROUP BY o.node
    ), reads AS MATERIALIZED (
        SELECT DISTINCT r.node AS reader, n.node AS source, n.follows
          FROM ${catalogSchema}.pgs_dependencies AS d
          JOIN own AS r ON r.id = d.stream_table_id
          JOIN own AS s ON s.relid = d.source_relid
          JOIN nodes AS n ON n.node = s.node
         WHERE r.node <> s.node AND (n.calculated OR n.circular)
    ), standard AS MATERIALIZED (
        SELECT coalesce((SELECT ${catalogSchema}.schedule_interval(s.value) FROM ${catalogSchema}.pgs_settings AS s
                          WHERE s.name = 'default-schedule'), interval '1 minute') AS every
    ), known(node, every, live) AS (
        SELECT n.node, CASE WHEN NOT n.live THEN coalesce(n.every, CASE WHEN n.calculated THEN (SELECT every FROM standard) END) END,
               n.live
          FROM nodes AS n
         WHERE NOT n.calculated OR n.live OR n.every IS NOT NULL
               OR NOT EXISTS (SELECT FROM reads AS r JOIN nodes AS x ON x.node = r.reader
                               WHERE r.source = n.node AND (x.calculated OR x.every IS NOT NULL OR x.live AND r.follows))
        UNION
        SELECT r.source, k.every, k.live FROM known AS k JOIN reads AS r ON r.reader = k.node
         WHERE k.every IS NOT NULL OR k.live AND r.follows
    )
    SELECT o.id, CASE WHEN NOT coalesce(bool_or(k.live), false)
                      THEN coalesce(min(k.every), CASE WHEN n.calculated THEN (SELECT every FROM standard) END) END,
           coalesce(bool_or(k.live), false)
      FROM own AS o JOIN nodes AS n ON n.node = o.node LEFT JOIN known AS k ON k.node = o.node GROUP BY o.id, n.calculated
$pgstream$;
