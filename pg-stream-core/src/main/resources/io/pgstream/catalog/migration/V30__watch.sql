-- What the clock asks for all stream tables at once.

-- Those of some stream tables that have captured changes behind their frontier, or none yet. A segment without a byte
-- is not looked into: where nothing happens the clean-up leaves them so.
CREATE FUNCTION tables_with_changes(ids bigint[]) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog
AS $pgstream$
DECLARE
    candidate record;
    changed boolean;
BEGIN
    FOR candidate IN
        SELECT f.stream_table_id AS id, f.frontier, c.segments
          FROM ${catalogSchema}.pgs_frontiers AS f
          LEFT JOIN LATERAL (
               SELECT array_agg(s.segment::text) AS segments
                 FROM ${catalogSchema}.pgs_dependencies AS d
                CROSS JOIN generate_series(0, 1) AS n
                CROSS JOIN LATERAL (SELECT to_regclass(${changeBufferText} || '.c' || d.capture_id || '_' || n)) AS s(segment)
                WHERE d.stream_table_id = f.stream_table_id AND d.capture_id IS NOT NULL
                  AND (s.segment IS NULL OR pg_relation_size(s.segment) > 0)) AS c ON true
         WHERE f.stream_table_id = ANY (ids) AND (f.frontier IS NULL OR c.segments IS NOT NULL)
    LOOP
        IF candidate.frontier IS NULL OR array_position(candidate.segments, NULL) IS NOT NULL THEN
            RETURN NEXT candidate.id;
            CONTINUE;
        END IF;
        FOR i IN 1 .. array_length(candidate.segments, 1) LOOP
            EXECUTE 'SELECT EXISTS (SELECT FROM ' || candidate.segments[i] || ' AS b WHERE b.pgstream_xid >='
                || ' pg_snapshot_xmax($1) OR NOT pg_visible_in_snapshot(b.pgstream_xid, $1))'
               INTO changed USING candidate.frontier;
            IF changed THEN
                RETURN NEXT candidate.id;
                EXIT;
            END IF;
        END LOOP;
    END LOOP;
END
$pgstream$;

-- Another text after everything that can make the fingerprint of a source, or what is captured of it, another one. A
-- text that has changed for another reason costs a look at each stream table, no more.
CREATE FUNCTION sources_stamp() RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $pgstream$
    WITH sources AS MATERIALIZED (
        SELECT DISTINCT source_relid AS relid FROM ${catalogSchema}.pgs_dependencies
    ), members AS MATERIALIZED (
        SELECT relid FROM sources UNION SELECT inhrelid FROM pg_inherits
    )
    SELECT concat_ws('/',
        (SELECT coalesce(sum(hashtextextended(concat_ws(',', c.oid, c.xmin), 0)), 0) FROM pg_class AS c JOIN members AS m ON m.relid = c.oid),
        (SELECT coalesce(sum(hashtextextended(concat_ws(',', a.attrelid, a.attnum, a.xmin), 0)), 0)
           FROM pg_attribute AS a JOIN sources AS s ON s.relid = a.attrelid WHERE a.attnum > 0),
        (SELECT coalesce(sum(hashtextextended(concat_ws(',', t.oid, t.xmin), 0)), 0) FROM pg_trigger AS t WHERE starts_with(t.tgname, 'pgstream_')),
        (SELECT coalesce(sum(hashtextextended(concat_ws(',', r.oid, r.xmin), 0)), 0) FROM pg_rewrite AS r JOIN sources AS s ON s.relid = r.ev_class),
        (SELECT coalesce(sum(hashtextextended(concat_ws(',', i.inhrelid, i.inhparent, i.xmin), 0)), 0) FROM pg_inherits AS i),
        (SELECT coalesce(sum(hashtextextended(concat_ws(',', n.oid, n.xmin), 0)), 0) FROM pg_namespace AS n WHERE NOT starts_with(n.nspname, 'pg_')),
        (SELECT coalesce(sum(hashtextextended(concat_ws(',', t.id, t.version), 0)), 0) FROM ${catalogSchema}.pgs_stream_tables AS t),
        (SELECT coalesce(sum(hashtextextended(concat_ws(',', c.id, c.xmin), 0)), 0) FROM ${catalogSchema}.pgs_captures AS c))
$pgstream$;
