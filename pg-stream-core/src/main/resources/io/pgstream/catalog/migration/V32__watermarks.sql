-- Watermarks: up to which time a loader has loaded a table. Tables that belong together form a group; a stream table that
-- reads several tables of a group is refreshed only when their watermarks are no further apart than the tolerance.

CREATE TABLE pgs_watermarks (
    source      regclass PRIMARY KEY,
    watermark   timestamptz NOT NULL,
    advanced_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    advanced_by text NOT NULL DEFAULT session_user
);
COMMENT ON TABLE pgs_watermarks IS 'Up to which time each table is loaded, as its loaders say';

CREATE TABLE pgs_watermark_groups (
    name      text PRIMARY KEY,
    tolerance interval NOT NULL CHECK (tolerance >= interval '0')
);
COMMENT ON TABLE pgs_watermark_groups IS 'Tables whose watermarks must be aligned before what reads several of them is refreshed';

CREATE TABLE pgs_watermark_sources (
    group_name text NOT NULL REFERENCES pgs_watermark_groups ON DELETE CASCADE,
    source     regclass NOT NULL,
    PRIMARY KEY (group_name, source)
);
COMMENT ON TABLE pgs_watermark_sources IS 'The tables of each group of watermarks';

-- In the transaction that loads the rows, so that both are seen together. The same watermark again is nothing new.
CREATE FUNCTION advance_watermark(source regclass, watermark timestamptz) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog
AS $pgstream$
DECLARE
    stored timestamptz;
BEGIN
    IF NOT has_table_privilege(session_user, source, 'INSERT, UPDATE, DELETE, TRUNCATE') THEN
        RAISE EXCEPTION 'permission denied to advance the watermark of %', source
            USING ERRCODE = 'insufficient_privilege', HINT = 'Only roles that may write the table can say how far it is loaded.';
    END IF;
    IF watermark IS NULL THEN
        RAISE EXCEPTION 'the watermark of % is null', source USING ERRCODE = 'null_value_not_allowed';
    END IF;
    INSERT INTO ${catalogSchema}.pgs_watermarks AS w (source, watermark, advanced_by)
    VALUES (advance_watermark.source, advance_watermark.watermark, session_user)
        ON CONFLICT ON CONSTRAINT pgs_watermarks_pkey DO UPDATE
       SET watermark = excluded.watermark, advanced_at = clock_timestamp(), advanced_by = session_user
     WHERE w.watermark < excluded.watermark;
    SELECT w.watermark INTO stored FROM ${catalogSchema}.pgs_watermarks AS w WHERE w.source = advance_watermark.source;
    IF stored > watermark THEN
        RAISE EXCEPTION 'the watermark of % is already at %', source, stored
            USING ERRCODE = 'invalid_parameter_value', HINT = 'A watermark only advances; load late rows without moving it.';
    END IF;
END
$pgstream$;

-- Makes a group, or changes it.
CREATE FUNCTION create_watermark_group(name text, sources regclass[], tolerance interval DEFAULT interval '0') RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog
AS $pgstream$
BEGIN
    IF (SELECT count(DISTINCT s) FROM unnest(sources) AS s) < 2 THEN
        RAISE EXCEPTION 'the watermark group % has fewer than two tables', name
            USING ERRCODE = 'invalid_parameter_value', HINT = 'A group says that several tables belong together.';
    END IF;
    INSERT INTO ${catalogSchema}.pgs_watermark_groups AS g (name, tolerance)
    VALUES (create_watermark_group.name, create_watermark_group.tolerance)
        ON CONFLICT ON CONSTRAINT pgs_watermark_groups_pkey DO UPDATE SET tolerance = excluded.tolerance;
    DELETE FROM ${catalogSchema}.pgs_watermark_sources AS s WHERE s.group_name = create_watermark_group.name;
    INSERT INTO ${catalogSchema}.pgs_watermark_sources (group_name, source)
    SELECT DISTINCT create_watermark_group.name, s FROM unnest(sources) AS s;
END
$pgstream$;

-- Whether there was one.
CREATE FUNCTION drop_watermark_group(name text) RETURNS boolean
    LANGUAGE sql SET search_path = pg_catalog
AS $pgstream$
    WITH dropped AS (DELETE FROM ${catalogSchema}.pgs_watermark_groups AS g WHERE g.name = drop_watermark_group.name RETURNING 1)
    SELECT EXISTS (SELECT FROM dropped)
$pgstream$;

-- Each stream table that reads several tables of a group, directly or through others, and what it waits for: NULL for
-- nothing. A table without a watermark is not loaded at all.
CREATE FUNCTION watermark_gates() RETURNS TABLE (stream_table_id bigint, waits_for text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog
AS $pgstream$
BEGIN
    IF NOT EXISTS (SELECT FROM ${catalogSchema}.pgs_watermark_groups) THEN
        RETURN;
    END IF;
    RETURN QUERY
        WITH RECURSIVE reads AS (
            SELECT d.stream_table_id, d.source_relid FROM ${catalogSchema}.pgs_dependencies AS d
            UNION
            SELECT r.stream_table_id, d.source_relid FROM reads AS r
              JOIN ${catalogSchema}.pgs_stream_tables AS t ON t.relid = r.source_relid
              JOIN ${catalogSchema}.pgs_dependencies AS d ON d.stream_table_id = t.id
        ), shared AS (
            SELECT r.stream_table_id AS id, g.name, g.tolerance, count(*) AS sources, count(w.watermark) AS loaded,
                   max(w.watermark) - min(w.watermark) AS apart
              FROM reads AS r
              JOIN ${catalogSchema}.pgs_watermark_sources AS s ON s.source = r.source_relid
              JOIN ${catalogSchema}.pgs_watermark_groups AS g ON g.name = s.group_name
              LEFT JOIN ${catalogSchema}.pgs_watermarks AS w ON w.source = s.source
             GROUP BY r.stream_table_id, g.name, g.tolerance
            HAVING count(*) > 1
        )
        SELECT o.id, string_agg(
               CASE WHEN o.loaded < o.sources THEN format('the group %s: a table has no watermark yet', o.name)
                    WHEN o.apart > o.tolerance THEN format('the group %s: its watermarks are %s apart', o.name, o.apart)
               END, '; ' ORDER BY o.name)
          FROM shared AS o GROUP BY o.id;
END
$pgstream$;

-- What operators look at.
CREATE FUNCTION watermark_status()
    RETURNS TABLE (group_name text, source text, watermark timestamptz, advanced_at timestamptz, tolerance interval, aligned boolean)
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $pgstream$
    SELECT g.name, s.source::text, w.watermark, w.advanced_at, g.tolerance,
           bool_and(w.watermark IS NOT NULL) OVER (PARTITION BY g.name)
           AND max(w.watermark) OVER (PARTITION BY g.name) - min(w.watermark) OVER (PARTITION BY g.name) <= g.tolerance
      FROM ${catalogSchema}.pgs_watermark_groups AS g
      JOIN ${catalogSchema}.pgs_watermark_sources AS s ON s.group_name = g.name
      LEFT JOIN ${catalogSchema}.pgs_watermarks AS w ON w.source = s.source
     ORDER BY g.name, s.source::text
$pgstream$;
